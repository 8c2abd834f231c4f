"""Measuring the explanation on top, and asking a judge about it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from noiser_tui.workbench import measured
from noiser_tui.workbench.engine import AskJudge, MeasureMetrics

if TYPE_CHECKING:
    from noiser.explanation import Explanation
    from noiser_tui.workbench.app import Workbench


def measure(app: Workbench) -> None:
    """Measure how faithful it is, and show that as it comes."""
    explanation = _whole(app, "measure")
    if explanation is not None:
        job = app.engine.submit(MeasureMetrics(explanation))
        _show(app, measured.measuring_asked(app.state.measured, job))


def ask_judge(app: Workbench) -> None:
    """Ask the judge that is shipped whether the top words suffice to name the target."""
    explanation = _whole(app, "ask about")
    if explanation is not None:
        job = app.engine.submit(AskJudge(explanation))
        _show(app, measured.judge_asked(app.state.measured, job))


def _whole(app: Workbench, what: str) -> Explanation | None:
    """The explanation on top, of several targets all; None where there is none, which is said."""
    page = app.desk.explanation
    if page is None:
        return None
    explanation = page.run.saved
    if page.job:
        app.refuse(f"The engine is at work: cancel (Esc) or wait, then {what} what is there.")
    elif explanation is None or not explanation.complete:
        app.refuse(f"There is no whole explanation to {what}: explain a prompt first (F5).")
    else:
        return explanation
    return None


def _show(app: Workbench, now: measured.Measured) -> None:
    page = replace(app.state, measured=now, error="", note="")
    app.show_page(page)
    app.show_desk(replace(app.desk, panel="metrics", panel_open=True, zen=False))
