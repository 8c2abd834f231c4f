"""A process that does a study's rows, and the eye that its parent keeps on it."""

from __future__ import annotations

import multiprocessing
import sys
import time
from collections.abc import MutableSequence
from pathlib import Path

from noiser.errors import Cancelled, NoiserError
from noiser.judge.budget import BudgetSpent
from noiser.study.claims import Task, Worker, fail_taken, new_name, release_dead
from noiser.study.loading import Loading
from noiser.study.store import Store
from noiser.study.worker import Loop

_SPAWN = multiprocessing.get_context("spawn")  # CUDA cannot be used in a forked process
_GRACE = 10.0
"""Seconds until a killed process is given up that hangs in the kernel."""

SPENT = 3
"""The exit code of a process that may ask the judge no more."""


class Serving:
    """A process of its own for a study's rows, with models that `loading` loads."""

    def __init__(self, folder: str | Path, loading: Loading, memory: str | None) -> None:
        self._arguments = folder, loading, memory
        self.name = new_name()
        # The row it is at, 0 for none, and since when; without a lock, which a killed process would keep.
        self._begun: MutableSequence[float] = _SPAWN.RawArray("d", 2)
        self.process = _SPAWN.Process(
            target=_serve, args=(str(folder), loading, memory, self.name, self._begun), daemon=True
        )
        self.process.start()

    def checked(self, store: Store, timeout: float) -> list[Serving]:
        """This one, or whoever takes its place where it was at a row for too long and was killed.

        Nobody does where no row is open.
        """
        row, since = self._begun
        seconds = time.monotonic() - since
        if not row or seconds <= timeout:
            return [self]
        self.process.kill()
        self.process.join(_GRACE)
        fail_taken(store, self.name, int(row), too_long(timeout), seconds)
        release_dead(store)
        return [Serving(*self._arguments)] if store.count("open") else []


def too_long(timeout: float) -> str:
    """Why a row failed whose worker was killed for it."""
    return f"It took more than {timeout:g} s: its worker was killed."


def _serve(
    folder: str, loading: Loading, memory: str | None, name: str, begun: MutableSequence[float]
) -> None:
    def begin(task: Task | None) -> None:
        if task is not None:
            begun[1] = time.monotonic()
        begun[0] = task.id if task is not None else 0

    try:
        with Store(folder) as store, Worker(store, loading.device, name) as worker:
            Loop(worker, loading, memory=memory, begin=begin).run()
    except (Cancelled, KeyboardInterrupt):
        sys.exit(130)
    except BudgetSpent:
        sys.exit(SPENT)
    except NoiserError as error:
        sys.stderr.write(f"noiser: {loading.device}: {error.told}\n")
        sys.exit(1)
