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
    """Draws what `lines` makes of its width; only lines that changed are painted again."""

    def __init__(self, pens: Pens, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.pens = pens
        self._lines: Lines = []
        self._drawn: list[list[Segment]] = []

    def lines(self, width: int) -> Lines:
        """All lines, in so many cells."""
        raise NotImplementedError

    def make(self) -> None:
        """Draw again what is new."""
        self._lines = self.lines(max(1, self.scrollable_content_region.width))
        size = Size(self.scrollable_content_region.width, len(self._lines))
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
        return Strip(segments).adjust_cell_length(self.size.width, self.pens.plain)

    def _line(self, y: int) -> list[Segment]:
        return self._lines[y] if y < len(self._lines) else []
