"""A few sentences about what the cursor stands on, wrapped."""

from __future__ import annotations

from rich.segment import Segment
from rich.style import Style

from noiser_tui.look.cells import visible
from noiser_tui.look.sentences import chop_words
from noiser_tui.workbench.widgets.drawn_pane import DrawnPane
from noiser_tui.workbench.widgets.row_list import Tone

Paragraphs = tuple[tuple[str, Tone], ...]
"""Sentences, each with how it is drawn."""


class Words(DrawnPane[Paragraphs]):
    """As many lines as there is room for; the last one ends in … where there are more."""

    def line(self, y: int, width: int) -> list[Segment]:
        """One line of a paragraph."""
        lines = [
            (line, tone)
            for text, tone in self.state or ()
            for line in chop_words(visible(text), max(8, width - 2))
        ]
        if y >= len(lines):
            return []
        text, tone = lines[y]
        if y == self.size.height - 1 and len(lines) > self.size.height:
            text = f"{text[: max(1, width - 3)]}…"
        style: Style = getattr(self.pens, tone)
        return [Segment(f" {text}", style)]
