"""Copying what stands on the screen: made and sent in a thread, since tmux may take its time to answer."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, cast

from noiser_tui.workbench.beside import beside
from noiser_tui.workbench.clipboard import Where, Write, copy
from noiser_tui.workbench.copy_forms import FORMS, CopyForm
from noiser_tui.workbench.insides import driver_of
from noiser_tui.workbench.screens.pick import Choice, Pick
from noiser_tui.workbench.views.explanation import ExplanationView

if TYPE_CHECKING:
    from noiser_tui.workbench.app import Workbench


def copy_text(app: Workbench, make: Callable[[], str]) -> None:
    """Copy what `make` gives, where the setting `terminal.copy` lets it go; say where, or why not."""
    where = cast("Where", app.values.terminal.copy)
    say = partial(app.notify, markup=False)

    def work() -> str:
        return copy(_writer(app), make(), os.environ, where=where).sentence

    beside(app, work, use=say, failed=say)


def _writer(app: Workbench) -> Write:
    driver = driver_of(app)
    return driver.write if driver is not None else lambda sequence: None


def copy_token(app: Workbench) -> None:
    """Copy the token under the cursor of the heat map."""
    _copy_form(app, FORMS[0])


def copy_as(app: Workbench) -> None:
    """Choose what of the explanation to copy."""
    if app.state.run.saved is None:
        app.refuse("There is nothing to copy yet: explain a prompt first.")
        return
    forms = {form.id: form for form in FORMS if form.id != "token" or _positions(app)}
    listed = [Choice(form.id, form.title) for form in forms.values()]

    def use(answer: str | None) -> None:
        if answer is not None:
            _copy_form(app, forms[answer])

    app.push_screen(Pick("Copy", listed), use)


def _copy_form(app: Workbench, form: CopyForm) -> None:
    explanation, positions = app.state.run.explanation, _positions(app)
    if form.id != "token":
        explanation = app.state.run.saved
    if explanation is None:
        app.refuse("There is nothing to copy yet: explain a prompt first.")
    else:
        made = explanation
        copy_text(app, lambda: form.make(made, positions))


def _positions(app: Workbench) -> tuple[int, ...]:
    view = app.view
    return view.positions if isinstance(view, ExplanationView) else ()
