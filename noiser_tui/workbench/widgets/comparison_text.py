"""A text with a line of fills, or bars, for each row of a comparison under each of its lines."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Offset, Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from noiser.export.comparison import wording
from noiser.prompt import Piece
from noiser_tui.look.cells import cell_width, one_line, visible
from noiser_tui.look.heat import bars, buckets
from noiser_tui.look.layout import Row, lay_out
from noiser_tui.look.matrices import matrix_lines
from noiser_tui.look.sentences import chop_words
from noiser_tui.look.terminal_text import pieces_for_terminal
from noiser_tui.workbench.comparison_page import ComparisonPage
from noiser_tui.workbench.look import Pens
from noiser_tui.workbench.ways import options_in_words, ways_of
from noiser_tui.workbench.widgets.mouse import LEFT

_WORDS = re.compile(r"\s*\S+|\s+$")
_GAP = 1


@dataclass(frozen=True)
class Place:
    """Where the cursor is: a row of the comparison and a segment of the text."""

    row: int = 0
    segment: int = 0


TAU = "τ of two rankings: 1 the same order, 0 no more than chance, −1 the reverse."
"""Said above the matrices."""


class ComparisonText(ScrollView, can_focus=True):
    """The text, once; its fills, row by row; under all that how far the rows agree."""

    FOCUS_ON_CLICK = False  # `on_mouse_down` does it

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "step(-1)", "Segment before", show=False),
        Binding("right", "step(1)", "Segment after", show=False),
        Binding("up", "row(-1)", "Row above", show=False),
        Binding("down", "row(1)", "Row below", show=False),
        Binding("home", "edge(0)", "First segment", show=False),
        Binding("end", "edge(-1)", "Last segment", show=False),
        Binding("enter", "choose", "Open the row", show=False),
    ]

    class Pointed(Message):
        """The cursor stands elsewhere."""

        def __init__(self, place: Place) -> None:
            super().__init__()
            self.place = place

    class Chosen(Message):
        """A row is to be opened."""

        def __init__(self, row: int) -> None:
            super().__init__()
            self.row = row

    def __init__(self, pens: Pens, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.pens = pens
        self.place = Place()
        self._page: ComparisonPage | None = None
        self._lines: list[Row] = []
        self._line_of: dict[int, int] = {}
        self._steps: list[list[int] | None] = []
        self._foot: list[list[Segment]] = []
        self._width = 0
        self._again: Offset | None = None

    def show_page(self, page: ComparisonPage) -> None:
        """Show the rows that are there; the cursor stays on its place in the text."""
        before, self._page = self._page, page
        if before is not None and before.laid.segments != page.laid.segments:
            self.place = _moved(self.place, before, page)
        if before is None or before.slots != page.slots or before.comparison is not page.comparison:
            self._lay_out()
        elif (before.running, before.doing) != (page.running, page.doing):
            self.refresh()

    def set_pens(self, pens: Pens) -> None:
        """Draw in another theme."""
        self.pens = pens
        self._lay_out()

    def on_mount(self) -> None:
        """Wrap again when a scroll bar takes a column, or gives it back."""
        self.watch(self, "show_vertical_scrollbar", self._fit_again, init=False)

    def _fit_again(self) -> None:
        self.call_after_refresh(self.on_resize)

    def on_resize(self) -> None:
        """Wrap to the new width."""
        if self.scrollable_content_region.width != self._width:
            self._lay_out()

    def _lay_out(self) -> None:
        page = self._page
        self._width = self.scrollable_content_region.width
        if page is None or not self._width:
            return
        laid = page.laid
        pieces = [Piece(one.text, (i,)) for i, one in enumerate(laid.segments)]
        unread = [Piece(word, ()) for word in _WORDS.findall(page.text)]
        shown = pieces_for_terminal(pieces or unread)
        self._lines = lay_out(shown, max(4, self._width - self._names - _GAP))
        self._line_of = {
            fragment.piece: number
            for number in reversed(range(len(self._lines)))
            for fragment in self._lines[number].fragments
        }
        self._steps = [None if row is None else buckets(row) for row in laid.scores]
        self._foot = self._below(page)
        self.virtual_size = Size(self._width, len(self._lines) * self._height + len(self._foot))
        self.refresh()

    @property
    def _names(self) -> int:
        """Cells of the column that names the rows; the text keeps two thirds."""
        assert self._page is not None
        longest = max((cell_width(name) for name in self._row_names()), default=0)
        return min(longest + 1, max(10, self._width // 3))

    @property
    def _height(self) -> int:
        """Lines of one line of the text: itself, a line for each row, an empty one."""
        return len(self._steps) + 2

    def _row_names(self) -> list[str]:
        assert self._page is not None
        width = len(str(len(self._page.slots)))
        return [f"{i:>{width}} {visible(one.label)}" for i, one in enumerate(self._page.slots, 1)]

    def _below(self, page: ComparisonPage) -> list[list[Segment]]:
        """The matrices, what failed, what was spent, what to know."""
        found, plain = page.comparison, self.pens.plain
        if found is None:
            return []
        width = self._width - 2
        matrices = [] if len(found.explained) < 2 else self._matrices(page, width)
        told = [(f"✗ {line}", self.pens.error) for line in wording.failures(found)]
        told += [(wording.found(found), plain), (wording.settings(found), self.pens.muted)]
        if used := options_in_words(ways_of(found).own):
            told.append((f"Options: {used}", self.pens.muted))
        told += [(f"⚠ {line}", self.pens.warning) for line in wording.warnings(found)]
        sentences = [
            [Segment(f" {line}", style)]
            for text, style in told
            for line in chop_words(visible(text), max(10, width))
        ]
        return [*matrices, *sentences]

    def _matrices(self, page: ComparisonPage, width: int) -> list[list[Segment]]:
        assert page.comparison is not None
        theme, depth = self.pens.theme, self.pens.depth
        lines = matrix_lines(page.comparison, max(20, width), theme, depth)
        told = [Text(line, self.pens.muted) for line in chop_words(TAU, max(20, width))]
        return [self._segments(line) for line in [*told, *lines, Text()]]

    def _segments(self, text: Text) -> list[Segment]:
        text.end = ""
        drawn = Segment.apply_style(text.render(self.app.console), self.pens.plain)
        return [Segment(" ", self.pens.plain), *drawn]

    def render_line(self, y: int) -> Strip:
        """A line of the text, of a row's bars, or of what stands under them."""
        width, blank = self.size.width, self.pens.plain
        return Strip(self._line(y + self.scroll_offset.y)).adjust_cell_length(width, blank)

    def _line(self, y: int) -> list[Segment]:
        if self._page is None:
            return []
        number, inside = divmod(y, self._height)
        if number >= len(self._lines):
            y -= len(self._lines) * self._height
            return self._foot[y] if 0 <= y < len(self._foot) else []
        if inside == 0:
            return self._text(self._lines[number])
        if inside > len(self._steps):
            return []
        return self._bars(self._lines[number], inside - 1, number)

    def _text(self, row: Row) -> list[Segment]:
        lead = Segment(" " * (self._names + _GAP), self.pens.plain)
        marked = self.pens.strong + Style(underline=True)
        here = self.place.segment if self._page is not None and self._page.laid.segments else -1
        texts = [
            Segment(f.text, marked if f.piece == here else self.pens.plain) for f in row.fragments
        ]
        return [lead, *texts]

    def _bars(self, line: Row, row: int, number: int) -> list[Segment]:
        pens, steps = self.pens, self._steps[row]
        on_row = row == self.place.row
        sign = "›" if on_row and self._line_of.get(self.place.segment) == number else " "
        name = one_line(self._row_names()[row], self._names - 1)
        gap = " " * (self._names - 1 - cell_width(name) + _GAP)
        lead = Segment(f"{sign}{name}{gap}", pens.strong if on_row else pens.muted)
        if steps is None:
            return [lead, *([] if number else self._missing(row))]
        return [lead, *(self._bar(f.piece, f.width, row, steps) for f in line.fragments)]

    def _bar(self, segment: int, width: int, row: int, steps: list[int]) -> Segment:
        """Filled in the colour of its importance; a bar as high where colours are too few."""
        step, pens = steps[segment], self.pens
        style = pens.primary if pens.glyphs else pens.importance(step)
        if (row, segment) == (self.place.row, self.place.segment):
            style = pens.cursor if self.has_focus else style + Style(underline=True)
        text = bars(step, width, unsure=False) if pens.glyphs else " " * width
        return Segment(text, style)

    def _missing(self, row: int) -> list[Segment]:
        page = self._page
        assert page is not None
        slot = page.slots[row]
        if slot.row is not None:
            return [Segment(one_line(wording.missing(slot.row), self._width // 2), self.pens.error)]
        if row == page.running:
            return [Segment(f"▸ {page.doing or 'begins'}", self.pens.accent)]
        return [Segment("waits" if page.run_job else "not made", self.pens.muted)]

    def on_focus(self) -> None:
        """Show the cursor, and say what is under it."""
        self.refresh()
        self.post_message(self.Pointed(self.place))

    def on_blur(self) -> None:
        """Leave it underlined."""
        self.refresh()

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Put the cursor under the mouse, then take the keys; a name is of the first segment beside it."""
        if event.button != LEFT:
            return
        place, named = self._under(event)
        chosen = named or (place == self.place and self.has_focus)
        self._again = event.screen_offset if chosen else None
        if place is not None and place != self.place:
            self.point_at(place)
        self.screen.set_focus(self, scroll_visible=False)

    def on_click(self, event: events.Click) -> None:
        """Open the row whose name was pressed, or on which the cursor was seen before."""
        if event.button == LEFT and self._again == event.screen_offset:
            self.action_choose()

    def _under(self, event: events.MouseEvent) -> tuple[Place | None, bool]:
        """Where the mouse is, and whether that is a row's name."""
        number, inside = divmod(event.y + self.scroll_offset.y, self._height)
        if number >= len(self._lines) or inside > len(self._steps):
            return None, False
        row = self.place.row if inside == 0 else inside - 1
        x, fragments = event.x - self._names - _GAP, self._lines[number].fragments
        if x < 0 and inside and fragments:
            return Place(row, fragments[0].piece), True
        found = (one for one in fragments if one.x <= x < one.x + one.width)
        segment = next((one.piece for one in found), None)
        return (Place(row, segment) if segment is not None else None), False

    def point_at(self, place: Place) -> None:
        """Put the cursor there and show it."""
        self.place = place
        top = self._line_of.get(place.segment, 0) * self._height
        first = top if place.row < self.size.height - 1 else top + place.row + 1
        self.scroll_to_region(
            Region(0, first, 1, top + place.row + 2 - first), animate=False, immediate=True
        )
        self.refresh()
        self.post_message(self.Pointed(place))

    def action_step(self, by: int) -> None:
        """Move over the segments."""
        segment = self.place.segment + by
        if self._page is not None and 0 <= segment < len(self._page.laid.segments):
            self.point_at(Place(self.place.row, segment))

    def action_row(self, by: int) -> None:
        """Move over the rows, at the last one to the next line of the text, then to what stands below."""
        row = self.place.row + by
        if 0 <= row < len(self._steps):
            self.point_at(Place(row, self.place.segment))
            return
        number = self._line_of.get(self.place.segment, 0) + by
        if not (0 <= number < len(self._lines) and self._page and self._page.laid.segments):
            self.scroll_relative(y=by, animate=False)
            return
        x = self._x_of(self.place.segment)
        nearest = min(self._lines[number].fragments, key=lambda f: abs(f.x - x))
        self.point_at(Place(0 if by > 0 else len(self._steps) - 1, nearest.piece))

    def action_edge(self, which: int) -> None:
        """Move to the first or the last segment."""
        if self._page is not None and self._page.laid.segments:
            last = len(self._page.laid.segments) - 1
            self.point_at(Place(self.place.row, 0 if which == 0 else last))

    def action_choose(self) -> None:
        """Open the row under the cursor."""
        self.post_message(self.Chosen(self.place.row))

    def _x_of(self, segment: int) -> int:
        line = self._lines[self._line_of.get(segment, 0)]
        return next((f.x for f in line.fragments if f.piece == segment), 0)


def _moved(place: Place, before: ComparisonPage, now: ComparisonPage) -> Place:
    """The same place of the text in segments that are cut otherwise."""
    old, new = before.laid.segments, now.laid.segments
    start = old[place.segment].start if place.segment < len(old) else 0
    at = max((one.start for one in new if one.start <= start), default=0)
    segment = next((i for i, one in enumerate(new) if one.start == at), 0)
    return Place(min(place.row, len(now.slots) - 1), segment)
