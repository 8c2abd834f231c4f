"""Everything that judges were asked and answered, on disk, so that nothing is paid for twice.

One SQLite file in WAL mode; several processes and threads may use it at the same time.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from noiser.database import write_ahead
from noiser.errors import NoiserError
from noiser.files import expand
from noiser.judge.question import ChatMessage, Settings
from noiser.judge.talking import Said

_PATIENCE = 30.0
"""Seconds to wait for another process that is writing."""
_TABLES = """
CREATE TABLE IF NOT EXISTS replies (
    key TEXT PRIMARY KEY, model TEXT NOT NULL, place TEXT NOT NULL, settings TEXT NOT NULL,
    messages TEXT NOT NULL, raw TEXT NOT NULL, tokens INTEGER NOT NULL, at REAL NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS verdicts (
    key TEXT NOT NULL REFERENCES replies (key), target TEXT NOT NULL, first INTEGER NOT NULL,
    any_of_five INTEGER NOT NULL, parsed INTEGER NOT NULL, PRIMARY KEY (key, target)
) WITHOUT ROWID;
"""


def default_path() -> Path:
    """Where replies are kept unless another file is named: in the user's cache folder."""
    from platformdirs import user_cache_path

    return user_cache_path("noiser", appauthor=False) / "judge.sqlite"


def key_of(model: str, place: str, settings: Settings, messages: Sequence[ChatMessage]) -> str:
    """What a question is known by: the model, where it is, its settings, and all that is said."""
    parts = [model, place, asdict(settings), list(messages)]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


class CacheUnusable(NoiserError):
    """What a judge says cannot be kept, on a full disk, say: whoever asked on would pay for it again."""


class Cache:
    """Replies and verdicts in the file at `path`; CacheUnusable in one sentence where it cannot be used."""

    def __init__(self, path: str | Path | None = None) -> None:
        self.path = default_path() if path is None else expand(path)
        self._lock = threading.Lock()
        with self._told():
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._data = sqlite3.connect(
                self.path, timeout=_PATIENCE, isolation_level=None, check_same_thread=False
            )
            write_ahead(self._data, _PATIENCE)
            self._data.executescript(_TABLES)

    def reply(self, key: str) -> Said | None:
        """The reply that is known by `key`."""
        with self._told():
            found = self._data.execute(
                "SELECT raw, tokens FROM replies WHERE key = ?", (key,)
            ).fetchone()
        return None if found is None else Said(*found)

    def keep(
        self,
        model: str,
        place: str,
        settings: Settings,
        messages: Sequence[ChatMessage],
        said: Said,
    ) -> None:
        """Keep a reply; the first one stays where two processes asked the same."""
        row = (
            key_of(model, place, settings, messages),
            model,
            place,
            json.dumps(asdict(settings)),
            json.dumps(list(messages), ensure_ascii=False),
            said.text,
            said.tokens,
            time.time(),
        )
        with self._told():
            self._data.execute("INSERT OR IGNORE INTO replies VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)

    def judge(self, key: str, target: str, first: bool, any_of_five: bool, parsed: bool) -> None:
        """Keep what was made of a reply for a target."""
        with self._told():
            self._data.execute(
                "INSERT OR REPLACE INTO verdicts VALUES (?, ?, ?, ?, ?)",
                (key, target, first, any_of_five, parsed),
            )

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._data.close()

    @contextmanager
    def _told(self) -> Iterator[None]:
        """One thread at a time, and whatever SQLite or the disk says as one sentence."""
        with self._lock:
            try:
                yield
            except (sqlite3.Error, OSError, UnicodeError) as error:
                what = getattr(error, "strerror", None) or str(error).rstrip(".")
                raise CacheUnusable(
                    f"The judge's cache {self.path} cannot be used: {what}; give another file.",
                    change=("cache",),
                ) from error
