"""A study on its way: a process of its own, which outlives the workbench and is read by its store."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from noiser.errors import NoiserError
from noiser.files import expand

if TYPE_CHECKING:
    from noiser.study.standing import Standing

LOG = "run.log"
"""What the process says, in the study's folder."""
TOLD = 2_000
"""Bytes at the end of the log that are read for its last words."""


@dataclass(frozen=True)
class StudyRun:
    """A process that runs a study in `folder`; others may work on the same one."""

    folder: Path
    process: subprocess.Popen[bytes]

    @property
    def running(self) -> bool:
        """Whether the process is there."""
        return self.process.poll() is None

    @property
    def exit_code(self) -> int | None:
        """0: all rows are done, 1: some failed, 130: it was stopped; None while it runs."""
        return self.process.poll()

    def stop(self) -> None:
        """Ask it to stop, as Ctrl+C does: rows in flight are given up, those done are kept."""
        if self.running:
            self.process.send_signal(signal.SIGINT)

    def end(self, patience: float = 10.0) -> None:
        """Stop it and wait; one that does not listen is killed, which loses no row that is stored."""
        self.stop()
        try:
            self.process.wait(patience)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def last_words(self) -> str:
        """What the process said last, one line; empty where it said nothing."""
        try:
            with (self.folder / LOG).open("rb") as file:
                file.seek(0, 2)
                file.seek(max(0, file.tell() - TOLD))
                lines = file.read().decode("utf-8", "replace").splitlines()
        except OSError:
            return ""
        return next((line.strip() for line in reversed(lines) if line.strip()), "")


def start_study(
    study: str | Path, folder: str | Path | None = None, options: Sequence[str] = ()
) -> StudyRun:
    """Run a study's TOML file as `noiser study run` does, or go on with it where it was left.

    `folder` is the study's, None is the file's name without its ending; `options` are further ones of
    the command, such as ("--devices", "cuda:0,cuda:1"). NoiserError where it cannot be started.
    """
    file = expand(study)
    if not file.is_file():
        raise NoiserError(f"There is no study {study}.")
    place = file.with_suffix("") if folder is None else expand(folder)
    command = [sys.executable, "-m", "noiser_tui", "study", "run", str(file)]
    command += ["--folder", str(place), "--pairs", "none", *options]
    try:
        place.mkdir(parents=True, exist_ok=True)
        with (place / LOG).open("ab") as log:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # the terminal's end is not the study's
            )
    except OSError as error:
        raise NoiserError(f"The study cannot be started: {error.strerror or error}.") from error
    return StudyRun(place, process)


@dataclass
class StudyRuns:
    """The studies that this workbench started, by their folder; they go on when it is left."""

    _runs: dict[Path, StudyRun] = field(default_factory=dict)

    def start(self, study: Path, folder: Path, options: Sequence[str] = ()) -> StudyRun:
        """Run a study, or go on with it; NoiserError where it cannot be started, or runs already.

        `options` are those of `start_study`.
        """
        run = self._runs.get(folder)
        if run is not None and run.running:
            raise NoiserError("This study runs already.")
        self._runs[folder] = start_study(study, folder, options)
        return self._runs[folder]

    def of(self, folder: Path) -> StudyRun | None:
        """What was started last for a folder."""
        return self._runs.get(folder)

    @property
    def running(self) -> tuple[Path, ...]:
        """The folders of those that are not at their end."""
        return tuple(folder for folder, run in self._runs.items() if run.running)

    def stop(self, folder: Path) -> int:
        """Ask the process that was started here, and all others of this machine, to stop; how many."""
        run, asked = self._runs.get(folder), 0
        own = run.process.pid if run is not None and run.running else 0
        if run is not None and own:
            run.stop()
            asked = 1
        standing = standing_of(folder)
        for pid in workers_here(standing) if standing is not None else ():
            if pid not in (own, os.getpid()):
                os.kill(pid, signal.SIGINT)
                asked += 1
        return asked


def workers_here(standing: Standing) -> tuple[int, ...]:
    """The process ids of the workers that live on this machine, each once."""
    named = (place.split(" ")[0].rpartition(":") for place in standing.places)
    here = socket.gethostname()
    return tuple(
        dict.fromkeys(int(pid) for host, _, pid in named if host == here and pid.isdigit())
    )


def standing_of(folder: str | Path) -> Standing | None:
    """How far the study in a folder is, whoever works on it; None where it is not planned yet.

    For the interface's own thread: it reads a few counts. NoiserError where the store cannot be read.
    """
    from noiser.study.standing import stand
    from noiser.study.store import NotPlanned, Store

    try:
        with Store(folder) as store:
            return stand(store)
    except NotPlanned:
        return None
