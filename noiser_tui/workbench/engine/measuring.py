"""How faithful an explanation is: its metrics, one after the other, each with its interval."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from noiser.explanation import Explanation
from noiser.metrics.results import METRICS, Metric, Metrics
from noiser_tui.workbench.engine.job import Job
from noiser_tui.workbench.engine.messages import EngineMessage

if TYPE_CHECKING:
    from noiser_tui.workbench.engine.context import Context


class MetricMeasured(EngineMessage):
    """One metric is known: the field of `found` that `metric` names, all others of which are None.

    `soft` has Soft-NS, Soft-NC, those of random scores and the faithfulness against them
    (`log_ratio`), `hard` sufficiency and comprehensiveness, `curves` deletion and insertion.
    """

    def __init__(self, number: int, metric: Metric, found: Metrics) -> None:
        super().__init__(number)
        self.metric = metric
        self.found = found


@dataclass(frozen=True)
class MeasureMetrics(Job):
    """Measure an explanation with the model it is of, which must be the loaded one.

    The fields are the options of `noiser.metrics.measure.measure`.
    """

    explanation: Explanation
    masks: int = 16
    seed: int = 1
    metrics: tuple[Metric, ...] = METRICS
    reference: bool = False
    percents: tuple[float, ...] = (1.0, 5.0, 10.0, 20.0, 50.0)
    grain: str | None = None
    baseline: str = "zero"

    def run(self, context: Context) -> None:
        """Post each metric as soon as it is known; events tell of targets where there are several."""
        model = context.model_of(self.explanation)
        from noiser.metrics.measure import measure

        for metric in self.metrics:
            found = measure(
                model,
                self.explanation,
                (metric,),
                masks=self.masks,
                seed=self.seed,
                reference=self.reference,
                percents=self.percents,
                grain=self.grain,
                baseline=self.baseline,
                cancel=context.cancel,
                emit=context.teller(),
                memory=context.memory,
            )
            context.post(MetricMeasured(context.number, metric, found))
