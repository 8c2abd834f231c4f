"""All of the line under the cursor of a list of choices, below the list."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text
from textual.widgets import Static

from noiser_tui.look.cells import cell_width, visible
from noiser_tui.look.sentences import chop_words
from noiser_tui.workbench.screens.choice import Choice

WIDEST = 90
"""Columns of the box at most, as the stylesheet says."""
MOST = 2
"""Lines that it takes at most."""
_BORDER, _BAR = 4, 2


def room_in(width: int) -> int:
    """The cells of a line of the list: what the stylesheet leaves of the screen, without the scroll bar."""
    return min(width * 9 // 10, WIDEST) - _BORDER - _BAR


class Whole(Static):
    """As many lines as the longest of the choices takes, none where no line of the list is cut.

    `lead` is how many cells stand before a choice's name.
    """

    def __init__(self, choices: Sequence[Choice], lead: int) -> None:
        super().__init__(id="whole")
        self._choices = choices
        self._lead = lead

    def on_mount(self) -> None:
        """Take the room that is needed, so that the list stands still as one goes through it."""
        self.on_resize()

    def on_resize(self) -> None:
        """Another width cuts other lines."""
        lines = max((len(self._lines(one)) for one in self._choices), default=0)
        self.display = lines > 0
        self.styles.height = lines
        if self.parent is not None:
            self.parent.set_class(lines > 0, "-whole")

    def tell(self, choice: Choice | None) -> None:
        """Show this one, where its line is cut."""
        lines = self._lines(choice) if choice is not None else []
        self.update(Text("\n".join(lines), "dim", no_wrap=True))

    def _lines(self, choice: Choice) -> list[str]:
        room = room_in(self.app.size.width)
        name, what = visible(choice.name), visible(choice.what)
        keys = f"  {choice.keys}" if choice.keys else ""
        line = f"{name}  {what}{keys}" if what else f"{name}{keys}"
        if cell_width(line) + self._lead <= room:
            return []
        whole = f"{name}: {what}" if what else name
        lines = chop_words(whole, room)
        return lines if len(lines) <= MOST else [*lines[: MOST - 1], f"{lines[MOST - 1][:-1]}…"]
