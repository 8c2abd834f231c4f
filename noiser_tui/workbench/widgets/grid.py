"""A grid of cells to walk through: the first column stays, the others scroll sideways."""

from __future__ import annotations

from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Offset
from textual.message import Message

from noiser_tui.look.cells import cell_width, one_line, visible
from noiser_tui.workbench.look import Pens
from noiser_tui.workbench.studies.grid import Grid, GridCell, GridColumn
from noiser_tui.workbench.widgets.drawn_pane import DrawnPane
from noiser_tui.workbench.widgets.mouse import LEFT

HEADS = 2
"""Lines of heading."""
GAP = 2


class GridView(DrawnPane[Grid], can_focus=True):
    """Arrows walk over cells, Enter or a click on the cell under the cursor chooses it."""

    FOCUS_ON_CLICK = False  # `on_mouse_down` does it

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "walk(-1, 0)", "Row above", show=False),
        Binding("down", "walk(1, 0)", "Row below", show=False),
        Binding("left", "walk(0, -1)", "Column before", show=False),
        Binding("right", "walk(0, 1)", "Column after", show=False),
        Binding("pageup", "walk(-10, 0)", "Page up", show=False),
        Binding("pagedown", "walk(10, 0)", "Page down", show=False),
        Binding("home", "walk(0, -1000)", "First column", show=False),
        Binding("end", "walk(0, 1000)", "Last column", show=False),
        Binding("enter", "choose", "Choose", show=False),
    ]

    class Pointed(Message):
        """The cursor stands on another cell."""

    class Chosen(Message):
        """The cell under the cursor was chosen."""

    def __init__(self, pens: Pens, *, id: str | None = None) -> None:
        super().__init__(pens, id=id)
        self.row = 0
        self.column = 0
        self._top = 0
        self._first = 0
        self._again: Offset | None = None

    def show_state(self, state: Grid) -> None:
        """Draw another grid; the cursor stays in it."""
        self.row = min(self.row, max(0, len(state.names) - 1))
        self.column = min(self.column, max(0, len(state.columns) - 1))
        self.state = state
        self._keep_in_sight()
        super().show_state(state)

    def on_resize(self) -> None:
        """Keep the cursor in sight."""
        self._keep_in_sight()
        self.refresh()

    def on_focus(self) -> None:
        """Show the cursor."""
        self.refresh()

    def on_blur(self) -> None:
        """Hide it."""
        self.refresh()

    def action_walk(self, down: int, right: int) -> None:
        """Move the cursor."""
        grid = self.state
        if grid is None or not grid.columns:
            return
        self.row = min(max(0, self.row + down), len(grid.names) - 1)
        self.column = min(max(0, self.column + right), len(grid.columns) - 1)
        self._keep_in_sight()
        self.refresh()
        self.post_message(self.Pointed())

    def point_at(self, row: int, column: int) -> None:
        """Put the cursor on a cell, or on the nearest where the grid is smaller."""
        self.action_walk(row - self.row, column - self.column)

    def action_choose(self) -> None:
        """Choose the cell."""
        self.post_message(self.Chosen())

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Put the cursor under the mouse, then take the keys."""
        if event.button != LEFT:
            return
        place, on_it = self._under(event.x, event.y), self._on_cursor(event.x, event.y)
        self._again = event.screen_offset if self.has_focus and on_it else None
        if place is not None:
            self.action_walk(place[0] - self.row, place[1] - self.column)
        self.screen.set_focus(self, scroll_visible=False)

    def on_click(self, event: events.Click) -> None:
        """Choose the cell, where the cursor was seen on it before the mouse was pressed there."""
        if event.button == LEFT and self._again == event.screen_offset:
            self.action_choose()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """The next row, with Shift or Ctrl the next column."""
        self._wheel(event, 1)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """The row above, with Shift or Ctrl the column before."""
        self._wheel(event, -1)

    def on_mouse_scroll_right(self, event: events.MouseScrollRight) -> None:
        """The next column."""
        event.stop()
        self.action_walk(0, 1)

    def on_mouse_scroll_left(self, event: events.MouseScrollLeft) -> None:
        """The column before."""
        event.stop()
        self.action_walk(0, -1)

    def _wheel(self, event: events.MouseEvent, by: int) -> None:
        event.stop()
        self.action_walk(*((0, by) if event.shift or event.ctrl else (by, 0)))

    # Where what stands

    def _name_width(self) -> int:
        names = self.state.names if self.state is not None else ()
        widest = max((cell_width(visible(name)) for name in names), default=0)
        return min(widest + 2, max(10, self.size.width // 3))

    def _placed(self, first: int) -> list[tuple[int, int, int]]:
        """The columns that fit from `first` on, at least one: their indexes, starts and widths."""
        placed, x = list[tuple[int, int, int]](), self._name_width() + GAP
        for index in range(first, len(self.state.columns) if self.state is not None else 0):
            assert self.state is not None
            width = _width(self.state.columns[index])
            if placed and x + width > self.size.width:
                break
            placed.append((index, x, min(width, max(1, self.size.width - x))))
            x += width + GAP
        return placed

    def _under(self, x: int, y: int) -> tuple[int, int] | None:
        """The row and column to go to: a name is of its row, a head of its column, a gap of the cell before.

        Beside the heads, where it says how many more there are, is the next of those.
        """
        grid = self.state
        row = self.row if y < HEADS else y - HEADS + self._top
        if grid is None or not grid.columns or row >= len(grid.names):
            return None
        placed = self._placed(self._first)
        column = next((i for i, at, _ in reversed(placed) if at <= x), self.column)
        last, start, width = placed[-1]
        if y < HEADS and x < placed[0][1]:
            column = max(0, self._first - 1)
        elif y < HEADS and x >= start + width:
            column = min(last + 1, len(grid.columns) - 1)
        return row, column

    def _on_cursor(self, x: int, y: int) -> bool:
        """Whether the cursor's cell is there."""
        placed = self._placed(self._first)
        here = any(i == self.column and at <= x < at + width for i, at, width in placed)
        return here and y - HEADS + self._top == self.row and y >= HEADS

    def _keep_in_sight(self) -> None:
        if not self.size.height:  # another part is shown in its place
            return
        self._first = min(self._first, self.column)
        while self.column > self._first and self.column > self._placed(self._first)[-1][0]:
            self._first += 1
        room = max(1, self.size.height - HEADS)
        rows = len(self.state.names) if self.state is not None else 0
        top = min(max(self._top, self.row - room + 1), self.row)
        self._top = min(top, max(0, rows - room))

    # Drawing

    def line(self, y: int, width: int) -> list[Segment]:
        """A line of the heading, or a row."""
        grid = self.state
        if grid is None or not grid.columns:
            return []
        placed = self._placed(self._first)
        if y < HEADS:
            return self._heads(grid, y, placed)
        row = y - HEADS + self._top
        if row >= len(grid.names):
            return []
        chosen = grid.names[row] == grid.against
        name = one_line(visible(grid.names[row]), self._name_width() - 2)
        here = row == self.row
        pen = self.pens.strong if here else self.pens.plain
        lead = "◆ " if chosen else "› " if here else "  "
        segments = [Segment(lead, self.pens.accent if chosen else pen), Segment(name, pen)]
        used = cell_width(lead) + cell_width(name)
        for index, x, room in placed:
            segments.append(Segment(" " * (x - used), self.pens.plain))
            at = here and index == self.column
            cell = grid.columns[index].cells[row]
            segments += self._cell(cell, room, at=at)
            used = x + room
        return segments

    def _heads(self, grid: Grid, y: int, placed: list[tuple[int, int, int]]) -> list[Segment]:
        segments, used = list[Segment](), 0
        if y == 0 and self._first:
            segments, used = [Segment(f" ‹ {self._first} more", self.pens.muted)], 0
            used = cell_width(segments[0].text)
        before = ""
        for index, x, room in placed:
            head = grid.columns[index].heads[y]
            told = head if y or head != before else ""
            before = head if y == 0 else ""
            text = one_line(visible(told), room)
            segments.append(Segment(" " * max(0, x - used), self.pens.plain))
            pen = self.pens.strong if index == self.column else self.pens.muted
            segments.append(Segment(text + " " * (room - cell_width(text)), pen))
            used = x + room
        more = len(grid.columns) - 1 - placed[-1][0] if placed else 0
        if y == 0 and more and used + 9 < self.size.width:
            segments.append(Segment(f"  {more} more ›", self.pens.muted))
        elif y == 0 and more:
            segments.append(Segment("›", self.pens.muted))
        return segments

    def _cell(self, cell: GridCell | None, room: int, *, at: bool) -> list[Segment]:
        if cell is None:
            return [
                Segment(" " * room, self.pens.cursor if at and self.has_focus else self.pens.plain)
            ]
        text = one_line(cell.whole, room)
        if at and self.has_focus:
            return [Segment(text + " " * (room - cell_width(text)), self.pens.cursor)]
        if text != cell.whole:
            return [Segment(text + " " * (room - cell_width(text)), self.pens.plain)]
        pen = self.pens.strong + Style(underline=True) if cell.best else self.pens.plain
        return [
            Segment(cell.text, pen + Style(bold=True) if at else pen),
            Segment(cell.mark, self.pens.accent),
            Segment(cell.left, self.pens.muted),
            Segment(cell.failed, self.pens.error),
            Segment(" " * (room - cell_width(text)), self.pens.plain),
        ]


def _width(column: GridColumn) -> int:
    """The cells that a column takes."""
    texts = [*column.heads, *(cell.whole for cell in column.cells if cell is not None)]
    return max(6, *(cell_width(visible(text)) for text in texts))
