"""Responses: say what is responded to the prompt on top, hold it against another, let it go."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from noiser_tui.workbench import question, state
from noiser_tui.workbench.asking import can_explain, run
from noiser_tui.workbench.response_form import ResponseForm, check_response, no_rewards
from noiser_tui.workbench.screens.write import Write

if TYPE_CHECKING:
    from noiser_tui.workbench.app import Workbench

ON = "F5 explains the response's reward: which tokens raise it or lower it."
MARGIN = "F5 explains the margin over the other response: which tokens speak for the first."
OFF = "The prompt alone is asked about: F5 explains."


def explain(app: Workbench) -> None:
    """Explain the reward, or the margin; where there is no response yet, ask for it first."""
    page = app.desk.explanation
    if page is not None and page.response.on:
        run(app)
    elif page is not None:
        app.call_after_typing(_ask_and_explain, app)


def _ask_and_explain(app: Workbench) -> None:
    """Ask for the response, unless whatever is written would be in vain."""
    page = app.desk.explanation
    if page is None or not can_explain(app, page):
        return
    if wrong := no_rewards(page.model_name, None if page.load_job else page.model):
        app.refuse(wrong)
    else:
        _ask_response(app, lambda: run(app))


def ask_response(app: Workbench) -> None:
    """Ask what is responded."""
    if app.desk.explanation is not None:
        _ask_response(app, lambda: None)


def _ask_response(app: Workbench, then: Callable[[], object]) -> None:
    def take(answer: str) -> None:
        use(app, replace(app.state.response, response=answer))
        then()

    _ask(
        app,
        "Response",
        "It goes on from the prompt as it is typed",
        app.state.response.response,
        take,
    )


def ask_other(app: Workbench) -> None:
    """Ask for the response that the first one is held against; none where the answer is empty."""
    if app.desk.explanation is None or not app.state.response.on:
        return

    def take(answer: str) -> None:
        use(app, replace(app.state.response, against=answer))

    hint = "Its margin over this one is explained; empty for none"
    _ask(app, "Other response", hint, app.state.response.against, take, empty=True)


def _ask(
    app: Workbench,
    title: str,
    hint: str,
    now: str,
    take: Callable[[str], object],
    *,
    empty: bool = False,
) -> None:
    id = app.desk.active_id

    def answered(answer: str | None) -> None:
        if answer is not None and app.desk.active_id == id:
            take(answer if answer.strip() else "")

    app.push_screen(Write(title, hint, now, check=check_response, empty=empty), answered)


def let_go(app: Workbench) -> None:
    """Ask about the prompt alone again."""
    if app.desk.explanation is not None:
        use(app, ResponseForm())


def use(app: Workbench, form: ResponseForm) -> None:
    """Ask about this response on top from now on, or about none."""
    page = question.response_changed(app.state, form, app.values.explain.bound)
    told = (MARGIN if form.against else ON) if form.on else OFF
    wrong = page.unanswerable
    app.show_page(state.refused(page, wrong) if wrong else state.noted(page, told))
