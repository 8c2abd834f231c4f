"""What all widgets share that draw their own lines from the state."""

from __future__ import annotations

from typing import Generic, TypeVar

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from noiser_tui.workbench.look import Pens

Shown = TypeVar("Shown")


def refresh_changed(
    widget: Widget, before: list[list[Segment]], now: list[list[Segment]]
) -> list[list[Segment]]:
    """Repaint the lines in which `now` differs from `before`, and return `now` for the next time."""
    if len(before) != len(now):
        widget.refresh()
        return now
    changed = [y for y, (old, new) in enumerate(zip(before, now, strict=True)) if old != new]
    if changed:
        widget.refresh(*(Region(0, y, widget.size.width, 1) for y in changed))
    return now


class DrawnPane(Widget, Generic[Shown]):
    """A widget that draws lines of what it is given to show."""

    def __init__(self, pens: Pens, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.pens = pens
        self.state: Shown | None = None
        self._drawn: list[list[Segment]] = []

    def show_state(self, state: Shown) -> None:
        """Draw another state: only the lines that it changes, each repaint is bytes on the line."""
        self.state = state
        self._drawn = refresh_changed(self, self._drawn, self._lines())

    def _lines(self) -> list[list[Segment]]:
        return [self.line(y, self.size.width) for y in range(self.size.height)]

    def set_pens(self, pens: Pens) -> None:
        """Draw in another theme."""
        self.pens = pens
        self.refresh()

    def line(self, y: int, width: int) -> list[Segment]:
        """The segments of one line."""
        raise NotImplementedError

    def background(self) -> Style:
        """What fills the rest of a line."""
        return self.pens.plain

    def render_line(self, y: int) -> Strip:
        """One line, filled up to the width."""
        width = self.size.width
        return Strip(self.line(y, width)).adjust_cell_length(width, self.background())
