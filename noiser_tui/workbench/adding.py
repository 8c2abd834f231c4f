"""More draws for what is explained: surer scores, and what was found stays until they are there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from noiser.draws import TIMES_MORE
from noiser_tui.workbench import state
from noiser_tui.workbench.engine import AddDraws

if TYPE_CHECKING:
    from noiser_tui.workbench.app import Workbench


def add_draws(app: Workbench) -> None:
    """Ask the engine for four times as many draws as the explanation has, of several targets of each."""
    page = app.desk.explanation
    if page is None:
        return
    explanation = page.run.saved
    if page.phase != "ready":
        app.refuse("The engine is at work: cancel (Esc) or wait, then add draws.")
    elif explanation is None or not explanation.complete:
        app.refuse("There is no whole explanation to add draws to: explain a prompt first (F5).")
    elif explanation.method != "noiser":
        app.refuse(f"The method {explanation.method} has no draws: there are none to add to.")
    else:
        draws = TIMES_MORE * explanation.draws
        job = app.engine.submit(AddDraws(explanation, draws))
        app.show_page(state.draws_asked(page, job, draws))
