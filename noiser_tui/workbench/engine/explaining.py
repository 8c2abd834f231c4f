"""Explaining a prompt, after a preview where that is worth it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from noiser.events import Event, Explained, PromptRead
from noiser.explanation import Explanation
from noiser.request import Request
from noiser_tui.workbench.costs import left_of, measure_costs, preview_of
from noiser_tui.workbench.engine.estimating import EngineEstimated
from noiser_tui.workbench.engine.job import Job
from noiser_tui.workbench.engine.messages import EngineMessage, WorkKnown
from noiser_tui.workbench.response_form import Question, Responded

if TYPE_CHECKING:
    from noiser.model.language_model import LanguageModel
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
        from noiser.begun import go_on
        from noiser.feasible import check_model

        check_model(context.model, self.request)
        costs = measure_costs(context.model, self.text, self.request, context.memory)
        context.post(EngineEstimated(context.number, left_of(costs, self.begun)))
        if self.preview and costs.preview is not None and self.begun is None:
            self._explain(context, preview_of(self.request), preview=True)

        def begin_anew(why: str) -> None:  # another model, say, is loaded by now
            context.post(WentOn(context.number, why))
            context.post(EngineEstimated(context.number, costs))

        go_on(partial(self._explain, context, self.request), self.begun, begin_anew)

    def _explain(
        self,
        context: Context,
        request: Request,
        begun: Explanation | None = None,
        *,
        preview: bool = False,
    ) -> None:
        from noiser.snapshots import Snapshots

        number, goes_on = context.number, begun is not None
        keep: Snapshots[Explanation] | None = None
        if not preview:  # that is over in a moment
            keep = Snapshots(lambda one: context.post(WorkKnown(number, one, goes_on=goes_on)))
        post = context.teller(preview=preview)

        def tell(event: Event) -> None:
            if goes_on and isinstance(event, PromptRead):  # it was found to be the same
                context.post(WentOn(number))
            post(event)

        made = _explaining(context.model, self.text)(
            request,
            cancel=context.cancel,
            emit=tell,
            memory=context.memory,
            begun=begun,
            keep=keep,
        )
        if made.explains == "margin":
            tell(Explained(made))


def _explaining(model: LanguageModel, asked: Question) -> Callable[..., Explanation]:
    """Which of the engine's calls explains what is asked, and of what; how is left to be given."""
    from noiser.explainer import explain
    from noiser.margin import explain_margin, explain_reward

    if not isinstance(asked, Responded):
        return partial(explain, model, asked)
    if not asked.against:
        return partial(explain_reward, model, asked.prompt, asked.response)
    return partial(explain_margin, model, asked.prompt, asked.response, asked.against)
