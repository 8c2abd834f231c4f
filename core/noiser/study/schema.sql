CREATE TABLE IF NOT EXISTS study (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    format TEXT NOT NULL,
    spec TEXT NOT NULL,
    environment TEXT NOT NULL,
    began REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS sample (
    dataset TEXT NOT NULL,
    number INTEGER NOT NULL,
    id TEXT NOT NULL,
    prompt TEXT NOT NULL,
    target TEXT,
    relative TEXT,
    PRIMARY KEY (dataset, number)
);
CREATE TABLE IF NOT EXISTS task (
    id INTEGER PRIMARY KEY,
    model TEXT NOT NULL,
    method TEXT NOT NULL,
    bound TEXT NOT NULL,
    norm TEXT NOT NULL,
    dataset TEXT NOT NULL,
    seed INTEGER NOT NULL,
    number INTEGER NOT NULL,
    state TEXT NOT NULL DEFAULT 'open',
    worker TEXT,
    attempts INTEGER NOT NULL DEFAULT 0,
    result TEXT,
    error TEXT,
    token_forwards INTEGER,
    seconds REAL,
    finished REAL,
    UNIQUE (model, method, bound, norm, dataset, seed, number)
);
CREATE INDEX IF NOT EXISTS task_next ON task (state, model, attempts, id);
CREATE TABLE IF NOT EXISTS worker (
    name TEXT PRIMARY KEY,
    place TEXT NOT NULL,
    began REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS judge_account (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    calls INTEGER NOT NULL,
    tokens INTEGER NOT NULL,
    next REAL NOT NULL
);
