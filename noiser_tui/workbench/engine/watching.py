"""Looking at a study's store from a thread of its own, and telling what changed."""

from __future__ import annotations

import logging
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

from noiser.errors import NoiserError
from noiser_tui.workbench.engine.context import Post
from noiser_tui.workbench.engine.messages import EngineMessage
from noiser_tui.workbench.engine.study import StudyRuns, standing_of

if TYPE_CHECKING:
    from noiser.study.live import Live
    from noiser.study.measures import Column
    from noiser.study.samples import SampleRow
    from noiser.study.spec import Study
    from noiser.study.standing import Standing
    from noiser.study.table import Table
    from noiser_tui.workbench.studies.grid import Spot

EVERY = 1.0
"""Seconds between two looks."""
SHARE = 0.25
"""Of the time, at most, goes into numbers while more of them come."""
INTERRUPTED = 130
"""The exit code of a process that was asked to stop."""


class StudyRead(EngineMessage):
    """What stands in a study's store; no job's message.

    `standing` and `table` are None before it is planned. `running` says that the process which was
    started here is there, `comparing` how many pairs of methods were compared while they are; `error` is the
    last word of a process that ended before its time.
    """

    def __init__(
        self,
        folder: str,
        standing: Standing | None = None,
        table: Table | None = None,
        *,
        running: bool = False,
        comparing: str = "",
        error: str = "",
    ) -> None:
        super().__init__(0)
        self.folder = folder
        self.standing = standing
        self.table = table
        self.running = running
        self.comparing = comparing
        self.error = error

    @property
    def working(self) -> bool:
        """Whether anybody works on it."""
        return self.running or (self.standing is not None and self.standing.workers > 0)


class SamplesRead(EngineMessage):
    """The samples of a cell of a study; no job's message."""

    def __init__(self, folder: str, spot: Spot, rows: tuple[SampleRow, ...]) -> None:
        super().__init__(0)
        self.folder = folder
        self.spot = spot
        self.rows = rows


class StudyWatch:
    """Looks once a second until it is stopped; posts a `StudyRead` where something changed."""

    def __init__(
        self, folder: str, post: Post, runs: StudyRuns, measure: str | None = None
    ) -> None:
        self._folder = folder
        self._post = post
        self._runs = runs
        self._measure = measure
        self._wake = threading.Event()
        self._stopped = threading.Event()
        self._told: tuple[object, ...] = ()
        self._standing: Standing | None = None
        self._table: Table | None = None
        self._stale = True
        self._comparing = self._logged = ""
        self._looked = self._table_rest = self._tests_rest = 0.0
        self._made = self._tested = 0
        self._spot: Spot | None = None
        self._listed: Spot | None = None
        threading.Thread(target=self._run, name=f"study {folder}", daemon=True).start()

    def show(self, measure: str) -> None:
        """Give the numbers of that column, of all where it is empty."""
        if measure != self._measure:
            self._measure = measure
            self._stale = True
            self._table_rest = self._tests_rest = 0.0
            self._wake.set()

    def list(self, spot: Spot | None) -> None:
        """Tell the samples of that cell, and again when they change; None for none."""
        if spot != self._spot:
            self._spot = spot
            self._wake.set()

    def look(self) -> None:
        """Look now."""
        self._wake.set()

    def stop(self) -> None:
        """Look no more."""
        self._stopped.set()
        self._wake.set()

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                self._watch()
            except NoiserError as error:
                self._tell(str(error))
                self._wait()
            except (
                Exception
            ) as error:  # looking goes on, and the page says why it shows nothing new
                if repr(error) != self._logged:
                    self._logged = repr(error)
                    logging.getLogger("noiser").exception("looking at %s failed", self._folder)
                self._tell(f"This is a bug in Noiser: {error!r}.")
                self._wait()

    def _wait(self) -> None:
        self._wake.wait(EVERY)
        self._wake.clear()

    def _watch(self) -> None:
        """Wait for a store, then read it until the end."""
        while not self._stopped.is_set() and standing_of(self._folder) is None:
            self._tell(self._failure())
            self._wait()
        from noiser.study.live import Live
        from noiser.study.store import Store

        with Store(self._folder) as store:
            live = Live(store)
            while not self._stopped.is_set():
                self._look(live)
                self._wait()

    def _look(self, live: Live) -> None:
        """Tell the numbers, then the tests where there is time for them; the numbers go on meanwhile."""
        self._tell_numbers(live)
        made, measure = self._made, self._measure
        if self._tested == made or self._resting(self._tests_rest):
            return
        began = time.monotonic()

        def stopped(done: int, count: int) -> bool:
            self._comparing = f"{done:,} of {count:,} pairs"
            if self._wake.is_set() or time.monotonic() > self._looked + EVERY:
                self._wake.clear()
                self._tell_numbers(live)
            return self._stopped.is_set() or self._measure != measure

        compared = live.compare(columns_shown(live.study, measure), stopped)
        self._comparing = ""
        if self._measure == measure:
            self._tested = made
        if compared:
            self._table = live.table(columns_shown(live.study, self._measure))
        self._tell(self._failure())
        self._tests_rest = _rest(began)

    def _tell_numbers(self, live: Live) -> None:
        """Tell the counts at once, and the table where it changed and there is time for it."""
        from noiser.study.standing import stand

        self._looked = time.monotonic()
        changed = live.read()
        self._stale = changed or self._stale
        self._tell_samples(live, again=changed)
        if self._stale or self._working:
            self._standing = stand(live.store)
        self._tell(self._failure())
        if not self._stale or self._resting(self._table_rest):
            return
        began = time.monotonic()
        self._stale = False
        columns = columns_shown(live.study, self._measure)
        if self._table is None or self._table.columns != columns:
            self._table = live.table(columns, quick=True)
            self._tell(self._failure())
        self._table = live.table(columns)
        self._made += 1
        self._tell(self._failure())
        self._table_rest = _rest(began)

    def _resting(self, until: float) -> bool:
        """Whether numbers have taken their share of the time for now: others are at work."""
        return self._working and time.monotonic() < until

    def _tell_samples(self, live: Live, *, again: bool) -> None:
        spot = self._spot
        if spot is None or (spot == self._listed and not again):
            self._listed = spot
            return
        from noiser.study.samples import sample_rows

        self._listed = spot
        settings = live.settings(spot.model, spot.dataset, spot.variant)
        rows = tuple(sample_rows(live.store, settings))
        if not self._stopped.is_set():
            self._post(SamplesRead(self._folder, spot, rows))

    @property
    def _running(self) -> bool:
        run = self._runs.of(Path(self._folder))
        return run is not None and run.running

    @property
    def _working(self) -> bool:
        return self._running or (self._standing is not None and self._standing.workers > 0)

    def _failure(self) -> str:
        """The last words of the process that was started here, where it failed and rows are left."""
        run = self._runs.of(Path(self._folder))
        left = self._standing is None or not self._standing.complete
        if run is None or not left or run.exit_code in (None, 0, INTERRUPTED):
            return ""
        return run.last_words() or f"The study ended early (exit code {run.exit_code})."

    def _tell(self, error: str) -> None:
        now = (self._standing, self._table, self._running, self._comparing, error)
        if now != self._told and not self._stopped.is_set():
            self._told = now
            self._post(
                StudyRead(
                    self._folder,
                    self._standing,
                    self._table,
                    running=self._running,
                    comparing=self._comparing,
                    error=error,
                )
            )


def _rest(began: float) -> float:
    """Until when to rest after work that began then."""
    now = time.monotonic()
    return now + (now - began) * (1 / SHARE - 1)


def first_measure(study: Study) -> str:
    """All measures side by side for one model and data set, as an empty name; for several the first."""
    from noiser.study.table import columns_of

    return columns_of(study)[0].name if len(study.models) * len(study.datasets) > 1 else ""


def columns_shown(study: Study, measure: str | None) -> tuple[Column, ...]:
    """The column of that name, all of the study's where it is empty; None is the first measure."""
    from noiser.study.table import columns_of

    name = first_measure(study) if measure is None else measure
    columns = columns_of(study)
    return tuple(one for one in columns if one.name == name) or columns
