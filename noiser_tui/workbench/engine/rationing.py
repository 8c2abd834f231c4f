"""Progress for the screen: fifteen times a second at most, and never less than the end of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from noiser.events import Event, SamplesRun, ScalesTried, SearchNarrowed, TokensScored

PROGRESS_INTERVAL = 1 / 15
"""Seconds between progress messages; changes of state are never held back."""


class Rationed:
    """Passes events on, progress within a step at most every PROGRESS_INTERVAL, all else at once.

    Progress that is held back is passed on before whatever comes next, so that what stands on
    screen at the end is the end.
    """

    def __init__(self, emit: Callable[[Event], object]) -> None:
        self._emit = emit
        self._held: Event | None = None
        self._last = 0.0

    def __call__(self, event: Event) -> None:
        """Take an event of the engine."""
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
