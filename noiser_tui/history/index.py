"""The list of the runs in SQLite, so that thousands are searched at once; it can always be made anew."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import astuple, fields
from pathlib import Path

from noiser.database import write_ahead
from noiser_tui.history.entry import Entry, Note, fold

PATIENCE = 10.0
"""Seconds to wait for another process that is writing."""
MOST_WORDS = 200
"""Words of a search at most; SQLite's conditions are a thousand deep at most."""
_NAMES = ", ".join(field.name for field in fields(Entry))
_BOOLEANS = ("complete", "pinned", "marked")
_TABLE = f"""
CREATE TABLE IF NOT EXISTS runs (
    id TEXT PRIMARY KEY, {_NAMES.removeprefix("id, ")}, noted INTEGER NOT NULL,
    folded TEXT NOT NULL, sought TEXT NOT NULL
)
"""


class Index:
    """An open index; sqlite3.Error where it cannot be used."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._data = sqlite3.connect(
            path, timeout=PATIENCE, isolation_level=None, check_same_thread=False
        )
        try:
            write_ahead(self._data, PATIENCE)
            self._data.execute("PRAGMA synchronous = NORMAL")
            self._data.execute(_TABLE)
            self._file = path.stat().st_ino
        except BaseException:
            self._data.close()
            raise

    @property
    def replaced(self) -> bool:
        """Whether somebody removed the file, or made another one in its place."""
        try:
            return self.path.stat().st_ino != self._file
        except FileNotFoundError:
            return True

    def close(self) -> None:
        """Let go of the file."""
        self._data.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything inside happens, or nothing of it; one process at a time."""
        self._data.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            if self._data.in_transaction:  # SQLite itself ends it when the disk is full
                self._data.execute("ROLLBACK")
            raise
        self._data.execute("COMMIT")

    def listed(self) -> dict[str, int]:
        """Every run, and when its note was written as far as is known here."""
        return dict(self._data.execute("SELECT id, noted FROM runs"))

    def put(self, entry: Entry, sought: str, noted: int) -> None:
        """Add a run, or what has changed of it."""
        values = (*astuple(entry), noted, fold(entry.title), sought)
        marks = ", ".join("?" * len(values))
        self._data.execute(f"INSERT OR REPLACE INTO runs VALUES ({marks})", values)

    def note(self, run: str, note: Note, noted: int) -> None:
        """Change what the user wrote on a run."""
        self._data.execute(
            "UPDATE runs SET title = ?, pinned = ?, marked = ?, noted = ?, folded = ? WHERE id = ?",
            (note.title, note.pinned, note.marked, noted, fold(note.title), run),
        )

    def drop(self, run: str) -> None:
        """Forget a run."""
        self._data.execute("DELETE FROM runs WHERE id = ?", (run,))

    def get(self, run: str) -> Entry | None:
        """A run by its id."""
        row = self._data.execute(f"SELECT {_NAMES} FROM runs WHERE id = ?", (run,)).fetchone()
        return None if row is None else _entry(row)

    def newest_until(self, moment: str) -> str | None:
        """The newest of the runs whose ids come before what an id at some moment begins with."""
        query = "SELECT max(id) FROM runs WHERE id < ?"
        ((found,),) = self._data.execute(query, (moment,))
        return found if isinstance(found, str) else None

    def select(
        self,
        text: str = "",
        pinned: bool | None = None,
        marked: bool | None = None,
        limit: int | None = None,
        offset: int = 0,
    ) -> list[Entry]:
        """The runs that have every word of `text` and are as said, newest first."""
        where, values = _where(text, pinned, marked)
        rows = self._data.execute(
            f"SELECT {_NAMES} FROM runs {where} ORDER BY id DESC LIMIT ? OFFSET ?",
            (*values, -1 if limit is None else limit, offset),
        )
        return [_entry(row) for row in rows]

    def count(self, text: str = "", pinned: bool | None = None, marked: bool | None = None) -> int:
        """How many runs `select` would find."""
        where, values = _where(text, pinned, marked)
        ((number,),) = self._data.execute(f"SELECT count(*) FROM runs {where}", values)
        return int(number)


def _where(text: str, pinned: bool | None, marked: bool | None) -> tuple[str, list[str | bool]]:
    conditions: list[str] = []
    values: list[str | bool] = []
    for name, wanted in (("pinned", pinned), ("marked", marked)):
        if wanted is not None:
            conditions.append(f"{name} = ?")
            values.append(wanted)
    for word in dict.fromkeys(fold(text).split()[:MOST_WORDS]):
        conditions.append("(instr(sought, ?) OR instr(folded, ?))")
        values += (word, word)
    return ("WHERE " + " AND ".join(conditions) if conditions else ""), values


def _entry(row: Sequence[object]) -> Entry:
    named = zip((field.name for field in fields(Entry)), row, strict=True)
    values = {name: bool(one) if name in _BOOLEANS else one for name, one in named}
    return Entry(**values)  # type: ignore[arg-type]
