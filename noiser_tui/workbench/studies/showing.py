"""What a study's tab shows: a measure, who is compared with whom, a cell's samples, its text."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from noiser.study.table import columns_of
from noiser_tui.workbench import asking as explaining
from noiser_tui.workbench import desk
from noiser_tui.workbench.screens.pick import Choice, Pick
from noiser_tui.workbench.studies.grid import Spot
from noiser_tui.workbench.studies.page import StudyPage

if TYPE_CHECKING:
    from noiser_tui.workbench.app import Workbench


def show_measure(app: Workbench, name: str) -> None:
    """Show a column, all of them for an empty name."""
    page = app.desk.active.page
    if isinstance(page, StudyPage):
        app.show_page(page.measured(name))


def measure(app: Workbench) -> None:
    """Choose the measure that is shown."""
    page = app.desk.active.page
    if not isinstance(page, StudyPage) or page.found is None or page.found.table is None:
        return
    what = {one.name: one.what for one in columns_of(page.found.table.study)}
    listed = [Choice(name, name or "all measures", what.get(name, "")) for name in page.measures]

    def use(name: str | None) -> None:
        if name is not None:
            show_measure(app, name)

    app.push_screen(Pick("Measure", listed, chosen=page.measure), use)


def next_measure(app: Workbench) -> None:
    """Show the next measure."""
    page = app.desk.active.page
    if isinstance(page, StudyPage) and page.measure in page.measures:
        at = page.measures.index(page.measure)
        show_measure(app, page.measures[(at + 1) % len(page.measures)])


def compare_with(app: Workbench) -> None:
    """Compare the others with the method under the cursor."""
    from noiser_tui.workbench.views.study import StudyView

    view, page = app.view, app.desk.active.page
    if isinstance(view, StudyView) and isinstance(page, StudyPage) and view.spot is not None:
        app.show_page(page.compared(view.spot.variant))


def list_samples(app: Workbench, spot: Spot) -> None:
    """List the samples of a cell."""
    page = app.desk.active.page
    if isinstance(page, StudyPage):
        app.show_page(replace(page, looking=spot, samples=None))


def back(app: Workbench) -> None:
    """Go from the samples back to the grid."""
    page = app.desk.active.page
    if isinstance(page, StudyPage):
        app.show_page(replace(page, looking=None, samples=None))


def open_sample(app: Workbench, index: int) -> None:
    """Open the prompt of a sample with the method of its cell; explain it where its model is loaded."""
    page = app.desk.active.page
    if not isinstance(page, StudyPage) or page.samples is None or page.found is None:
        return
    table = page.found.table
    if table is None or index >= len(page.samples):
        return
    row = page.samples[index]
    loaded = app.desk.model_name
    blank = desk.blank(app.desk, row.sample.prompt)
    blank = replace(blank, request=table.study.request(row.setting))
    same = loaded == row.setting.model
    if not same:
        told = f"The study's model is {row.setting.model}: F5 explains it with {loaded}."
        blank = replace(blank, note=told)
    app.open_page(blank)
    if same:
        explaining.run(app)


def turn_over(app: Workbench) -> None:
    """Show the study's text in place of its numbers, or its numbers again."""
    page = app.desk.active.page
    if isinstance(page, StudyPage):
        app.show_page(replace(page, editing=not page.editing or not page.planned))
        app.call_after_refresh(app.view.focus_first)
