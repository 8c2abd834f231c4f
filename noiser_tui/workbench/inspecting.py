"""Looking closer: what the model makes of the text while it is typed, and one token's curve."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

from noiser.events import NextToken
from noiser_tui.workbench.engine import DrawCurve, ReadPrompt
from noiser_tui.workbench.own_files import is_own
from noiser_tui.workbench.reading import expected, to_read
from noiser_tui.workbench.tracing import Trace, to_trace
from noiser_tui.workbench.widgets.next_tokens import NextTokens

if TYPE_CHECKING:
    from noiser_tui.workbench.app import Workbench
    from noiser_tui.workbench.views.explanation import ExplanationView

POINTS = 33
"""Scales of a curve, beside those of the record."""


def read_ahead(app: Workbench) -> None:
    """Ask what the model would write after the text as it stands, where that is not known."""
    page = app.desk.explanation
    if page is None or not app.values.explain.live or not to_read(page):
        return
    if (path := app.desk.active.path) and is_own(app, Path(path)):
        return
    job = app.engine.submit(
        ReadPrompt(page.asked, page.request.by_token), instead_of=page.reading.job
    )
    read = page.reading.read if page.reading.model == page.model_name else ""
    reading = replace(
        page.reading, job=job, asked=page.asked, model=page.model_name, read=read, refused=""
    )
    app.show_page(replace(page, reading=reading))


def trace(app: Workbench, position: int | None) -> None:
    """Ask for the curve of a token, in place of the one that was asked for last."""
    page = app.desk.explanation
    if page is None or (explanation := to_trace(page, position)) is None or position is None:
        return
    job = app.engine.submit(DrawCurve(explanation, position, POINTS), instead_of=page.trace.job)
    app.show_page(replace(page, trace=Trace(job, explanation, position)))


def choose_target(app: Workbench, token: NextToken) -> None:
    """Explain another next token; the model's own prediction is what is explained without a choice."""
    page = app.desk.explanation
    if page is None:
        return
    first = next(iter(expected(page)[0]), None)
    own = first is not None and first.id == token.id
    contrast = page.request.contrast if page.request.contrast != f"id:{token.id}" else None
    target = None if own else f"id:{token.id}"
    app.change_request(target=target, contrast=contrast, generate=0, at=0)


def choose_contrast(app: Workbench, token: NextToken) -> None:
    """Explain the target against another next token, or alone again where it is that one already."""
    page = app.desk.explanation
    if page is None:
        return
    name = f"id:{token.id}"
    _, target = expected(page)
    if page.request.target == name or (target is not None and target.id == token.id):
        app.refuse("That is the target: choose another token to hold it against.")
        return
    contrast = None if page.request.contrast == name else name
    app.change_request(contrast=contrast, generate=0, at=0)


def contrast_pointed(app: Workbench) -> None:
    """Take the next token under the cursor as the contrast."""
    token = app.view.query_one(NextTokens).token
    if token is not None:
        choose_contrast(app, token)


def details(app: Workbench) -> None:
    """Show the card of the token under the cursor over everything else."""
    from noiser_tui.workbench.screens.details import Details

    if app.desk.explanation is None:
        return
    view = cast("ExplanationView", app.view)
    if not view.positions:
        app.refuse("No token is pointed at: Tab goes to the coloured text, the arrows walk there.")
        return
    trace(app, view.positions[0])
    screen = Details(app.pens, app.state, view.positions)
    view.details = screen

    def closed(_: None) -> None:
        view.details = None

    app.push_screen(screen, closed)
