"""A worker for each device of a machine: one in this process, several in processes of their own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from noiser.errors import Cancelled, NoiserError
from noiser.judge.budget import BudgetSpent
from noiser.study.claims import Outcome, Task, Worker, release_dead
from noiser.study.loading import Loading
from noiser.study.row import Load
from noiser.study.serving import SPENT, Serving
from noiser.study.store import Store
from noiser.study.worker import Loop

POLL = 0.5
"""Seconds between two looks at the workers."""


def work(
    folder: str | Path,
    loading: Load,
    *,
    place: str = "",
    cancel: threading.Event | None = None,
    tell: Callable[[Task, Outcome], None] = lambda task, outcome: None,
    memory: str | None = None,
) -> None:
    """Do a study's rows in this thread until all are finished; Cancelled where `cancel` was set.

    BudgetSpent where the judge may be asked no more: rows that need it stay open.
    """
    with Store(folder) as store, Worker(store, place) as worker:
        Loop(worker, loading, cancel or threading.Event(), tell, memory).run()


def work_on_each(
    folder: str | Path,
    loadings: Sequence[Loading],
    *,
    cancel: threading.Event | None = None,
    tell: Callable[[], None] = lambda: None,
    memory: str | None = None,
    row_timeout: float | None = None,
) -> None:
    """The same in a process per entry of `loadings`; `tell` is called now and then meanwhile.

    A process that dies leaves its rows to the others. NoiserError where none is left and rows are,
    BudgetSpent where they ended for that.
    One that is at a row for more than `row_timeout` seconds, its model loaded and no server asked, is
    killed; the row has failed, and another process takes its place.
    """
    stop = cancel or threading.Event()
    serving = [Serving(folder, one, memory) for one in loadings]
    with Store(folder) as store:
        try:
            while any(one.process.is_alive() for one in serving):
                if stop.wait(POLL):
                    raise Cancelled
                tell()
                if row_timeout is not None:
                    serving = [
                        after for one in serving for after in one.checked(store, row_timeout)
                    ]
        finally:
            for one in serving:
                one.process.terminate()
            for one in serving:
                one.process.join()
            release_dead(store)
        failed = [one.process.exitcode for one in serving if one.process.exitcode]
        if failed and (left := store.count("open", "taken")):
            if set(failed) == {SPENT}:
                raise BudgetSpent("The budget of the study's judge is spent.")
            raise NoiserError(
                f"{len(failed)} of {len(serving)} workers ended early (exit code {failed[0]}), and "
                f"{left} rows are left: start the study again to go on."
            )
