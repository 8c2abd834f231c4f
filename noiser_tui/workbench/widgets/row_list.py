"""A list to walk through, drawn line by line: side bar views, tables, anything that has rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Offset, Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from noiser_tui.look.cells import cell_width, one_line
from noiser_tui.workbench.look import Pens
from noiser_tui.workbench.row import Row, Tone
from noiser_tui.workbench.widgets.mouse import LEFT

__all__ = ["Row", "RowList", "Tone"]


class RowList(ScrollView, can_focus=True):
    """Rows with a cursor; arrows walk, Enter or a click chooses, left and right fold and unfold."""

    FOCUS_ON_CLICK = False  # `on_mouse_down` does it
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "step(-1)", "Row above", show=False),
        Binding("down", "step(1)", "Row below", show=False),
        Binding("pageup", "page(-1)", "Page up", show=False),
        Binding("pagedown", "page(1)", "Page down", show=False),
        Binding("home", "edge(0)", "First row", show=False),
        Binding("end", "edge(-1)", "Last row", show=False),
        Binding("enter", "choose", "Choose", show=False),
        Binding("right", "fold(True)", "Unfold", show=False),
        Binding("left", "fold(False)", "Fold", show=False),
    ]

    class Told(Message):
        """Something was done to a row of `rows`."""

        def __init__(self, rows: RowList, row: Row) -> None:
            super().__init__()
            self.rows = rows
            self.row = row

        @property
        def control(self) -> RowList:
            """The list."""
            return self.rows

    class Chosen(Told):
        """Enter was pressed on a row, or it was clicked."""

    class Pointed(Told):
        """The cursor stands on another row."""

    class Folded(Told):
        """A row that has others below it is to be unfolded, or folded where it is open."""

    def __init__(self, pens: Pens, *, id: str | None = None, empty: str = "") -> None:
        super().__init__(id=id)
        self.pens = pens
        self._rows: Sequence[Row] = ()
        self._at = 0
        self._empty = empty
        self._pressed = (0, Offset())

    @property
    def pointed(self) -> Row | None:
        """The row under the cursor."""
        return self._rows[self._at] if self._at < len(self._rows) else None

    @property
    def at(self) -> int:
        """Which row that is."""
        return self._at

    def say_when_empty(self, sentence: str) -> None:
        """What stands there while there is no row."""
        self._empty = sentence
        self.refresh()

    def show_rows(self, rows: Sequence[Row]) -> None:
        """Show other rows; the cursor stays on the row with the same key where there is one."""
        before = self.pointed.key if self.pointed is not None else None
        self._rows = rows
        keys = [row.key for row in rows]
        self._at = keys.index(before) if before in keys else min(self._at, max(0, len(rows) - 1))
        if self.pointed is not None and self.pointed.heading:
            self._at = next((i for i, row in enumerate(rows) if not row.heading), 0)
        self.virtual_size = Size(0, len(rows))
        self.refresh()

    def set_pens(self, pens: Pens) -> None:
        """Draw in another theme."""
        self.pens = pens
        self.refresh()

    def point_at(self, index: int) -> None:
        """Put the cursor on a row and show it."""
        if not 0 <= index < len(self._rows):
            return
        self._at = index
        self._show_cursor()
        self.refresh()
        self.post_message(self.Pointed(self, self._rows[index]))

    def _show_cursor(self) -> None:
        """Bring its row into sight, with the headings right above: the cursor stands on none of them."""
        top = self._at
        while top and self._rows[top - 1].heading:
            top -= 1
        for row in (top, self._at):
            self.scroll_to_region(Region(0, row, 1, 1), animate=False)

    def render_line(self, y: int) -> Strip:
        """One row."""
        width = self.size.width
        index = y + self.scroll_offset.y
        if index < len(self._rows):
            segments = self._line(self._rows[index], index, width)
        elif index == 0 and self._empty:
            segments = [Segment(f" {one_line(self._empty, width - 1)}", self.pens.muted)]
        else:
            segments = []
        return Strip(segments).adjust_cell_length(width, self.pens.plain)

    def _line(self, row: Row, index: int, width: int) -> list[Segment]:
        style: Style = getattr(self.pens, row.tone)
        if row.heading:
            style = self.pens.muted + Style(bold=True)
        muted = self.pens.muted
        here = index == self._at
        if here and self.has_focus:
            style = muted = self.pens.row
        elif here:
            style += Style(bold=True)
        fold = "" if row.open is None else "▾ " if row.open else "▸ "
        lead = f"{'›' if here else ' '}{'  ' * row.depth}{fold}{row.mark}"
        more = one_line(row.more, max(0, width // 2)) if row.more else ""
        room = width - cell_width(lead) - cell_width(more) - 2
        name = one_line(row.name, max(1, room))
        gap = " " * max(1, width - cell_width(lead) - cell_width(name) - cell_width(more) - 1)
        return [Segment(lead, style), Segment(name, style), Segment(f"{gap}{more} ", muted)]

    def on_resize(self) -> None:
        """The cursor stays in sight."""
        if self._at < len(self._rows):
            self._show_cursor()

    def on_focus(self) -> None:
        """Show the cursor."""
        self.refresh()

    def on_blur(self) -> None:
        """Hide it."""
        self.refresh()

    def index_at(self, x: int, y: int) -> int:
        """Which row, or none that there is, stands in a cell."""
        return y + self.scroll_offset.y

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Remember the row under the mouse, then take the keys: that may move the rows about."""
        self._pressed = self.index_at(event.x, event.y), event.screen_offset
        self.screen.set_focus(self, scroll_visible=False)

    def on_click(self, event: events.Click) -> None:
        """Choose the row that was under the mouse when it was pressed, unless it was dragged away."""
        index, where = self._pressed
        if event.button != LEFT or event.screen_offset != where or index >= len(self._rows):
            return
        if not self._rows[index].heading:
            self.point_at(index)
            self.action_choose()

    def action_step(self, by: int) -> None:
        """Move by rows that can be chosen."""
        index = self._at + by
        while 0 <= index < len(self._rows) and self._rows[index].heading:
            index += by
        self.point_at(index)

    def action_page(self, by: int) -> None:
        """Move by a screenful."""
        self._go(self._at + by * max(1, self.size.height - 1), by)

    def action_edge(self, which: int) -> None:
        """Move to the first row or the last."""
        self._go(0 if which == 0 else len(self._rows) - 1, 1 if which == 0 else -1)

    def _go(self, index: int, by: int) -> None:
        index = min(max(0, index), len(self._rows) - 1)
        while 0 <= index < len(self._rows) and self._rows[index].heading:
            index += by
        self.point_at(index)

    def action_choose(self) -> None:
        """Choose the row, or fold it."""
        row = self.pointed
        if row is not None and not row.heading:
            self.post_message(
                self.Chosen(self, row) if row.open is None else self.Folded(self, row)
            )

    def action_fold(self, unfold: bool) -> None:
        """Unfold or fold the row; a leaf gives the cursor to the row that it is under."""
        row = self.pointed
        if row is None:
            return
        if row.open is not None and row.open != unfold:
            self.post_message(self.Folded(self, row))
        elif not unfold:
            above = [i for i in range(self._at) if self._rows[i].depth < row.depth]
            if above and not self._rows[above[-1]].heading:
                self.point_at(above[-1])
