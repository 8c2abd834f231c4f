"""Going from problem to problem, and to what each is about."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from noiser_tui.workbench.panes.problems import ProblemsPane
from noiser_tui.workbench.problems import Problem, problems

if TYPE_CHECKING:
    from noiser_tui.workbench.app import Workbench


def next_problem(app: Workbench) -> None:
    """Go to the next problem."""
    _walk(app, 1)


def previous_problem(app: Workbench) -> None:
    """Go to the one before."""
    _walk(app, -1)


def go_to_problem(app: Workbench) -> None:
    """Point at what the problem under the list's cursor is about."""
    pane = app.panel.view
    if isinstance(pane, ProblemsPane) and pane.pointed is not None:
        pane.gone_to = pane.pointed
        _point(app, pane.pointed)


def _point(app: Workbench, problem: Problem) -> None:
    if problem.position is not None or problem.row is not None:
        app.view.point(problem.position, problem.row)


def _walk(app: Workbench, by: int) -> None:
    """Go on from the problem that was gone to last; a list that was not open begins at its cursor."""
    desk, found = app.desk, problems(app.desk)
    if not found:
        app.notify("No problems.")
        return
    if desk.panel_open and desk.panel == "problems" and not desk.zen:
        if isinstance(pane := app.panel.view, ProblemsPane):
            pane.step(by)
    else:
        app.show_desk(replace(desk, panel="problems", panel_open=True, zen=False))
    pane = app.panel.view
    pointed = found[0]
    if isinstance(pane, ProblemsPane):
        pane.gone_to = pointed = (pane.pointed if pane.is_mounted else None) or pointed
    _point(app, pointed)
