"""The target's probability over the scale of the noise on one token or unit."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, TypeAlias

from noiser.explanation import Explanation
from noiser_tui.workbench.engine.job import Job
from noiser_tui.workbench.engine.messages import EngineMessage

if TYPE_CHECKING:
    from noiser.scale_curve import ScaleCurve
    from noiser_tui.workbench.engine.context import Context

KEPT = 256
"""Curves that are kept, the ones that were asked for last."""
_Key: TypeAlias = tuple[int, int, int]


class CurveDrawn(EngineMessage):
    """The curve of the token at `position` of an explanation, or of the unit that holds it."""

    def __init__(
        self, number: int, explanation: Explanation, position: int, curve: ScaleCurve
    ) -> None:
        super().__init__(number)
        self.explanation = explanation
        self.position = position
        self.curve = curve


@dataclass
class Curves:
    """The curves that were drawn, by explanation, position and points; an explanation is itself only."""

    _known: OrderedDict[_Key, tuple[Explanation, ScaleCurve]] = field(default_factory=OrderedDict)

    def get(self, explanation: Explanation, position: int, points: int) -> ScaleCurve | None:
        """The curve, if it is known."""
        key = (id(explanation), position, points)
        if key not in self._known:
            return None
        self._known.move_to_end(key)
        return self._known[key][1]

    def keep(self, explanation: Explanation, position: int, points: int, curve: ScaleCurve) -> None:
        """Keep a curve; the explanation with it, so that no other one gets its identity."""
        self._known[id(explanation), position, points] = (explanation, curve)
        while len(self._known) > KEPT:
            self._known.popitem(last=False)


@dataclass(frozen=True)
class DrawCurve(Job):
    """Draw the curve of one token; `points` scales besides those of the record."""

    explanation: Explanation
    position: int
    points: int = 33
    short: ClassVar[bool] = True

    def run(self, context: Context) -> None:
        """Post the curve, at once where it was drawn before."""
        asked = self.explanation, self.position, self.points
        curve = context.held.curves.get(*asked)
        if curve is None:
            model = context.model_of(self.explanation)
            from noiser.scale_curve import scale_curve

            tell = context.teller()
            curve = scale_curve(
                model, *asked, cancel=context.cancel, emit=tell, memory=context.memory
            )
            context.held.curves.keep(*asked, curve)
        context.post(CurveDrawn(context.number, self.explanation, self.position, curve))
