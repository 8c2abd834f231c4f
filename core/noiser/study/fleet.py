"""A worker for each device of a machine: one in this process, several in processes of their own."""

from __future__ import annotations

import multiprocessing
import sys
import threading
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import TYPE_CHECKING

from noiser.errors import Cancelled, NoiserError
from noiser.study.claims import Outcome, Task, Worker, release_dead
from noiser.study.store import Store
from noiser.study.worker import Loop

if TYPE_CHECKING:
    from noiser.model.language_model import LanguageModel

POLL = 0.5
"""Seconds between two looks at the workers."""


@dataclass(frozen=True)
class Loading:
    """How a worker loads the models of a study."""

    device: str = "auto"
    dtype: str = "auto"
    load_in: str | None = None
    trust: Collection[str] = ()

    def __call__(self, name: str) -> LanguageModel:
        """Load one by its name."""
        from noiser.model.loading import load

        return load(
            name, device=self.device, dtype=self.dtype, load_in=self.load_in, trust=self.trust
        )


def work(
    folder: str | Path,
    loading: Callable[[str], LanguageModel],
    *,
    place: str = "",
    cancel: threading.Event | None = None,
    tell: Callable[[Task, Outcome], None] = lambda task, outcome: None,
    memory: str | None = None,
) -> None:
    """Do a study's rows in this thread until all are finished; Cancelled where `cancel` was set."""
    with Store(folder) as store, Worker(store, place) as worker:
        Loop(worker, loading, cancel or threading.Event(), tell, memory).run()


def work_on_each(
    folder: str | Path,
    loadings: Sequence[Loading],
    *,
    cancel: threading.Event | None = None,
    tell: Callable[[], None] = lambda: None,
    memory: str | None = None,
) -> None:
    """The same in a process per entry of `loadings`; `tell` is called now and then meanwhile.

    A process that dies leaves its rows to the others. NoiserError where none is left and rows are.
    """
    stop = cancel or threading.Event()
    spawn = multiprocessing.get_context("spawn")  # CUDA cannot be used in a forked process
    processes: list[BaseProcess] = [
        spawn.Process(target=_serve, args=(str(folder), one, memory), daemon=True)
        for one in loadings
    ]
    for process in processes:
        process.start()
    try:
        while any(process.is_alive() for process in processes):
            if stop.wait(POLL):
                raise Cancelled
            tell()
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.join()
        with Store(folder) as store:
            release_dead(store)
    if failed := [process.exitcode for process in processes if process.exitcode]:
        with Store(folder) as store:
            left = store.db.execute(
                "SELECT count(*) FROM task WHERE state IN ('open', 'taken')"
            ).fetchone()[0]
        if left:
            raise NoiserError(
                f"{len(failed)} of {len(processes)} workers ended early (exit code {failed[0]}), and "
                f"{left} rows are left: start the study again to go on."
            )


def _serve(folder: str, loading: Loading, memory: str | None) -> None:
    try:
        work(folder, loading, place=loading.device, memory=memory)
    except (Cancelled, KeyboardInterrupt):
        sys.exit(130)
    except NoiserError as error:
        sys.stderr.write(f"noiser: {loading.device}: {error}\n")
        sys.exit(1)
