"""What the prompt would take, asked beforehand: answered from what is known, else by the engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from noiser_tui.workbench import state
from noiser_tui.workbench.engine import EstimateCost
from noiser_tui.workbench.widgets.prompt_editor import PromptEditor

if TYPE_CHECKING:
    from noiser_tui.workbench.app import Workbench


def estimate(app: Workbench) -> None:
    """Say what the prompt as it stands would take; a run that is under way is left alone."""
    text, now = app.base.query_one(PromptEditor).text, app.state
    if not app.can_explain(text):
        return
    if now.costs is not None and (now.costs.text, now.costs.request) == (text, now.request):
        app.state = state.noted(now, now.costs.sentence())
    elif now.phase == "running":
        app.refuse("The engine is at work: cancel (Esc) or wait, then ask what this would take.")
        return
    elif not now.estimate_job:
        app.state = state.estimate_asked(now, app.engine.submit(EstimateCost(text, now.request)))
    app.paint()
