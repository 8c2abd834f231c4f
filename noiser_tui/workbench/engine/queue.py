"""The jobs that wait for the engine, in the order in which they will run, and the one that runs."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from noiser_tui.workbench.engine.job import Job

Changed = Callable[[int, tuple[int, ...]], object]


@dataclass(frozen=True)
class Entry:
    """A job under its number; setting `cancel` stops it within one batch where it runs.

    `enough` is for a job that does several things in turn: it begins no further one.
    """

    number: int
    job: Job
    cancel: threading.Event = field(default_factory=threading.Event)
    enough: threading.Event = field(default_factory=threading.Event)


class JobQueue:
    """Jobs for one worker, put and cancelled from any thread.

    `changed` is told the number of the job that runs, 0 for none, and those that wait, after each
    change and in the order of the changes; it is called under the lock and must not wait for anything.
    """

    def __init__(self, changed: Changed) -> None:
        self._changed = changed
        self._condition = threading.Condition()
        self._waiting: list[Entry] = []
        self._running: Entry | None = None
        self._last_number = 0

    def put(self, job: Job, *, instead_of: int = 0) -> tuple[int, Entry | None]:
        """Queue a job; its number, and the one that was taken back because it is asked instead of it.

        If that one runs, it is cancelled.
        """
        with self._condition:
            removed = self._stop(instead_of)
            self._last_number += 1
            entry = Entry(self._last_number, job)
            self._waiting.insert(_place(self._waiting, job), entry)
            self._tell()
            self._condition.notify()
            return entry.number, removed

    def cancel(self, number: int | None = None) -> Entry | None:
        """Cancel the job of that number, None for the one that runs; the one that was taken back."""
        with self._condition:
            if number is None:
                number = 0 if self._running is None else self._running.number
            removed = self._stop(number)
            if removed is not None:
                self._tell()
            return removed

    def finish(self, number: int) -> Entry | None:
        """Let the job of that number begin nothing more; where it waits it is taken back, and returned."""
        with self._condition:
            if self._running is not None and self._running.number == number:
                self._running.enough.set()
            removed = self._waiting_one(number)
            if removed is not None:
                self._tell()
            return removed

    def take(self) -> Entry:
        """The next job, once there is one; the one that was taken before is over."""
        with self._condition:
            if self._running is not None and not self._waiting:
                self._running = None
                self._tell()
            while not self._waiting:
                self._condition.wait()
            self._running = self._waiting.pop(0)
            self._tell()
            return self._running

    @property
    def others_wait(self) -> bool:
        """Whether a job waits while one runs."""
        return bool(self._waiting)

    def put_back(self, entry: Entry, rest: Job) -> None:
        """Queue what is left of the job that runs, last, under its own number and flags."""
        with self._condition:
            self._waiting.append(replace(entry, job=rest))
            self._tell()

    def _stop(self, number: int) -> Entry | None:
        if self._running is not None and self._running.number == number:
            self._running.cancel.set()
        return self._waiting_one(number)

    def _waiting_one(self, number: int) -> Entry | None:
        """The job of that number where it waits; it does not any more."""
        for entry in self._waiting:
            if entry.number == number:
                self._waiting.remove(entry)
                return entry
        return None

    def _tell(self) -> None:
        running = 0 if self._running is None else self._running.number
        self._changed(running, tuple(entry.number for entry in self._waiting))


def _place(waiting: Sequence[Entry], job: Job) -> int:
    """Where a job comes in the queue: last, but a short one before the long ones that wait.

    It stays behind what changes the model, for it may be about the model that comes then.
    """
    place = len(waiting)
    while job.short and place > 0:
        before = waiting[place - 1].job
        if before.short or before.changes_model:
            break
        place -= 1
    return place
