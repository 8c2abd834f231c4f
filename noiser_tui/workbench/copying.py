"""Copying what stands on the screen: made and sent in a thread, since tmux may take its time to answer."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, TypeVar, cast

from noiser_tui.workbench.beside import beside
from noiser_tui.workbench.clipboard import Where, Write, copy
from noiser_tui.workbench.comparison_page import ComparisonPage
from noiser_tui.workbench.copy_forms import COMPARISON_FORMS, FORMS, CopyForm
from noiser_tui.workbench.desk import Page
from noiser_tui.workbench.exports.of_run import about
from noiser_tui.workbench.insides import driver_of
from noiser_tui.workbench.screens.pick import Choice, Pick
from noiser_tui.workbench.state import State
from noiser_tui.workbench.views.explanation import ExplanationView

if TYPE_CHECKING:
    from noiser_tui.workbench.app import Workbench

T = TypeVar("T")
NOTHING = "There is nothing to copy yet: explain a prompt first."


@dataclass(frozen=True)
class Offer:
    """One thing that can be copied; making it may take a while."""

    title: str
    make: Callable[[], str]

    @classmethod
    def of(cls, form: CopyForm[T], shown: T, positions: tuple[int, ...] = ()) -> Offer:
        """What is shown, in one of its forms."""
        return cls(form.title, partial(form.make, shown, positions))


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
    explanation, positions = app.state.run.explanation, _positions(app)
    if explanation is None:
        app.refuse(NOTHING)
    else:
        copy_text(app, partial(FORMS[0].make, explanation, positions))


def copy_as(app: Workbench) -> None:
    """Choose what of the document on top to copy."""
    offers = _offers(app)
    if not offers:
        app.refuse(NOTHING)
        return

    def use(answer: str | None) -> None:
        if answer is not None:
            copy_text(app, offers[int(answer)].make)

    listed = [Choice(str(number), one.title) for number, one in enumerate(offers)]
    app.push_screen(Pick("Copy", listed), use)


def _offers(app: Workbench) -> list[Offer]:
    page = app.desk.active.page
    if isinstance(page, ComparisonPage):
        found = page.comparison
        return [] if found is None else [Offer.of(form, found) for form in COMPARISON_FORMS]
    if isinstance(page, State):
        return _of_explanation(page, _positions(app))
    return _of_study(page)


def _of_explanation(page: State, positions: tuple[int, ...]) -> list[Offer]:
    saved, token = page.run.saved, page.run.explanation
    if saved is None:
        return []
    first, *others = FORMS
    offers = [Offer.of(first, token, positions)] if token is not None and positions else []
    offers += [Offer.of(form, saved, positions) for form in others]
    if page.measured.known:
        from noiser_tui.workbench.exports.of_metrics import render_metrics

        told = about(page)
        forms = {".txt": "in words", ".csv": "for a spreadsheet", ".md": "as Markdown"}
        offers += [
            Offer(f"The metrics, {how}", partial(render_metrics, page.measured, told, form))
            for form, how in {**forms, ".json": "as JSON"}.items()
        ]
    return offers


def _of_study(page: Page) -> list[Offer]:
    """Its table; every pair is tested again, as long as `noiser study show` takes."""
    from noiser_tui.workbench.studies.page import StudyPage  # it needs numpy
    from noiser_tui.workbench.studies.tables import has_table, table_text

    if not isinstance(page, StudyPage) or not has_table(page.folder):
        return []
    titles = {
        ".csv": "The table, as CSV",
        ".md": "The table, as Markdown",
        ".tex": "The table, as LaTeX",
    }
    return [Offer(title, partial(table_text, page.folder, end)) for end, title in titles.items()]


def _positions(app: Workbench) -> tuple[int, ...]:
    view = app.view
    return view.positions if isinstance(view, ExplanationView) else ()
