"""Rows done by a worker of a cluster: asked, waited for, and replaced where it dies or hangs."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

from noiser.data.sample import Sample
from noiser.errors import Cancelled, NoiserError
from noiser.study.claims import Outcome, Task
from noiser.study.row import Done, Lost
from noiser.study.serving import too_long

TRIES = 3
"""Workers that may die of the same row, of the same model, or at their start."""
POLL = 0.5
"""Seconds between two looks at whether the run is cancelled."""


class Deaths:
    """Of what workers have died, counted for all threads of a run."""

    def __init__(self) -> None:
        self._counts: Counter[object] = Counter()
        self._lock = threading.Lock()

    def again(self, cause: object) -> bool:
        """Count one more; whether it may be tried again."""
        with self._lock:
            self._counts[cause] += 1
            return self._counts[cause] < TRIES


class Hired:
    """Does rows by a worker of a cluster, for one thread.

    `hire` makes a new one (an actor of `Remote`), `environment` are the versions that it must have, `over`
    says that no row is left to be ready for. A row may take `row_timeout` seconds.
    """

    def __init__(
        self,
        ray: Any,
        hire: Callable[[], Any],
        environment: dict[str, str],
        deaths: Deaths,
        over: Callable[[], bool],
        cancel: threading.Event,
        row_timeout: float | None = None,
    ) -> None:
        self.loaded: str | None = None
        self.place = ""
        self._ray = ray
        self._hire = hire
        self._environment = environment
        self._deaths = deaths
        self._over = over
        self._cancel = cancel
        self._row_timeout = row_timeout
        self._actor: Any = None

    def ready(self) -> None:
        """Have a worker, which may wait for a place in the cluster; none where no row is left."""
        failures = 0
        while self._actor is None and not self._over():
            self._actor = self._hire()
            try:
                self.place, found = self._wait(self._actor.hello.remote(), over=self._over)
            except self._ray.exceptions.RayError as error:
                self.let_go()
                failures += 1
                if failures == TRIES:
                    raise NoiserError(
                        f"The cluster's workers do not start: {_reason(error)}"
                    ) from error
                continue
            except TimeoutError:
                self.let_go()
                return
            self._check(found)

    def prepare(self, name: str) -> None:
        """Have that model in the worker's memory; Lost, or NoiserError where it cannot be loaded."""
        if self.loaded == name:
            return
        if self._actor is None:
            raise Lost
        self.loaded = None
        try:
            told = self._wait(self._actor.prepare.remote(name))
        except self._ray.exceptions.RayError as error:
            self.let_go()
            if self._deaths.again(name):
                raise Lost from error
            raise NoiserError(
                f"{TRIES} workers died of loading {name}: {_reason(error)}"
            ) from error
        if told is not None:
            raise NoiserError(told)
        self.loaded = name

    def do(self, task: Task, sample: Sample) -> Done:
        """A row, as a local worker does it; Lost where the worker died of it and may try again."""
        started = time.perf_counter()
        try:
            done: Done = self._wait(self._actor.do.remote(task, sample), self._row_timeout)
            return done
        except TimeoutError:
            told = too_long(self._row_timeout or 0.0)
        except self._ray.exceptions.RayError as error:
            if self._deaths.again(task.id):
                self.let_go()
                raise Lost from error
            told = f"{TRIES} workers died of it: {_reason(error)}"
        self.let_go()
        return Done(Outcome("failed", error=told, seconds=time.perf_counter() - started))

    def let_go(self) -> None:
        """End the worker, if there is one, whatever it is at."""
        if self._actor is not None:
            self._ray.kill(self._actor, no_restart=True)
        self._actor = self.loaded = None

    def _wait(
        self,
        reference: Any,
        timeout: float | None = None,
        over: Callable[[], bool] = lambda: False,
    ) -> Any:
        """What is waited for; TimeoutError where it takes too long, or where `over` says so."""
        end = None if timeout is None else time.monotonic() + timeout
        while True:
            if self._cancel.is_set():
                raise Cancelled
            left = POLL if end is None else max(0.0, min(POLL, end - time.monotonic()))
            if self._ray.wait([reference], timeout=left)[0]:
                return self._ray.get(reference)
            if over() or (end is not None and time.monotonic() >= end):
                raise TimeoutError

    def _check(self, found: dict[str, str]) -> None:
        for name, version in self._environment.items():
            if found.get(name) != version:
                self.let_go()
                raise NoiserError(
                    f"The worker {self.place} has {name} {found.get(name)}, here it is {version}: "
                    "results would differ, install the same on every machine."
                )


def _reason(error: Exception) -> str:
    """The sentence of Ray's many that says why."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    why = next((line for line in lines if line.startswith("The actor is dead because")), "")
    text = why.split(" Worker exit type:")[0] or (lines[-1] if lines else type(error).__name__)
    return text[:300]
