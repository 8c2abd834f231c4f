"""Explaining a prompt, after a preview where that is worth it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from noiser.request import Request
from noiser_tui.workbench.chat_form import Said
from noiser_tui.workbench.costs import measure_costs, preview_of
from noiser_tui.workbench.engine.estimating import EngineEstimated
from noiser_tui.workbench.engine.job import Job

if TYPE_CHECKING:
    from noiser_tui.workbench.engine.context import Context


@dataclass(frozen=True)
class ExplainPrompt(Job):
    """Explain a prompt with the model that is loaded, after a preview where that is worth it and wanted."""

    text: Said
    request: Request
    preview: bool = True

    def run(self, context: Context) -> None:
        """Post what it will take, then the preview's events, then the run's own."""
        costs = measure_costs(context.model, self.text, self.request, context.memory)
        context.post(EngineEstimated(context.number, costs))
        if self.preview and costs.preview is not None:
            self._explain(context, preview_of(self.request), preview=True)
        self._explain(context, self.request)

    def _explain(self, context: Context, request: Request, *, preview: bool = False) -> None:
        from noiser.explainer import explain

        tell = context.teller(preview=preview)
        explain(
            context.model,
            self.text,
            request,
            cancel=context.cancel,
            emit=tell,
            memory=context.memory,
        )
