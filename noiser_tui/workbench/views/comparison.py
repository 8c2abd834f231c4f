"""A comparison: what is asked, the text with a line of bars per row, the numbers under the cursor."""

from __future__ import annotations

from typing import Any

from rich.segment import Segment
from rich.style import Style
from textual import on
from textual.app import ComposeResult

from noiser.export import wording
from noiser.export.comparison import wording as comparison_wording
from noiser_tui.look.cells import by_itself, cell_width, one_line, visible
from noiser_tui.workbench.comparison_page import ComparisonPage
from noiser_tui.workbench.desk import Document
from noiser_tui.workbench.look import Pens
from noiser_tui.workbench.views.view import View
from noiser_tui.workbench.ways import in_words
from noiser_tui.workbench.widgets.comparison_text import ComparisonText, Place
from noiser_tui.workbench.widgets.drawn_pane import DrawnPane


class ComparisonView(View):
    """From top to bottom: the question, text and rows, the inspector."""

    def compose(self) -> ComposeResult:
        """The parts."""
        yield Question(self.pens, id="comparison-question")
        yield ComparisonText(self.pens, id="comparison-text")
        yield RowNumbers(self.pens, id="comparison-numbers")

    @property
    def page(self) -> ComparisonPage:
        """What it shows."""
        assert isinstance(self.document.page, ComparisonPage)
        return self.document.page

    @property
    def row(self) -> int:
        """The row under the cursor."""
        return min(self.query_one(ComparisonText).place.row, len(self.page.slots) - 1)

    def draw(self, document: Document) -> None:
        """Bring the parts up to the page."""
        self.query_one(Question).show_state(self.page)
        self.query_one(ComparisonText).show_page(self.page)
        self.query_one(RowNumbers).show_state(self.page)
        if self._left is not None and self.page.laid.segments:
            (row, segment), self._left = self._left.cursor, None
            row = min(max(0, row), len(self.page.slots) - 1)
            segment = min(max(0, segment), len(self.page.laid.segments) - 1)
            self.call_after_refresh(self.point, segment, row)  # once it is laid out

    @property
    def here(self) -> dict[str, Any]:
        """The row and the segment under the cursor."""
        here = self.query_one(ComparisonText).place
        return {"cursor": (here.row, here.segment)}

    def point(self, position: int | None, row: int | None = None) -> None:
        """Put the cursor on a segment of a row."""
        text = self.query_one(ComparisonText)
        here = text.place
        segment = here.segment if position is None else position
        text.point_at(Place(here.row if row is None else row, segment))

    @on(ComparisonText.Pointed)
    def pointed(self, message: ComparisonText.Pointed) -> None:
        """Tell the numbers there."""
        message.stop()
        self.query_one(RowNumbers).point_at(message.place)

    @on(ComparisonText.Chosen)
    async def chosen(self, message: ComparisonText.Chosen) -> None:
        """Open the row."""
        message.stop()
        await self.run_action("app.do('compare_open_row')")


class Question(DrawnPane[ComparisonPage]):
    """What is explained, in how many ways."""

    def line(self, y: int, width: int) -> list[Segment]:
        """One line."""
        page = self.state
        if page is None or y:
            return []
        if page.comparison is not None:
            text = comparison_wording.question(page.comparison)
        else:
            done = sum(one.row is not None for one in page.slots)
            text = f"{done} of {len(page.slots)} {page.over} explained"
            if set_so := in_words(page.ways):
                text = f"{text} · {set_so}"
        return [Segment(f" {one_line(visible(text), width - 1)}", self.pens.strong)]


class RowNumbers(DrawnPane[ComparisonPage]):
    """Each row's number at the segment under the cursor, that of the row under it first."""

    def __init__(self, pens: Pens, *, id: str | None = None) -> None:
        super().__init__(pens, id=id)
        self._place = Place()

    def point_at(self, place: Place) -> None:
        """Tell of another place."""
        self._place = place
        self.refresh()

    def line(self, y: int, width: int) -> list[Segment]:
        """As many rows as the lines take, best to worst scored after the own one."""
        if self.state is None or self._place.segment >= len(self.state.laid.segments):
            return []
        lines = self._wrapped(self.state, width)
        return lines[y] if y < len(lines) else []

    def _wrapped(self, page: ComparisonPage, width: int) -> list[list[Segment]]:
        segment = page.laid.segments[self._place.segment]
        name = f" “{one_line(by_itself(segment.text), max(6, width // 4))}”  "
        lines, used = [[Segment(name, self.pens.accent)]], cell_width(name)
        for row, slot in self._order(page):
            own = page.laid.scores[row]
            if own is None:
                continue
            text = (
                f"{one_line(slot, max(6, width // 3))} {wording.score(own[self._place.segment])}   "
            )
            if used + cell_width(text) > width:
                lines.append([Segment("   ", self.pens.plain)])
                used = 3
            here = row == self._place.row
            style = self.pens.strong + Style(underline=True) if here else self.pens.plain
            lines[-1] += [Segment(text.rstrip(), style), Segment("   ", self.pens.plain)]
            used += cell_width(text)
        return lines

    def _order(self, page: ComparisonPage) -> list[tuple[int, str]]:
        rows = [(i, f"{i + 1} {visible(one.label)}") for i, one in enumerate(page.slots)]
        return sorted(rows, key=lambda one: one[0] != self._place.row)
