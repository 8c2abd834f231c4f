"""Every run of every session: kept as files, listed by an index, shared by all who run at once."""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

from noiser.errors import NoiserError
from noiser.files import expand
from noiser.record import Saved, to_json
from noiser_tui.history.entry import About, Entry, Note, about, id_at, moment_of
from noiser_tui.history.folder import data_folder
from noiser_tui.history.held import held
from noiser_tui.history.index import Index
from noiser_tui.history.run_files import NoSuchRun, RunFiles

_DAMAGE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_INDEX = "index-3-"
"""How the index's file begins; the number is that of its form."""
SET_BACK = timedelta(hours=1)
"""By how much a clock may be set back so that runs are still listed in the order they were made.

Runs from further ahead were told by a clock that was wrong: what comes later is not told so, too.
"""
T = TypeVar("T")


def runs_folder() -> Path:
    """Where runs are kept unless another folder is named."""
    return data_folder() / "runs"


class RunStore:
    """The runs in a folder, by default the user's own; any number of processes and threads share it.

    The files are the truth: what the index lacks, or where it is damaged, is read from them. Whatever
    the disk refuses is a NoiserError of one sentence; the caller goes on without the runs then.
    """

    def __init__(self, folder: str | Path | None = None) -> None:
        self.folder = runs_folder() if folder is None else expand(folder)
        self._files = RunFiles(self.folder)
        self._lock = threading.Lock()
        with self._told():
            self._files.make()
            self._index = self._opened()
            self._files.empty_bin()

    def __enter__(self) -> RunStore:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the index."""
        with self._lock:
            self._index.close()

    def add(self, saved: Saved, title: str = "") -> Entry:
        """Keep a run, or what is known of one that was cancelled; it is on the disk when this returns."""
        text, found = _written(saved)

        def work(index: Index) -> Entry:
            with index.transaction():
                run = self._files.new_id(_moment(index))
                try:
                    self._files.write(run, text)
                    noted = self._files.write_note(run, Note(_title(title)))
                    entry = self._files.entry(run, found)
                    index.put(entry, found.sought, noted)
                except BaseException:
                    self._files.remove(run)
                    raise
            return entry

        return self._with_index(work)

    def replace(self, run: str, saved: Saved) -> Entry:
        """Keep another record in place of a run's: with more draws, or whole where it was partial.

        What was measured of the one before goes with it.
        """
        text, found = _written(saved)

        def work(index: Index) -> Entry:
            with index.transaction():
                self._known(index, run)
                with self._files.without_measured(run):
                    self._files.write(run, text)
                entry = self._files.entry(run, found)
                index.put(entry, found.sought, self._files.noted(run))
            return entry

        return self._with_index(work)

    def entry(self, run: str) -> Entry:
        """The line of a run in the list."""
        return self._with_index(lambda index: self._known(index, run))

    def newest(
        self,
        limit: int | None = None,
        offset: int = 0,
        *,
        pinned: bool | None = None,
        marked: bool | None = None,
    ) -> list[Entry]:
        """The runs, newest first; of the pinned or marked ones, or of the others, where that is said."""
        return self.search("", limit, offset, pinned=pinned, marked=marked)

    def search(
        self,
        text: str,
        limit: int | None = None,
        offset: int = 0,
        *,
        pinned: bool | None = None,
        marked: bool | None = None,
    ) -> list[Entry]:
        """The runs with every word of `text` in prompt, target, model, method or title, newest first.

        A word may be part of another one, in small letters or capitals. Of a prompt the first 10,000
        characters are searched.
        """
        return self._with_index(lambda index: index.select(text, pinned, marked, limit, offset))

    def count(
        self, text: str = "", *, pinned: bool | None = None, marked: bool | None = None
    ) -> int:
        """How many runs `search` would find."""
        return self._with_index(lambda index: index.count(text, pinned, marked))

    def rename(self, run: str, title: str) -> Entry:
        """Give a run a title; an empty one takes it away."""
        return self._noted(run, lambda note: replace(note, title=_title(title)))

    def pin(self, run: str, pinned: bool = True) -> Entry:
        """Pin a run, or let it go: what is pinned is never pruned."""
        return self._noted(run, lambda note: replace(note, pinned=pinned))

    def mark(self, run: str, marked: bool = True) -> Entry:
        """Mark a run for comparison, or take the mark away."""
        return self._noted(run, lambda note: replace(note, marked=marked))

    def delete(self, run: str) -> None:
        """Put a run into the bin, from where `restore` brings it back for some days."""

        def work(index: Index) -> None:
            with index.transaction():
                self._known(index, run)
                self._files.delete(run)
                index.drop(run)

        self._with_index(work)

    def restore(self, run: str) -> Entry:
        """Bring a deleted run back as it was."""

        def work(index: Index) -> Entry:
            with index.transaction():
                if not self._files.is_deleted(run):
                    raise NoiserError(f"There is no deleted run {run}.")
                self._files.restore(run)
                self._read_in(index, run, self._files.noted(run))
                return self._known(index, run)

        return self._with_index(work)

    def prune(self, keep: int) -> int:
        """Delete all but the newest `keep` of the runs that are not pinned; returns how many went."""

        def work(index: Index) -> int:
            with index.transaction():
                old = index.select(pinned=False, offset=keep)
                for entry in old:
                    self._files.delete(entry.id)
                    index.drop(entry.id)
            return len(old)

        return self._with_index(work)

    def open(self, run: str) -> Saved:
        """The explanation or comparison itself, every field checked."""
        return self._files.read(run)

    def keep_measured(self, run: str, text: str) -> None:
        """Keep what was measured of a run beside it, in a form of the caller's own."""

        def work(index: Index) -> None:
            with index.transaction():
                self._known(index, run)
                self._files.write_measured(run, text)

        self._with_index(work)

    def set_measured_aside(self, run: str) -> None:
        """Leave what was measured of a run, and cannot be read, where it is not written over."""
        with self._told():
            self._files.set_measured_aside(run)

    def measured(self, run: str) -> bytes | None:
        """What was kept as measured of a run; None where nothing was."""
        with self._told():
            return self._files.measured(run)

    def _noted(self, run: str, change: Callable[[Note], Note]) -> Entry:
        def work(index: Index) -> Entry:
            with index.transaction():
                self._known(index, run)
                note = change(self._files.note(run))
                index.note(run, note, self._files.write_note(run, note))
                return self._known(index, run)

        return self._with_index(work)

    def _known(self, index: Index, run: str) -> Entry:
        found = index.get(run)
        if found is None:
            raise NoSuchRun(run)
        return found

    def _with_index(self, work: Callable[[Index], T]) -> T:
        """What `work` gives; once more on a new index where the one that is there is damaged."""
        with self._lock, self._told():
            if self._index.replaced:
                self._index.close()
                self._index = self._opened()
            try:
                return work(self._index)
            except sqlite3.DatabaseError as error:
                if not _is_damage(error):
                    raise
            self._index.close()
            self._index = self._opened(damaged=self._index.path)
            return work(self._index)

    def _opened(self, damaged: Path | None = None) -> Index:
        """The index, brought up to the files; made anew where it is damaged, by one process only."""
        with held(self.folder / "index.lock"):
            for path in self.folder.glob(f"{_INDEX}*.sqlite"):
                try:
                    if path != damaged:
                        return self._up_to_date(Index(path))
                except sqlite3.DatabaseError as error:
                    if not _is_damage(error):
                        raise
                for suffix in ("", "-wal", "-shm"):
                    path.with_name(path.name + suffix).unlink(missing_ok=True)
            # Never a name that was there before: whoever still has the old file open removes what
            # belongs to that name when closing it.
            return self._up_to_date(Index(self.folder / f"{_INDEX}{time.time_ns()}.sqlite"))

    def _up_to_date(self, index: Index) -> Index:
        try:
            with index.transaction():
                listed, there = index.listed(), self._files.listed()
                for run in listed.keys() - there.keys():
                    index.drop(run)
                for run, noted in there.items():
                    if run not in listed:
                        self._read_in(index, run, noted)
                    elif listed[run] != noted:
                        index.note(run, self._files.note(run), noted)
        except BaseException:
            index.close()
            raise
        return index

    def _read_in(self, index: Index, run: str, noted: int) -> None:
        found = self._files.about(run)
        index.put(self._files.entry(run, found), found.sought, noted)

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Whatever SQLite or the disk says as one sentence."""
        try:
            yield
        except (sqlite3.Error, OSError, UnicodeError) as error:
            what = getattr(error, "strerror", None) or str(error).rstrip(".")
            raise NoiserError(f"The runs in {self.folder} cannot be used: {what}.") from error


def _moment(index: Index) -> datetime:
    """Now, or just after the newest run where the clock was set back a little since that was added."""
    now = datetime.now(UTC)
    newest = index.newest_until(id_at(now + SET_BACK))
    return now if newest is None else max(now, moment_of(newest) + timedelta(microseconds=1))


def _written(saved: Saved) -> tuple[str, About]:
    """The record as it stands in the file, and what is shown of it."""
    text = to_json(saved)
    return text + "\n", about(json.loads(text))


def _title(text: str) -> str:
    return " ".join(text.split())


def _is_damage(error: sqlite3.DatabaseError) -> bool:
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:  # Python's own: text in the file that is no text
        return isinstance(error, sqlite3.OperationalError)
    return (code & 0xFF) in _DAMAGE
