"""What is done with the search in the panel: its scale, its steps one by one, and all of them again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from noiser_tui.workbench import replay
from noiser_tui.workbench.state import State

if TYPE_CHECKING:
    from noiser_tui.workbench.app import Workbench

PACE = 0.25
"""Seconds from step to step."""


def toggle_scale(app: Workbench) -> None:
    """Draw the brackets on a linear scale, or on a logarithmic one again."""
    now = replace(app.desk, panel="search", panel_open=True, zen=False)
    app.show_desk(replace(now, linear=not app.desk.linear))


def step_back(app: Workbench) -> None:
    """Look at the step before."""
    _look(app, lambda state: replay.stepped(state, -1))


def step_on(app: Workbench) -> None:
    """Look at the next step, behind the last one at the end."""
    _look(app, lambda state: replay.stepped(state, 1))


def first_step(app: Workbench) -> None:
    """Look at the first step."""
    _look(app, lambda state: replay.at_step(state, 1))


def last_step(app: Workbench) -> None:
    """Look at the end again."""
    _look(app, lambda state: replace(state, replay=0, playing=False))


def play(app: Workbench) -> None:
    """Play all steps, one after the other."""
    app.show_desk(replace(app.desk, panel="search", panel_open=True, zen=False))
    if _look(app, lambda state: replace(replay.at_step(state, 1), playing=True)):
        _go_on(app, app.desk.active_id, app.state)


def stop(app: Workbench) -> None:
    """Stay at the step that is shown."""
    if app.desk.explanation is not None:
        app.show_page(replace(app.desk.explanation, playing=False))


def _look(app: Workbench, change: Callable[[State], State]) -> bool:
    page = app.desk.explanation
    if page is None:
        return False
    if why := replay.why_not(page):
        app.refuse(why)
        return False
    app.show_page(change(page))
    return True


def _go_on(app: Workbench, id: int, shown: State) -> None:
    """Show the next step after a while, unless something else was done with the search meanwhile."""

    def tick() -> None:
        page = app.desk.page(id)
        if not isinstance(page, State) or not page.playing:
            return
        if page.run.steps is shown.run.steps and page.replay == shown.replay:
            page = replay.played(page)
            app.show_page(page, id)
            _go_on(app, id, page)

    app.set_timer(PACE, tick)
