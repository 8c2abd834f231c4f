"""A line of labels that do something when they are clicked; each is an action with a key as well."""

from __future__ import annotations

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.message import Message

from noiser_tui.look.cells import cell_width
from noiser_tui.workbench.signs import told_in
from noiser_tui.workbench.widgets.drawn_pane import DrawnPane, Shown
from noiser_tui.workbench.widgets.mouse import LEFT

Label = tuple[list[tuple[str, Style]], str]
"""Text with styles, and the action it stands for, empty for none."""


class ActionRow(DrawnPane[Shown]):
    """Draws labels from left to right, as many as fit."""

    class Chosen(Message):
        """A label was clicked; `action` is what textual is to do."""

        def __init__(self, action: str) -> None:
            super().__init__()
            self.action = action

    def labels(self, width: int) -> list[Label]:
        """What to draw in `width` cells."""
        raise NotImplementedError

    def line(self, y: int, width: int) -> list[Segment]:
        """The row."""
        return [
            Segment(text, style) for _, _, parts, _ in self._placed(width) for text, style in parts
        ]

    def on_click(self, event: events.Click) -> None:
        """Do what the label under the mouse says."""
        if event.button == LEFT and (action := self.action_at(event.x)):
            self.post_message(self.Chosen(action))

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Say what stands under the mouse: its signs, else what a click there does."""
        placed = self._placed(self.size.width)
        under = next((one for one in placed if one[0] <= event.x < one[1]), None)
        hint = ""
        if under is not None:
            hint = told_in("".join(text for text, _ in under[2])) or self.hint_of(under[3])
        if hint != (self.tooltip or ""):
            self.tooltip = hint or None

    def hint_of(self, action: str) -> str:
        """What an action is, with its key; empty where it is none of the registry."""
        said = getattr(self.app, "said_of", None)
        return said(action.removeprefix("do('").removesuffix("')")) if said is not None else ""

    def action_at(self, x: int) -> str:
        """What the label in this cell stands for, empty where there is none."""
        placed = self._placed(self.size.width)
        return next((action for start, end, _, action in placed if start <= x < end), "")

    def _placed(self, width: int) -> list[tuple[int, int, list[tuple[str, Style]], str]]:
        placed, x = [], 0
        for parts, action in self.labels(width):
            cells = sum(cell_width(text) for text, _ in parts)
            if x + cells > width:
                break
            placed.append((x, x + cells, parts, action))
            x += cells
        return placed
