"""The prompts of a file: how many are explained, each with what came of it, one of them in full."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from rich.segment import Segment
from textual import on
from textual.app import ComposeResult

from noiser_tui.look.cells import one_line, visible
from noiser_tui.workbench.desk import Document
from noiser_tui.workbench.look import Pens
from noiser_tui.workbench.prompt_list import Listed, PromptList
from noiser_tui.workbench.prompts_file import read
from noiser_tui.workbench.views.view import View
from noiser_tui.workbench.widgets.drawn_pane import DrawnPane
from noiser_tui.workbench.widgets.row_list import Row, RowList, Tone
from noiser_tui.workbench.widgets.words import Paragraphs, Words

if TYPE_CHECKING:
    from noiser_tui.workbench.app import Workbench

BAR, NARROW_BAR, NARROW = 20, 8, 100
"""Cells of the bar, those of a narrow heading, and how narrow that is."""
LONG = 400
"""Characters of a prompt that its line may show."""
_MARKS = {"waiting": "  ", "begun": "▸ ", "done": "✓ ", "failed": "✗ ", "unread": "✗ "}
_TONES: dict[str, Tone] = {
    "waiting": "muted",
    "begun": "accent",
    "failed": "error",
    "unread": "error",
}


class PromptListView(View):
    """From top to bottom: the heading with a bar, the prompts, the one under the cursor."""

    def __init__(self, pens: Pens, document: Document) -> None:
        super().__init__(pens, document)
        self._listed: tuple[Listed, ...] = ()

    def compose(self) -> ComposeResult:
        """The parts."""
        yield ListHead(self.pens, id="prompts-head")
        yield RowList(self.pens, id="prompts-list", empty="Being read …")
        yield Words(self.pens, id="prompts-one")

    @property
    def page(self) -> PromptList:
        """What it shows."""
        assert isinstance(self.document.page, PromptList)
        return self.document.page

    @property
    def at(self) -> int | None:
        """The index of the prompt under the cursor."""
        row = self.query_one(RowList).pointed
        return int(row.key) if row is not None else None

    @property
    def here(self) -> dict[str, Any]:
        """Which prompt is under the cursor."""
        return {"cursor": (self.query_one(RowList).at, 0)}

    def on_mount(self) -> None:
        """Read the file of a tab that a session has put back."""
        super().on_mount()
        if self.page.digest and not self.page.prompts:
            read(cast("Workbench", self.app), self.document.id)

    def draw(self, document: Document) -> None:
        """Bring the parts up to the page."""
        page = self.page
        self.query_one(ListHead).show_state(page)
        rows = self.query_one(RowList)
        if self._listed is not page.prompts:
            self._listed = page.prompts
            self.show_rows(rows, [_row(i, one) for i, one in enumerate(page.prompts)])
        elif page.error and not page.prompts:
            rows.say_when_empty("Nothing to list.")
        self._tell()

    @on(RowList.Pointed)
    def pointed(self, message: RowList.Pointed) -> None:
        """Tell of the prompt there."""
        message.stop()
        self._tell()

    @on(RowList.Chosen)
    async def chosen(self, message: RowList.Chosen) -> None:
        """Open it."""
        message.stop()
        await self.run_action("app.do('list_open')")

    def _tell(self) -> None:
        at, page = self.at, self.page
        told: Paragraphs = ()
        if at is not None and at < len(page.prompts):
            one = page.prompts[at]
            tone: Tone = "error" if one.standing in ("failed", "unread") else "plain"
            how = f"{one.name}  {one.found}" if one.found else f"{one.name}  {one.standing}"
            told = ((how, tone), (one.text[:LONG], "muted")) if one.said else ((how, tone),)
        self.query_one(Words).show_state(told)


class ListHead(DrawnPane[PromptList]):
    """Two lines: the file and how its prompts are explained, then a bar with how far it is."""

    def line(self, y: int, width: int) -> list[Segment]:
        """One of the two."""
        page = self.state
        if page is None:
            return []
        if y == 0:
            request = page.request
            how = (
                f"{request.method}/{request.bound}"
                if request.method == "noiser"
                else request.method
            )
            name = one_line(page.title, width // 2)
            return [
                Segment(f" {name}", self.pens.strong),
                Segment(f"  all prompts, by {visible(how)}", self.pens.muted),
            ]
        if y != 1 or not page.prompts:
            return []
        cells = BAR if width >= NARROW else NARROW_BAR
        ended = page.done + len(page.failed)
        full = cells * ended // len(page.prompts)
        pen = self.pens.warning if page.failed else self.pens.success
        return [
            Segment(f" {'█' * full}", pen),
            Segment("·" * (cells - full), self.pens.muted),
            Segment(f" {one_line(page.status, max(1, width - cells - 3))}", self.pens.plain),
        ]


def _row(index: int, one: Listed) -> Row:
    name = f"{one.name}  {one_line(one.text[:LONG], LONG)}"
    found = one_line(one.found, LONG) if one.said is not None else ""  # else its text says that
    tone = _TONES.get(one.standing, "plain")
    return Row(str(index), name, found, mark=_MARKS[one.standing], tone=tone)
