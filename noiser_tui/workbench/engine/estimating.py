"""What explaining a prompt would take, asked beforehand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from noiser.explanation import Explanation
from noiser.request import Request
from noiser_tui.workbench.costs import Costs, left_of, measure_costs
from noiser_tui.workbench.engine.job import Job
from noiser_tui.workbench.engine.messages import EngineMessage
from noiser_tui.workbench.response_form import Question

if TYPE_CHECKING:
    from noiser_tui.workbench.engine.context import Context


class EngineEstimated(EngineMessage):
    """The engine says what job `number` will take, or what was asked by it."""

    def __init__(self, number: int, costs: Costs) -> None:
        super().__init__(number)
        self.costs = costs


@dataclass(frozen=True)
class EstimateCost(Job):
    """Say what explaining a prompt would take, or what is left of it where a cancel left `begun`."""

    text: Question
    request: Request
    begun: Explanation | None = None
    short: ClassVar[bool] = True

    def run(self, context: Context) -> None:
        """Post it; the first time the model is measured."""
        costs = measure_costs(context.model, self.text, self.request, context.memory)
        context.post(EngineEstimated(context.number, left_of(costs, self.begun)))
