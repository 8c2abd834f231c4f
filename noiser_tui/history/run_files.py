"""The files of the runs: a record each, beside it what was measured of it and what the user wrote, a bin."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from noiser.errors import NoiserError
from noiser.files import write_text
from noiser.opening import parse
from noiser.record import Saved
from noiser_tui.history.entry import About, Entry, Note, about, is_id, new_id

BIN_DAYS = 7
"""Days that a deleted run can be brought back."""
_RECORD, _NOTE, _DAY = ".json", ".note.json", 86400.0
_MEASURED = ".measured.json"


class NoSuchRun(NoiserError):
    """A run was asked for that is not kept, or not any more."""

    def __init__(self, run: str) -> None:
        super().__init__(f"There is no run {run}: it was deleted or is kept elsewhere.")


class RunFiles:
    """The folder of the runs; a file is whole or not there. OSError where the disk refuses."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._bin = folder / "deleted"

    def make(self) -> None:
        """Make the folders, for this user alone: prompts are private."""
        for one in (self.folder, self._bin):
            one.mkdir(parents=True, exist_ok=True, mode=0o700)

    def new_id(self, moment: datetime) -> str:
        """An id for a run that is added at `moment`, which no run has or had lately."""
        run = new_id(moment)
        while self.path(run).exists() or self._deleted(run).exists():
            run = new_id(moment)
        return run

    def path(self, run: str) -> Path:
        """The file of a run."""
        return self.folder / (run + _RECORD)

    def listed(self) -> dict[str, int]:
        """Every run that has a file, and when its note was written (ns, 0 for none)."""
        runs: dict[str, int] = {}
        notes: dict[str, int] = {}
        with os.scandir(self.folder) as files:
            for file in files:
                if file.name.endswith(_NOTE):
                    notes[file.name.removesuffix(_NOTE)] = file.stat().st_mtime_ns
                elif is_id(file.name.removesuffix(_RECORD)) and file.name.endswith(_RECORD):
                    runs[file.name.removesuffix(_RECORD)] = 0
        return {run: notes.get(run, 0) for run in runs}

    def noted(self, run: str) -> int:
        """When the note of a run was written, as `listed` says it."""
        try:
            return self._note_path(run).stat().st_mtime_ns
        except FileNotFoundError:
            return 0

    def write(self, run: str, text: str) -> None:
        """Write the record of a run."""
        write_text(self.path(run), text)

    def remove(self, run: str) -> None:
        """Remove a run for good."""
        self.path(run).unlink(missing_ok=True)
        self.forget_measured(run)
        self._note_path(run).unlink(missing_ok=True)

    def read(self, run: str) -> Saved:
        """The run itself, every field of its record checked; NoiserError in a sentence."""
        path = self.path(run)
        try:
            data = path.read_bytes() if is_id(run) else None
        except FileNotFoundError:
            data = None
        except OSError as error:
            raise NoiserError(f"{path} cannot be read: {error.strerror or error}.") from error
        if data is None:
            raise NoSuchRun(run)
        return parse(data, f"The run {run}")

    def about(self, run: str) -> About:
        """What is shown of a run, as its file says; a file that is no record is damaged."""
        try:
            return about(json.loads(self.path(run).read_bytes()))
        except (OSError, ValueError, RecursionError):
            return About("damaged")

    def entry(self, run: str, found: About) -> Entry:
        """The line of a run in the list."""
        note = self.note(run)
        try:
            size = self.path(run).stat().st_size
        except OSError:  # a link in a circle: one file that cannot be looked at hides no other
            size = 0
        return Entry(
            run,
            found.kind,
            note.title,
            found.prompt,
            found.model,
            found.method,
            found.bound,
            found.target,
            found.alpha,
            found.complete,
            note.pinned,
            note.marked,
            size,
            found.role,
        )

    def note(self, run: str) -> Note:
        """What the user wrote on a run; a note that cannot be read is none."""
        try:
            data = json.loads(self._note_path(run).read_bytes())
            title, pinned, marked = data["title"], data["pinned"], data["marked"]
        except (OSError, ValueError, RecursionError, KeyError, TypeError):
            return Note()
        return Note(title if isinstance(title, str) else "", pinned is True, marked is True)

    def write_note(self, run: str, note: Note) -> int:
        """Write what the user wrote on a run; returns when, as `listed` says it."""
        path = self._note_path(run)
        if note == Note():
            path.unlink(missing_ok=True)
            return 0
        write_text(path, json.dumps(asdict(note), ensure_ascii=False))
        return self.noted(run)

    def measured(self, run: str) -> bytes | None:
        """What was measured of a run, as it was written; None where nothing was."""
        try:
            return self._measured_path(run).read_bytes() if is_id(run) else None
        except FileNotFoundError:
            return None

    def write_measured(self, run: str, text: str) -> None:
        """Write what was measured of a run."""
        write_text(self._measured_path(run), text)

    def forget_measured(self, run: str) -> None:
        """Remove what was measured: it is of other scores."""
        self._measured_path(run).unlink(missing_ok=True)

    def set_measured_aside(self, run: str) -> None:
        """Leave what was measured where nobody reads or replaces it; nothing where there is none."""
        path = self._measured_path(run)
        if path.exists():
            path.replace(path.with_name(f"{path.name}.aside"))

    @contextmanager
    def without_measured(self, run: str) -> Iterator[None]:
        """Write other scores: what was measured goes with the old ones, and comes back if that fails."""
        path = self._measured_path(run)
        aside = path.with_name(f"{path.name}.before")
        if path.exists():
            path.replace(aside)
        try:
            yield
        except BaseException:
            if aside.exists():
                aside.replace(path)
            raise
        aside.unlink(missing_ok=True)

    def delete(self, run: str) -> None:
        """Put the record into the bin; what stands beside it waits where it is."""
        os.utime(self.path(run))  # the bin goes by when it was deleted
        self.path(run).replace(self._deleted(run))

    def is_deleted(self, run: str) -> bool:
        """Whether the bin has the run."""
        return is_id(run) and self._deleted(run).exists()

    def restore(self, run: str) -> None:
        """Take the record out of the bin."""
        self._deleted(run).rename(self.path(run))

    def empty_bin(self, days: float = BIN_DAYS) -> None:
        """Remove for good what was deleted so many days ago, and what killed writers left."""
        oldest = time.time() - days * _DAY
        for path in [*self._bin.glob("*" + _RECORD), *self.folder.glob(".noiser.*")]:
            try:
                if path.stat().st_mtime > oldest:
                    continue
                path.unlink()
            except FileNotFoundError:  # another workbench did
                continue
            if path.parent == self._bin:
                run = path.name.removesuffix(_RECORD)
                self.forget_measured(run)
                self._note_path(run).unlink(missing_ok=True)

    def _note_path(self, run: str) -> Path:
        return self.folder / (run + _NOTE)

    def _measured_path(self, run: str) -> Path:
        return self.folder / (run + _MEASURED)

    def _deleted(self, run: str) -> Path:
        return self._bin / (run + _RECORD)
