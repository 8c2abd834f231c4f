"""A study: how far it is, its grid filling in, the samples of a cell, or its text to be edited."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from textual import on
from textual.app import ComposeResult
from textual.widget import Widget

from noiser_tui.workbench.desk import Document
from noiser_tui.workbench.engine.watching import StudyWatch
from noiser_tui.workbench.look import Pens
from noiser_tui.workbench.studies import showing
from noiser_tui.workbench.studies.grid import Spot, detail
from noiser_tui.workbench.studies.page import StudyPage
from noiser_tui.workbench.studies.plan_text import PlanText
from noiser_tui.workbench.studies.sample_list import sample_heading, sample_list
from noiser_tui.workbench.views.view import View
from noiser_tui.workbench.widgets.action_row import ActionRow
from noiser_tui.workbench.widgets.grid import GridView
from noiser_tui.workbench.widgets.row_list import RowList
from noiser_tui.workbench.widgets.study_head import StudyHead
from noiser_tui.workbench.widgets.study_lines import (
    MEASURE,
    CellInWords,
    MeasureRow,
    StudyFailures,
)

if TYPE_CHECKING:
    from noiser_tui.workbench.app import Workbench


class StudyView(View):
    """From top to bottom: heading, measures, the grid or a list of samples, failures, the cell in words."""

    def __init__(self, pens: Pens, document: Document) -> None:
        super().__init__(pens, document)
        self._watch: StudyWatch | None = None
        self._listed: object = None

    def compose(self) -> ComposeResult:
        """The parts; which of them are shown is the page's to say."""
        yield StudyHead(self.pens, id="study-head")
        yield PlanText(self.page.folder)
        yield MeasureRow(self.pens, id="study-measures")
        yield GridView(self.pens, id="study-grid")
        yield RowList(self.pens, id="study-samples", empty="Being read …")
        yield StudyFailures(self.pens, id="study-failures")
        yield CellInWords(self.pens, id="study-cell")

    @property
    def page(self) -> StudyPage:
        """What it shows."""
        assert isinstance(self.document.page, StudyPage)
        return self.document.page

    @property
    def bench(self) -> Workbench:
        """The workbench that it stands in."""
        return cast("Workbench", self.app)

    @property
    def spot(self) -> Spot | None:
        """The cell under the cursor."""
        grid = self.query_one(GridView)
        return self.page.grid.spot(grid.row, grid.column)

    @property
    def sample(self) -> int | None:
        """The number in the list of the sample under the cursor."""
        row = self.query_one(RowList).pointed
        return int(row.key) if row is not None else None

    @property
    def here(self) -> dict[str, Any]:
        """The cell under the cursor."""
        grid = self.query_one(GridView)
        return {"cursor": (grid.row, grid.column)}

    def on_mount(self) -> None:
        """Begin to look at the store."""
        self._watch = StudyWatch(
            self.page.folder,
            self.app.post_message,
            self.bench.studies,
            self.page.measure if self.page.chosen else None,
        )
        super().on_mount()

    def on_unmount(self) -> None:
        """Look no more."""
        if self._watch is not None:
            self._watch.stop()

    def look(self) -> None:
        """Look at the store now."""
        if self._watch is not None:
            self._watch.look()

    @property
    def first(self) -> Widget | None:
        """The part that is used now, once it stands."""
        page = self.page
        place = "#study-samples" if page.looking is not None else "#study-grid"
        found = self.query("#study-plan" if page.editing else place)
        return found.first() if found else None

    def draw(self, document: Document) -> None:
        """Bring every part up to the page."""
        page = self.page
        listing = page.looking is not None
        shown: dict[str, bool] = {
            "#study-plan": page.editing,
            "#study-measures": not page.editing,
            "#study-grid": not page.editing and not listing,
            "#study-samples": not page.editing and listing,
            "#study-cell": not page.editing,
        }
        moved = any(self.query_one(name).display != on for name, on in shown.items())
        had_focus = self.has_focus_within
        for name, on_now in shown.items():
            self.query_one(name).display = on_now
        self.query_one(StudyHead).show_state(page)
        self.query_one(MeasureRow).show_state(page)
        self.query_one(StudyFailures).show_state(page)
        grid = self.query_one(GridView)
        grid.show_state(page.grid)
        if self._left is not None and page.grid.columns:
            (row, column), self._left = self._left.cursor, None
            grid.point_at(row, column)
        self._list(page)
        self._tell()
        if self._watch is not None:
            if page.chosen:
                self._watch.show(page.measure)
            self._watch.list(page.looking)
        if moved and had_focus:
            self.call_after_refresh(self.focus_first)

    def _list(self, page: StudyPage) -> None:
        if self._listed is not page.samples:
            self._listed = page.samples
            self.query_one(RowList).show_rows(sample_list(page))

    def _tell(self) -> None:
        page, spot = self.page, self.spot
        table = page.found.table if page.found is not None else None
        told = detail(table, spot, page.grid.against) if table is not None and spot else ""
        if page.looking is not None:
            told = sample_heading(page)
        self.query_one(CellInWords).show_state(told)

    @on(GridView.Pointed)
    def pointed(self, message: GridView.Pointed) -> None:
        """Say what the cell is."""
        message.stop()
        self._tell()

    @on(GridView.Chosen)
    def chosen(self, message: GridView.Chosen) -> None:
        """List the cell's samples."""
        message.stop()
        if (spot := self.spot) is not None:
            showing.list_samples(self.bench, spot)

    @on(RowList.Chosen)
    def sample_chosen(self, message: RowList.Chosen) -> None:
        """Open the sample's prompt."""
        message.stop()
        showing.open_sample(self.bench, int(message.row.key))

    @on(ActionRow.Chosen)
    def clicked(self, message: ActionRow.Chosen) -> None:
        """Show the measure that was clicked."""
        if message.action.startswith(MEASURE):
            message.stop()
            showing.show_measure(self.bench, message.action.removeprefix(MEASURE))
