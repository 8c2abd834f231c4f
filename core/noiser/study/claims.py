"""Who does what: each row is claimed by one worker, and a dead worker's claims are open again.

A worker holds a lock on a file of its own in the study's folder. The kernel lets go of it when the
process ends, however it ends, so that nobody has to wait for a lease to run out, and no slow sample
is taken for a dead one.
"""

from __future__ import annotations

import fcntl
import json
import os
import socket
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from noiser.errors import NoiserError
from noiser.study.spec import Setting
from noiser.study.store import State, Store


@dataclass(frozen=True)
class Task:
    """A row that is to be done."""

    id: int
    setting: Setting
    number: int


@dataclass(frozen=True)
class Outcome:
    """What became of a task: its end, what was found or why not, and what it took."""

    state: State
    result: Mapping[str, Any] | None = None
    error: str | None = None
    seconds: float | None = None
    token_forwards: int | None = None


class Worker:
    """One who does a study's rows: a process, or a thread of one, with a store of its own."""

    def __init__(self, store: Store, place: str = "", name: str | None = None) -> None:
        self.store = store
        self.name = name or new_name()
        self._path = _lock_path(store.folder, self.name)
        self._path.parent.mkdir(exist_ok=True)
        self._lock = self._path.open("w")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self._lock.close()
            raise NoiserError(
                f"The file system of {store.folder} has no locks ({error.strerror}): "
                "put the study on a local disk."
            ) from error
        told = " ".join(filter(None, (f"{socket.gethostname()}:{os.getpid()}", place)))
        self.store.db.execute("INSERT INTO worker VALUES (?, ?, ?)", (self.name, told, time.time()))

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, *_: object) -> None:
        try:
            with self.store.transaction():
                _release(self.store, self.name)
        finally:  # a full disk, say: without the lock its rows are open to others
            self._path.unlink(missing_ok=True)
            self._lock.close()

    def take(self, model: str | None) -> Task | None:
        """Claim the next open row of `model`, where it has none left of a model that few work on.

        Rows during which a process died come last, so that one that kills cannot keep back others.
        None where nothing is open.
        """
        with self.store.transaction():
            row = self._next_of(model) or self._next_of(self._next_model())
            if row is None:
                return None
            self.store.db.execute(
                "UPDATE task SET state = 'taken', worker = ?, attempts = attempts + 1 WHERE id = ?",
                (self.name, row[0]),
            )
        return Task(row[0], Setting(*row[1:7]), row[7])

    def _next_of(self, model: str | None) -> tuple[Any, ...] | None:
        found: tuple[Any, ...] | None = self.store.db.execute(
            "SELECT id, model, method, bound, norm, dataset, seed, number FROM task "
            "WHERE state = 'open' AND model = ? ORDER BY attempts, id LIMIT 1",
            (model,),
        ).fetchone()
        return found

    def _next_model(self) -> str | None:
        row = self.store.db.execute(
            "SELECT model, min(id) AS first, "
            "(SELECT count(*) FROM task other WHERE other.model = task.model AND state = 'taken') AS busy "
            "FROM task WHERE state = 'open' GROUP BY model ORDER BY busy, first LIMIT 1"
        ).fetchone()
        return None if row is None else str(row[0])

    def finish(self, task: Task, outcome: Outcome) -> bool:
        """Store what became of a row; False, and nothing stored, where the claim is no longer ours."""
        result = outcome.result and json.dumps(
            outcome.result, sort_keys=True, allow_nan=False, ensure_ascii=False
        )
        done = self.store.db.execute(
            "UPDATE task SET state = ?, worker = NULL, result = ?, error = ?, seconds = ?, "
            "token_forwards = ?, finished = ? WHERE id = ? AND worker = ?",
            (
                *(outcome.state, result, outcome.error, outcome.seconds, outcome.token_forwards),
                *(time.time(), task.id, self.name),
            ),
        )
        return done.rowcount == 1

    def give_back(self, task: Task) -> None:
        """Open a claimed row again, as if it had never been claimed."""
        self.store.db.execute(
            "UPDATE task SET state = 'open', worker = NULL, attempts = attempts - 1 "
            "WHERE id = ? AND worker = ?",
            (task.id, self.name),
        )

    def put_back(self, task: Task) -> None:
        """Open a claimed row again that came to nothing; rows that were never tried go before it."""
        self.store.db.execute(
            "UPDATE task SET state = 'open', worker = NULL WHERE id = ? AND worker = ?",
            (task.id, self.name),
        )

    def fail_model(self, model: str, error: str) -> None:
        """What is still open of a model that cannot be loaded has failed."""
        self.store.db.execute(
            "UPDATE task SET state = 'failed', worker = NULL, error = ?, finished = ? "
            "WHERE model = ? AND (state = 'open' OR worker = ?)",
            (error, time.time(), model, self.name),
        )


def new_name() -> str:
    """A name that no other worker has."""
    return uuid.uuid4().hex


def fail_taken(store: Store, name: str, task: int, error: str, seconds: float) -> bool:
    """The row that worker was at has failed, whatever it still says of it; False where it is not its."""
    return (
        store.db.execute(
            "UPDATE task SET state = 'failed', worker = NULL, error = ?, seconds = ?, finished = ? "
            "WHERE id = ? AND worker = ?",
            (error, seconds, time.time(), task, name),
        ).rowcount
        == 1
    )


def release_dead(store: Store) -> int:
    """Open the rows again that dead workers had claimed; returns how many."""
    count = 0
    for (name,) in store.db.execute("SELECT name FROM worker").fetchall():
        with _unheld(_lock_path(store.folder, name)) as dead:
            if dead:
                with store.transaction():
                    count += _release(store, name)
                _lock_path(store.folder, name).unlink(missing_ok=True)
    return count


def is_alive(store: Store, name: str) -> bool:
    """Whether the worker of that name still runs."""
    with _unheld(_lock_path(store.folder, name)) as dead:
        return not dead


def reopen_failed(store: Store) -> int:
    """Open the rows again that failed; returns how many."""
    return store.db.execute(
        "UPDATE task SET state = 'open', error = NULL, seconds = NULL, finished = NULL "
        "WHERE state = 'failed'"
    ).rowcount


def _release(store: Store, name: str) -> int:
    opened = store.db.execute(
        "UPDATE task SET state = 'open', worker = NULL WHERE worker = ? AND state = 'taken'",
        (name,),
    ).rowcount
    store.db.execute("DELETE FROM worker WHERE name = ?", (name,))
    return opened


def _lock_path(folder: Path, name: str) -> Path:
    return folder / "workers" / name


@contextmanager
def _unheld(path: Path) -> Iterator[bool]:
    """Whether nobody holds the lock of a worker's file; it is held meanwhile where so."""
    try:
        file = path.open("r+" if os.access(path, os.W_OK) else "r")
    except FileNotFoundError:
        yield True
        return
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True
