"""The engine's thread: one daemon that takes jobs in order and only posts messages."""

from __future__ import annotations

import logging
import os
import queue
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from textual.message import Message

from noiser.errors import Cancelled, NoiserError
from noiser.events import Event, SamplesRun, ScalesTried, SearchNarrowed, TokensScored
from noiser.explanation import Explanation
from noiser_tui.workbench.costs import measure_costs, preview_of
from noiser_tui.workbench.jobs import (
    AddDraws,
    EngineEstimated,
    EngineTold,
    EstimateCost,
    ExplainPrompt,
    Job,
    JobEnded,
    LoadModel,
)

if TYPE_CHECKING:
    from noiser.model.language_model import LanguageModel
    from noiser.request import Request

PROGRESS_INTERVAL = 1 / 15
"""Seconds between progress messages; changes of state are never held back."""

KEPT = 2_000_000_000
"""Bytes of a model that stays until the next one is loaded; of two larger ones one might not fit."""

Post = Callable[[Message], object]


class Engine(Protocol):
    """Takes jobs and posts what becomes of them; tests put a scripted one in its place."""

    def submit(self, job: Job) -> int:
        """Queue a job and return its number; what runs is cancelled for it."""

    def cancel(self) -> None:
        """Stop the running job within one batch."""

    def start(self) -> None:
        """Begin with the jobs queued so far."""


class EngineThread:
    """The real engine. A daemon thread: leaving the workbench never waits for a batch to end."""

    def __init__(self, post: Post) -> None:
        self._post = post
        self._jobs: queue.SimpleQueue[tuple[int, Job, threading.Event]] = queue.SimpleQueue()
        self._last_number = 0
        self._cancel = threading.Event()
        self._model: LanguageModel | None = None
        self._thread = threading.Thread(target=self._work, name="engine", daemon=True)

    def submit(self, job: Job) -> int:
        """Queue a job and return its number; what runs is cancelled, it is for an older question."""
        self._cancel.set()
        self._cancel = threading.Event()
        self._last_number += 1
        self._jobs.put((self._last_number, job, self._cancel))
        return self._last_number

    def start(self) -> None:
        """Begin with the jobs queued so far: torch must not be imported before the first paint."""
        self._thread.start()

    def cancel(self) -> None:
        """Stop the running job within one batch."""
        self._cancel.set()

    def _work(self) -> None:
        sys.setswitchinterval(0.001)  # hand the interpreter back to the keyboard quickly
        while True:
            number, job, cancel = self._jobs.get()
            error: str | None = None
            cancelled = False
            partial: Explanation | None = None
            try:
                self._run(number, job, cancel)
            except Cancelled as stopped:
                cancelled, partial = True, stopped.partial
            except NoiserError as failure:
                error = str(failure)
            except Exception as failure:
                logging.getLogger("noiser").exception("job %s failed", job)
                error = f"This is a bug in Noiser: {failure!r}."
            model = self._model.info if self._model is not None else None
            self._post(
                JobEnded(number, job, error, model=model, cancelled=cancelled, partial=partial)
            )

    def _run(self, number: int, job: Job, cancel: threading.Event) -> None:
        if isinstance(job, LoadModel):
            from noiser.model.loading import load

            if self._model is not None and self._model.info.bytes > KEPT:
                self._model = None
            self._model = load(job.name, emit=self._teller(number), **job.options)
            _leave_a_core()
            return
        if self._model is None:
            raise NoiserError("No model is loaded: choose one with F9.")
        if isinstance(job, AddDraws):
            from noiser.redraw import more_draws

            tell = self._teller(number)
            more_draws(self._model, job.explanation, job.draws, cancel=cancel, emit=tell)
            return
        costs = measure_costs(self._model, job.text, job.request)
        self._post(EngineEstimated(number, costs))
        if isinstance(job, EstimateCost):
            return
        if costs.preview is not None:
            self._explain(number, job, preview_of(job.request), cancel, preview=True)
        self._explain(number, job, job.request, cancel)

    def _explain(
        self,
        number: int,
        job: ExplainPrompt,
        request: Request,
        cancel: threading.Event,
        *,
        preview: bool = False,
    ) -> None:
        from noiser.explainer import explain

        assert self._model is not None
        tell = self._teller(number, preview=preview)
        explain(self._model, job.text, request, cancel=cancel, emit=tell)

    def _teller(self, number: int, *, preview: bool = False) -> _Rationed:
        return _Rationed(lambda event: self._post(EngineTold(number, event, preview=preview)))


class _Rationed:
    """Passes events on, progress within a step at most every PROGRESS_INTERVAL, all else at once.

    Progress that is held back is passed on before whatever comes next, so that what stands on
    screen at the end is the end.
    """

    def __init__(self, emit: Callable[[Event], object]) -> None:
        self._emit = emit
        self._held: Event | None = None
        self._last = 0.0

    def __call__(self, event: Event) -> None:
        held = self._held
        if isinstance(held, ScalesTried) and isinstance(event, SearchNarrowed):
            self._held = None  # the step is over, how far it was does not matter
        elif isinstance(held, (TokensScored, SamplesRun)) and type(event) is type(held):
            event = replace(event, raw=held.raw | event.raw)
        elif type(held) is not type(event):
            self._flush()
        if isinstance(event, (ScalesTried, TokensScored, SamplesRun)):
            self._held = event
            if time.monotonic() - self._last >= PROGRESS_INTERVAL:
                self._last = time.monotonic()
                self._flush()
        else:
            self._emit(event)

    def _flush(self) -> None:
        if self._held is not None:
            self._emit(self._held)
            self._held = None


def _leave_a_core() -> None:
    """Leave one core to the interface, unless the user has set the number of threads."""
    if "OMP_NUM_THREADS" in os.environ:
        return
    import torch

    torch.set_num_threads(max(1, torch.get_num_threads() - 1))
