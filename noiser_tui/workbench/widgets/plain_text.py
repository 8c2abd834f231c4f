"""Text that is shown and never obeyed, in textual's own editors."""

from __future__ import annotations

from rich.segment import Segment
from textual.strip import Strip
from textual.widgets import Input

from noiser_tui.look.cells import visible


def show_controls(strip: Strip) -> Strip:
    """The line with control characters as symbols: textual would send them to the terminal."""
    if all(visible(segment.text) == segment.text for segment in strip):
        return strip
    segments = [Segment(visible(text), style, control) for text, style, control in strip]
    return Strip(segments).adjust_cell_length(strip.cell_length)


class Line(Input):
    """One line to type in."""

    def render_line(self, y: int) -> Strip:
        """The line, nothing in it obeyed."""
        return show_controls(super().render_line(y))
