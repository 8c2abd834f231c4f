"""Asking the engine about the prompt on top: explain it, stop that, say what it would take."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from noiser_tui.workbench import desk, question, state
from noiser_tui.workbench.engine import EstimateCost, ExplainPrompt
from noiser_tui.workbench.own_files import is_own
from noiser_tui.workbench.state import State

if TYPE_CHECKING:
    from noiser_tui.workbench.app import Workbench


def run(app: Workbench) -> None:
    """Explain the prompt, once the editor has taken in what was typed before the key."""
    if app.desk.explanation is not None:
        app.call_after_typing(explain_prompt, app)


def explain_prompt(app: Workbench) -> None:
    """Explain the prompt on top as it stands."""
    page = app.desk.explanation
    if page is None or not can_explain(app, page) or not _can_be_asked(app, page):
        return
    page = question.prompt_changed(page, page.text)
    preview, begun = app.values.explain.preview, page.begun
    job = app.engine.submit(
        ExplainPrompt(page.asked, page.request, preview, begun), instead_of=page.job
    )
    if begun is None:  # else it will take the place of what is shown now
        app.keeping.begin(app.desk.active_id)
        app.desk = desk.run_kept(app.desk, app.desk.active_id, "")  # that is kept nowhere
    app.show_page(state.run_asked(page, job))


def can_explain(app: Workbench, page: State) -> bool:
    """Whether there is something to explain and something to explain it with; else say what not."""
    document = app.desk.active
    if document.path and is_own(app, Path(document.path)):
        app.refuse(f"{document.title} is no prompt: Ctrl+S saves it, and it counts at once.")
        return False
    if not page.text.strip():
        app.refuse("The prompt is empty: type some text, or press Ctrl+O for an example.")
        return False
    if page.phase == "no model":
        app.refuse("No model is loaded: choose one with Alt+M.")
        return False
    return True


def _can_be_asked(app: Workbench, page: State) -> bool:
    """Whether this can be asked of the model; else say why not, and leave what is shown."""
    if page.unanswerable:
        app.refuse(page.unanswerable)
    return not page.unanswerable


def cancel(app: Workbench) -> None:
    """Stop what the document on top waits for, within one batch; else the model that is loading."""
    page = app.desk.active.page
    if job := page.stoppable if isinstance(page, State) else page.job:
        app.engine.cancel(job)
    elif app.desk.load_job:
        app.engine.cancel(app.desk.load_job)
        app.show_desk(desk.model_let_go(app.desk))


def estimate(app: Workbench) -> None:
    """Say what the prompt would take, once the editor has taken in what was typed before the key."""
    if app.desk.explanation is not None:
        app.call_after_typing(_estimate, app)


def _estimate(app: Workbench) -> None:
    """Answer from what is known, else by the engine; a run that is under way is left alone."""
    page = app.desk.explanation
    if page is None or not can_explain(app, page) or not _can_be_asked(app, page):
        return
    costs, running = page.costs, page.phase == "running"
    same = costs is not None and (costs.text, costs.request) == (page.asked, page.request)
    goes_on = page.begun is not None or (costs is not None and costs.left is not None)
    if costs is not None and same and (running or not goes_on):
        app.show_page(state.noted(page, costs.sentence()))
    elif running:
        app.refuse("The engine is at work: cancel (Esc) or wait, then ask what this would take.")
    elif not page.estimate_job:
        job = app.engine.submit(EstimateCost(page.asked, page.request, page.begun))
        app.show_page(state.estimate_asked(page, job))
