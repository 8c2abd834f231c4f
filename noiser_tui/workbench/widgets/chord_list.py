"""What can follow the key that was pressed, for whoever does not know it by heart."""

from __future__ import annotations

from collections.abc import Mapping

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Size
from textual.timer import Timer

from noiser_tui.look.cells import cell_width, one_line
from noiser_tui.workbench.actions import ACTIONS
from noiser_tui.workbench.keymap import Rule, key_label
from noiser_tui.workbench.widgets.action_row import ActionRow
from noiser_tui.workbench.widgets.drawn_pane import DrawnPane
from noiser_tui.workbench.widgets.mouse import LEFT

PATIENCE = 0.4
"""Seconds before it opens: who knows the second key needs no list, and over a slow line it takes its time."""
WIDE, NARROW = 40, 26
"""Cells of a column at least: as long as the longest titles, or as there is room for where lines are few."""
AROUND = 3
"""Lines of the screen that it leaves alone or takes for its border."""

Entry = tuple[str, str, str]
"""Key as people write it, what it does, and that as textual is to do it."""


def _last(follow: tuple[str, Rule]) -> bool:
    """What is about the workbench itself stands last, all else in the registry's order."""
    return ACTIONS[follow[1].action].group == "commands"


class ChordList(DrawnPane[tuple[Entry, ...]]):
    """Second keys and what they do, in columns read downwards, over what stands above the status bar."""

    _opening: Timer | None = None

    def offer(self, following: Mapping[str, Rule]) -> None:
        """Show these in a moment; none closes it at once."""
        if self._opening is not None:
            self._opening.stop()
            self._opening = None
        entries = tuple(
            (key_label(second), rule.title, rule.done)
            for second, rule in sorted(following.items(), key=_last)
        )
        if not entries:
            self.display = False
            return
        first = next(iter(following.values())).first
        self.border_title = f"{key_label(first)}, and then"
        self.state = entries
        self._opening = self.set_timer(PATIENCE, self._open)

    def _open(self) -> None:
        self._opening = None
        self.display = True
        self.refresh(layout=True)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many lines as it takes, of another size of the terminal others."""
        return self._rows(width)

    def line(self, y: int, width: int) -> list[Segment]:
        """One line: an entry of each column."""
        rows, segments = self._rows(width), []
        cells = self._cells(width)
        strong = self.pens.primary + Style(bold=True)
        for key, title, _ in (self.state or ())[y::rows]:
            before = f" {key:<{self._longest}} "
            cut = one_line(title, cells - cell_width(before) - 1)
            rest = " " * (cells - cell_width(before) - cell_width(cut))
            segments += [Segment(before, strong), Segment(cut + rest, self.pens.plain)]
        return segments

    @property
    def _longest(self) -> int:
        return max(cell_width(key) for key, _, _ in self.state or ())

    def on_click(self, event: events.Click) -> None:
        """Do what was clicked."""
        at = event.get_content_offset(self)
        if event.button == LEFT and at is not None and (entry := self._at(at.x, at.y)):
            self.post_message(ActionRow.Chosen(entry[2]))

    def _at(self, x: int, y: int) -> Entry | None:
        width = self.size.width
        column = (self.state or ())[y :: self._rows(width)]
        nth = x // self._cells(width)
        return column[nth] if nth < len(column) else None

    def _rows(self, width: int) -> int:
        """Lines, in columns that are wide where the screen is high enough."""
        count, high = len(self.state or ()), self.app.size.height
        columns = max(1, width // WIDE)
        if -(-count // columns) > max(3, high * 2 // 3):
            columns = max(1, width // NARROW, -(-count // max(1, high - AROUND)))
        return max(1, -(-count // columns))

    def _cells(self, width: int) -> int:
        rows = self._rows(width)
        columns = -(-len(self.state or ()) // rows)
        return width // max(columns, 1)
