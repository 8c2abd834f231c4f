"""The progress of many prompts: how many lines are done, and which line each device is at."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from noiser.events import (
    Emit,
    Event,
    Explained,
    PromptRead,
    SamplesRun,
    SearchNarrowed,
    TokensScored,
)
from noiser_tui.cli.progress import Progress

if TYPE_CHECKING:
    from noiser.model.language_model import LanguageModel


class Lanes:
    """A lane for each model, all in one line of stderr; a single model has the whole line."""

    def __init__(self, progress: Progress, models: Sequence[LanguageModel]) -> None:
        self._progress = progress
        self._names = [model.info.device for model in models]
        self._number = {id(model): lane for lane, model in enumerate(models)}
        self._doing = [""] * len(models)
        self._done = 0
        self._drawing = threading.Lock()

    @contextmanager
    def at(self, model: LanguageModel, line: int) -> Iterator[Emit]:
        """The listener while `model` is at this line."""
        if len(self._names) == 1:
            self._progress.prefix = f"line {line}: "
            yield self._progress
            return
        lane = self._number[id(model)]
        name = f"{self._names[lane]} line {line}"

        def listen(event: Event) -> None:
            if phase := _phase(event):
                self._doing[lane] = f"{name} {phase}"
                self._paint()

        try:
            yield listen
        finally:
            self._doing[lane] = ""

    @contextmanager
    def off(self) -> Iterator[None]:
        """The line is away meanwhile, so that a result can be written."""
        with self._drawing:
            self._progress.clear()
            yield
            self._done += 1

    def _paint(self) -> None:
        # Whoever finds it taken goes on without: a device must not wait for a slow terminal or pipe.
        if not self._drawing.acquire(blocking=False):
            return
        try:
            done = f"{self._done} line{'' if self._done == 1 else 's'} done"
            self._progress.show(" · ".join([done, *filter(None, self._doing)]))
        finally:
            self._drawing.release()


def _phase(event: Event) -> str | None:
    if isinstance(event, PromptRead):
        return f"token {event.step + 1}/{event.steps}" if event.steps > 1 else "begun"
    if isinstance(event, SearchNarrowed):
        return f"step {event.step}/{event.steps}"
    if isinstance(event, TokensScored):
        return f"scoring {event.done}/{event.total}"
    if isinstance(event, SamplesRun):
        return f"sample {event.done}/{event.total}"
    if isinstance(event, Explained):
        return "explained"
    return None
