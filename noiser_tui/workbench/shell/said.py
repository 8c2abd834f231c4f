"""What the workbench has to say about the document on top: an error, or the answer to a question."""

from __future__ import annotations

from rich.segment import Segment
from textual.widget import Widget

from noiser_tui.look.cells import visible
from noiser_tui.look.sentences import chop_words
from noiser_tui.workbench.desk import Desk
from noiser_tui.workbench.keyed import spoken
from noiser_tui.workbench.widgets.drawn_pane import DrawnPane

MOST = 4
"""Lines that it takes at most; the whole sentence is in Output as well."""


class Said(DrawnPane[Desk]):
    """As many lines as the sentence takes, none where there is nothing to say."""

    def show_state(self, state: Desk) -> None:
        """Show another desk's sentence."""
        self.state = state
        lines = len(self._wrapped(self.parent_width))
        self.styles.display = "block" if lines else "none"
        self.styles.height = lines
        super().show_state(state)

    @property
    def parent_width(self) -> int:
        """The cells there are: its own width is not known while it is not displayed."""
        parent = self.parent
        return parent.size.width if isinstance(parent, Widget) else 80

    def line(self, y: int, width: int) -> list[Segment]:
        """One line of it."""
        lines = self._wrapped(width)
        if self.state is None or y >= len(lines):
            return []
        style = self.pens.error if self.state.active.page.error else self.pens.accent
        return [Segment(f" {lines[y]}", style)]

    def _wrapped(self, width: int) -> list[str]:
        if self.state is None:
            return []
        page = self.state.active.page
        sentence = page.error or page.note
        if not sentence:
            return []
        lines = chop_words(visible(spoken(self, sentence)), max(10, width - 2))
        return lines if len(lines) <= MOST else [*lines[: MOST - 1], f"{lines[MOST - 1][:-1]}…"]
