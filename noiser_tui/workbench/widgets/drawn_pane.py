"""What all widgets share that draw their own lines from the state."""

from __future__ import annotations

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from noiser_tui.workbench.look import Pens
from noiser_tui.workbench.state import State


class DrawnPane(Widget):
    """A widget that draws lines of the state itself."""

    def __init__(self, pens: Pens, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.pens = pens
        self.state: State | None = None

    def show_state(self, state: State) -> None:
        """Draw another state."""
        self.state = state
        self.refresh()

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
