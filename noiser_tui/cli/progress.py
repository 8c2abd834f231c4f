"""One line on stderr that says how far the work is, where stderr is a terminal."""

from __future__ import annotations

import os
import shutil
import sys
import time
from types import TracebackType

from noiser.events import (
    BatchHalved,
    Event,
    Explained,
    ModelFetching,
    ModelLoaded,
    ModelLoading,
    PromptRead,
    RowStarted,
    SamplesRun,
    ScalesTried,
    SearchNarrowed,
    TargetMeasured,
    TokensScored,
    ZoomedIn,
)
from noiser.export import wording
from noiser.units import unit_text
from noiser_tui.look.cells import one_line
from noiser_tui.look.size import size_text

INTERVAL = 0.1
"""Seconds between two repaints: a slow line over SSH must not fall behind."""


class Progress:
    """Listens to the engine and repaints its line; silent where nobody would see it."""

    def __init__(self, *, quiet: bool) -> None:
        self.prefix = ""
        self._on = not quiet and sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
        self._read: PromptRead | None = None
        self._names: dict[int, str] = {}
        self._what = "tokens"
        self._painted = float("-inf")
        self._shown = False

    @property
    def on(self) -> bool:
        """Whether anybody sees the line."""
        return self._on

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.clear()

    def __call__(self, event: Event) -> None:
        """Show the event if it says something new and the last repaint is long enough ago."""
        if isinstance(event, PromptRead):
            prompt = event.prompt
            self._read = event
            self._what = f"{event.granularity if event.joint else 'token'}s"
            self._names = {u[0]: unit_text(prompt.text, prompt.tokens, u) for u in event.units}
        if isinstance(event, RowStarted):
            self.prefix = f"row {event.row + 1}/{event.rows} {event.label}: "
        if isinstance(event, ZoomedIn):
            self._names, self._what = {}, "tokens looked into"
        if not self._on:
            return
        stays = isinstance(event, (ModelLoading, ModelLoaded))  # seconds pass before the next event
        if not stays and self._is_too_soon():
            return
        text = self._describe(event)
        if text:
            self._paint(self.prefix + text)

    def show(self, text: str) -> None:
        """Show this text if the last repaint is long enough ago."""
        if self._on and not self._is_too_soon():
            self._paint(text)

    def clear(self) -> None:
        """Take the line away, so that other text can be written."""
        if self._shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
            self._shown = False

    def _is_too_soon(self) -> bool:
        return time.monotonic() - self._painted < INTERVAL

    def _paint(self, text: str) -> None:
        width = shutil.get_terminal_size().columns - 1
        sys.stderr.write(f"\r\x1b[K{one_line(text, max(1, width))}")
        sys.stderr.flush()
        self._shown, self._painted = True, time.monotonic()

    def _describe(self, event: Event) -> str | None:
        if isinstance(event, ModelLoading):
            return f"loading {event.name} …"
        if isinstance(event, ModelFetching):
            of = f" of {size_text(event.total)}" if event.total else ""
            return f"fetching {event.name}: {size_text(event.done)}{of}"
        if isinstance(event, ModelLoaded):
            return f"{event.info.name} loaded in {event.seconds:.1f} s"
        if isinstance(event, SearchNarrowed):
            return self._search(event)
        if isinstance(event, ScalesTried):
            return f"searching: {event.done} of {event.total} {self._what} tried at this step"
        if isinstance(event, TokensScored):
            return f"scoring {event.done} of {event.total} {self._what}"
        if isinstance(event, SamplesRun):
            return f"running sample {event.done} of {event.total}"
        if isinstance(event, Explained) and event.steps > 1:
            return f"explained {event.step + 1} of {event.steps} targets"
        if isinstance(event, TargetMeasured) and event.steps > 1:
            return f"measured {event.step + 1} of {event.steps} targets"
        if isinstance(event, BatchHalved):
            return f"out of memory: going on with {event.rows} rows at once"
        return None

    def _search(self, event: SearchNarrowed) -> str:
        parts = [f"step {event.step}/{event.steps}"]
        if event.leaders and self._read is not None:
            leader = event.leaders[0]
            bracket = event.brackets[leader]
            text = self._names.get(leader, self._read.prompt.tokens[leader].text)
            span = f"{wording.scale(bracket.low)}–{wording.scale(bracket.high)}"
            parts.append(f"α {span} by {wording.named(text)}")
        parts.append(f"{len(event.active)} of {len(event.brackets)} left")
        parts.append(f"{event.work.token_forwards:,} token-forwards")
        return " · ".join(parts)
