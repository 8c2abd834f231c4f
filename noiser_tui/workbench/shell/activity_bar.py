"""The bar at the left edge: one letter for each view of the side bar, and the settings."""

from __future__ import annotations

from rich.segment import Segment
from textual import events
from textual.message import Message

from noiser_tui.workbench.desk import SIDES, Desk
from noiser_tui.workbench.widgets.drawn_pane import DrawnPane
from noiser_tui.workbench.widgets.mouse import LEFT

LETTERS = dict(zip(SIDES, "ERMTCS", strict=True))
"""Explorer, Runs, Models, meThods, Compare, Studies: with Alt their keys."""
SETTINGS = "settings"
NAMED = 8
"""Cells from which on there are names beside the letters."""


class ActivityBar(DrawnPane[Desk]):
    """Which view of the side bar is open, and where the others are."""

    class Chosen(Message):
        """An entry was clicked; `activity` is a view of the side bar, or the settings."""

        def __init__(self, activity: str) -> None:
            super().__init__()
            self.activity = activity

    def line(self, y: int, width: int) -> list[Segment]:
        """A letter on every second line, the settings on the last."""
        entry = self._at(y)
        if entry is None or self.state is None:
            return []
        is_open = entry == self.state.side and self.state.side_open
        is_open |= entry == SETTINGS and self.state.active.kind == SETTINGS
        style = self.pens.accent if is_open else self.pens.muted
        letter = "⚙" if entry == SETTINGS else LETTERS[entry]
        name = f" {entry.title()}" if width >= NAMED else ""
        return [Segment(f"{'▌' if is_open else ' '}{letter}{name}", style)]

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Say which view the letter under the mouse opens, and its key."""
        entry = self._at(event.y)
        shown = {None: "", SETTINGS: SETTINGS}.get(entry, f"show_{entry}")
        said = getattr(self.app, "said_of", None)
        hint = said(shown) if said is not None else ""
        if hint != (self.tooltip or ""):
            self.tooltip = hint or None

    def on_click(self, event: events.Click) -> None:
        """Open the view under the mouse."""
        if event.button == LEFT and (entry := self._at(event.y)) is not None:
            self.post_message(self.Chosen(entry))

    def _at(self, y: int) -> str | None:
        step = 2 if self.size.height >= 2 * len(SIDES) + 1 else 1
        if y == self.size.height - 1:
            return SETTINGS
        index, between = divmod(y, step)
        return SIDES[index] if not between and index < len(SIDES) else None
