"""More draws for what is explained: surer scores, and what was found stays until they are there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from noiser.draws import TIMES_MORE
from noiser_tui.settings.kinds import Whole
from noiser_tui.workbench import state
from noiser_tui.workbench.engine import AddDraws

if TYPE_CHECKING:
    from noiser.explanation import Explanation
    from noiser_tui.workbench.app import Workbench

MOST_DRAWS = 100_000
"""A request takes no more."""


def add_draws(app: Workbench) -> None:
    """Ask the engine for four times as many draws as the explanation has, of several targets of each."""
    if (explanation := _made(app)) is not None:
        _add(app, explanation, TIMES_MORE * explanation.draws)


def ask_draws(app: Workbench) -> None:
    """Ask how many draws there shall be in all, and add those that are missing."""
    explanation = _made(app)
    if explanation is None:
        return
    from noiser_tui.workbench.screens.ask import Ask

    count = Whole(explanation.draws + 1, MOST_DRAWS)
    about = app.desk.active_id

    def use(answer: str | None) -> None:
        if answer is None or app.desk.active_id != about:
            return
        if (now := _made(app)) is not None:
            _add(app, now, count.read(answer))

    hint = f"In all: there are {explanation.draws} now, and those stay"
    more = str(TIMES_MORE * explanation.draws)
    app.push_screen(Ask("How many draws", hint, more, check=count.read), use)


def _made(app: Workbench) -> Explanation | None:
    """What draws can be added to; None where there is nothing such, which is said."""
    page = app.desk.explanation
    if page is None:
        return None
    explanation = page.run.saved
    if page.phase != "ready":
        app.refuse("The engine is at work: cancel (Esc) or wait, then add draws.")
    elif explanation is None or not explanation.complete:
        app.refuse("There is no whole explanation to add draws to: explain a prompt first (F5).")
    elif explanation.explains == "margin":
        app.refuse("A margin takes no further draws: choose more in all options (Shift+F2).")
    elif explanation.method != "noiser":
        app.refuse(f"The method {explanation.method} has no draws: there are none to add to.")
    else:
        return explanation
    return None


def _add(app: Workbench, explanation: Explanation, draws: int) -> None:
    if (page := app.desk.explanation) is not None:
        job = app.engine.submit(AddDraws(explanation, draws))
        app.show_page(state.draws_asked(page, job, draws))
