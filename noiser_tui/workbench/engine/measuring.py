"""How faithful an explanation is: its metrics, one after the other, each with its interval."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from noiser.errors import MeasuringCancelled
from noiser.explanation import Explanation
from noiser.metrics.begun import MetricsBegun
from noiser.metrics.results import METRICS, Metric, Metrics
from noiser_tui.workbench.engine.job import Job
from noiser_tui.workbench.engine.messages import EngineMessage, WorkKnown

if TYPE_CHECKING:
    from noiser.model.language_model import LanguageModel
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

    The fields are the options of `noiser.metrics.measure.measure`. `begun` is what a cancel left of the first
    of the metrics: it goes on from there, or begins anew where that is of others.
    """

    explanation: Explanation
    masks: int = 16
    seed: int = 1
    metrics: tuple[Metric, ...] = METRICS
    reference: bool = False
    percents: tuple[float, ...] = (1.0, 5.0, 10.0, 20.0, 50.0)
    grain: str | None = None
    baseline: str = "zero"
    begun: MetricsBegun | None = None

    def run(self, context: Context) -> None:
        """Post each metric as soon as it is known; events tell of targets where there are several."""
        model, begun = context.model_of(self.explanation), self.begun
        for metric in self.metrics:
            try:
                found = self._measured(context, model, metric, begun)
            except MeasuringCancelled as cancelled:
                if cancelled.begun.known:
                    context.post(WorkKnown(context.number, cancelled.begun))
                raise
            begun = None
            context.post(MetricMeasured(context.number, metric, found))

    def _measured(
        self,
        context: Context,
        model: LanguageModel,
        metric: Metric,
        begun: MetricsBegun | None,
    ) -> Metrics:
        from noiser.begun import go_on
        from noiser.metrics.measure import measure
        from noiser.snapshots import Snapshots

        def post(left: MetricsBegun) -> None:
            context.post(WorkKnown(context.number, left))

        def measured(begun: MetricsBegun | None) -> Metrics:
            return measure(
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
                begun=begun,
                keep=Snapshots(post),
            )

        return go_on(measured, begun)
