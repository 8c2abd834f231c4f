"""The curve of the token under the cursor: asked for, drawn, or why it cannot be."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from textual.message import Message

from noiser.explanation import Explanation
from noiser_tui.workbench.engine import CurveDrawn, JobEnded

if TYPE_CHECKING:
    from noiser.scale_curve import ScaleCurve
    from noiser_tui.workbench.state import State


@dataclass(frozen=True)
class Trace:
    """The curve of the token at `position` of an explanation; `error` is why there is none."""

    job: int = 0
    explanation: Explanation | None = None
    position: int = -1
    curve: ScaleCurve | None = None
    error: str = ""

    def heard(self, message: Message) -> Trace:
        """The trace after a message of the engine."""
        if isinstance(message, CurveDrawn) and message.number == self.job:
            return replace(self, curve=message.curve)
        if isinstance(message, JobEnded) and message.number == self.job:
            if message.cancelled and self.curve is None:
                return Trace()
            return replace(self, job=0, error=message.error or "")
        return self

    def is_of(self, explanation: Explanation | None, position: int) -> bool:
        """Whether it is about that token, or the unit that holds it."""
        if self.explanation is None or self.explanation is not explanation:
            return False
        held = self.curve.positions if self.curve is not None else ()
        return position == self.position or position in held


def to_trace(state: State, position: int | None) -> Explanation | None:
    """The explanation to ask for the curve of a token; None where there is nothing to ask."""
    explanation = state.run.explanation
    if position is None or explanation is None or state.phase != "ready":
        return None
    if explanation.explains == "margin":  # of two texts, and a curve is of one
        return None
    if not explanation.complete or position >= len(explanation.tokens):
        return None
    return None if state.trace.is_of(explanation, position) else explanation
