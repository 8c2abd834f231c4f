"""Explaining a prompt, after a preview where that is worth it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from noiser.errors import WrongUse
from noiser.events import Event, Explained, PromptRead
from noiser.explanation import Explanation
from noiser.request import Request
from noiser_tui.workbench.costs import left_of, measure_costs, preview_of
from noiser_tui.workbench.engine.estimating import EngineEstimated
from noiser_tui.workbench.engine.job import Job
from noiser_tui.workbench.engine.messages import EngineMessage, WorkKnown
from noiser_tui.workbench.response_form import Question, Responded

if TYPE_CHECKING:
    from noiser_tui.workbench.engine.context import Context


class WentOn(EngineMessage):
    """Job `number` goes on from what a cancel left, or begins anew for the reason in `anew`."""

    def __init__(self, number: int, anew: str = "") -> None:
        super().__init__(number)
        self.anew = anew


@dataclass(frozen=True)
class ExplainPrompt(Job):
    """Explain a prompt with the model that is loaded, after a preview where that is worth it and wanted.

    Where a response to it is asked about, explain its reward, or its margin over another one. `begun` is
    what a cancel left of the same run: it goes on from there, or begins anew where it cannot; WentOn says
    which.
    """

    text: Question
    request: Request
    preview: bool = True
    begun: Explanation | None = None

    def run(self, context: Context) -> None:
        """Post what it will take, then the preview's events, then the run's own."""
        from noiser.feasible import check_model

        check_model(context.model, self.request)
        costs = measure_costs(context.model, self.text, self.request, context.memory)
        context.post(EngineEstimated(context.number, left_of(costs, self.begun)))
        if self.begun is not None:
            try:
                self._explain(context, self.request, begun=self.begun)
            except WrongUse as error:  # another model, say, is loaded by now
                context.post(WentOn(context.number, str(error)))
                context.post(EngineEstimated(context.number, costs))
                self._explain(context, self.request)
            return
        if self.preview and costs.preview is not None:
            self._explain(context, preview_of(self.request), preview=True)
        self._explain(context, self.request)

    def _explain(
        self,
        context: Context,
        request: Request,
        *,
        preview: bool = False,
        begun: Explanation | None = None,
    ) -> None:
        from noiser.explainer import explain
        from noiser.snapshots import Snapshots

        model, asked, goes_on = context.model, self.text, begun is not None
        number = context.number
        keep: Snapshots[Explanation] | None = None
        if not preview:  # that is over in a moment
            keep = Snapshots(lambda one: context.post(WorkKnown(number, one, goes_on=goes_on)))
        post, cancel, memory = context.teller(preview=preview), context.cancel, context.memory

        def tell(event: Event) -> None:
            if begun is not None and isinstance(event, PromptRead):  # it was found to be the same
                context.post(WentOn(context.number))
            post(event)

        if not isinstance(asked, Responded):
            explain(
                model,
                asked,
                request,
                cancel=cancel,
                emit=tell,
                memory=memory,
                begun=begun,
                keep=keep,
            )
            return
        from noiser.margin import explain_margin, explain_reward

        said, response, other = asked.prompt, asked.response, asked.against
        if not other:
            explain_reward(
                model,
                said,
                response,
                request,
                cancel=cancel,
                emit=tell,
                memory=memory,
                begun=begun,
                keep=keep,
            )
            return
        margin = explain_margin(
            model,
            said,
            response,
            other,
            request,
            cancel=cancel,
            emit=tell,
            memory=memory,
            begun=begun,
            keep=keep,
        )
        tell(Explained(margin))
