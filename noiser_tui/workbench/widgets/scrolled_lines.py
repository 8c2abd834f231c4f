"""Lines to scroll through, drawn as they are given."""

from __future__ import annotations

from collections.abc import Sequence

from rich.segment import Segment
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from noiser_tui.workbench.look import Pens
from noiser_tui.workbench.widgets.drawn_pane import refresh_changed

Lines = Sequence[list[Segment]]


class ScrolledLines(ScrollView, can_focus=True):
    """Draws what `lines` makes of its width; only lines that changed are painted again.

    Where there are more than fit, the last `margin` cells say how many are above and below: a scroll bar
    is but a colour.
    """

    margin = 0

    def __init__(self, pens: Pens, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.pens = pens
        self._lines: Lines = []
        self._drawn: list[list[Segment]] = []

    def lines(self, width: int) -> Lines:
        """All lines, in so many cells."""
        raise NotImplementedError

    def make(self) -> None:
        """Draw again what is new; nothing before there is a size, which would be sent to be wrapped anew."""
        if not self.size.width:
            return
        room = self.scrollable_content_region
        if self.margin:  # as if there were no scroll bar: with it there may be more lines
            self._lines = self.lines(max(1, self.size.width))
        if not self.margin or len(self._lines) > room.height:
            self._lines = self.lines(max(1, room.width - self.margin))
        size = Size(room.width, len(self._lines))
        if size != self.virtual_size:
            self.virtual_size = size
        shown = range(self.scroll_offset.y, self.scroll_offset.y + self.size.height)
        self._drawn = refresh_changed(self, self._drawn, [self._line(y) for y in shown])

    def set_pens(self, pens: Pens) -> None:
        """Draw in another theme."""
        self.pens = pens
        self._drawn = []
        self.make()
        self.refresh()

    def on_mount(self) -> None:
        """Fit lines again when a scroll bar takes a column, or gives it back."""
        self.watch(self, "show_vertical_scrollbar", self._fit_again, init=False)

    def _fit_again(self) -> None:
        self.call_after_refresh(self.make)

    def on_resize(self) -> None:
        """Fit lines to the new width."""
        self.make()

    def render_line(self, y: int) -> Strip:
        """One line."""
        segments = self._line(y + self.scroll_offset.y)
        strip = Strip(segments).adjust_cell_length(self.size.width, self.pens.plain)
        more = self._more(y) if self.margin else ""
        if not more:
            return strip
        place = self.scrollable_content_region.width - self.margin
        sign = Segment(f"{more:>{self.margin}}", self.pens.accent)
        return Strip([*strip.crop(0, place), sign])

    def _more(self, y: int) -> str:
        """How many lines there are above the first that is shown, or below the last."""
        above = self.scroll_offset.y
        below = len(self._lines) - above - self.size.height
        if y == self.size.height - 1 and below > 0:
            return f"↓{below}"
        return f"↑{above}" if y == 0 and above > 0 else ""

    def _line(self, y: int) -> list[Segment]:
        return self._lines[y] if y < len(self._lines) else []
