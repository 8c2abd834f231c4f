"""What all places share in which text of several lines is typed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.strip import Strip
from textual.widgets import TextArea

from noiser_tui.workbench.widgets.plain_text import by_key, show_controls

OTHERS = frozenset({"f6", "f7", "ctrl+a"})
"""Keys that textual's own gives to what they do not do in VS Code.

F6 and F7 choose the target here, and must not fall through to a text while a list is closing: the next
letter would replace all of it.
"""


def _own() -> Iterator[Binding]:
    for binding in TextArea.BINDINGS:
        if isinstance(binding, Binding):
            keys = [key for key in binding.key.split(",") if key not in OTHERS]
            if keys:
                yield replace(binding, key=",".join(keys))


class TextBox(TextArea, inherit_bindings=False):
    """A text area with VS Code's keys, which shows what control characters there are and obeys none."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *_own(),
        Binding("ctrl+a", "select_all", "Select all", show=False),
        Binding("ctrl+home", "cursor_text_start", "Begin of the text", show=False),
        Binding("ctrl+end", "cursor_text_end", "End of the text", show=False),
        Binding("ctrl+shift+home", "cursor_text_start(True)", "Select to the begin", show=False),
        Binding("ctrl+shift+end", "cursor_text_end(True)", "Select to the end", show=False),
        Binding("ctrl+delete", "delete_word_right", "Delete to the word's end", show=False),
    ]

    async def on_key(self, event: events.Key) -> None:
        """Do its own keys in their turn: by way of the app they come after letters typed right behind."""
        action = _ACTIONS.get(event.key)
        if action is not None and await self.app.run_action(action, self):
            event.stop()
            event.prevent_default()

    def action_cursor_text_start(self, select: bool = False) -> None:
        """Go to the begin of the text."""
        self.move_cursor((0, 0), select=select)

    def action_cursor_text_end(self, select: bool = False) -> None:
        """Go to the end of the text."""
        self.move_cursor(self.document.end, select=select)

    def render_line(self, y: int) -> Strip:
        """The line, nothing in it obeyed."""
        return show_controls(super().render_line(y))


_ACTIONS = by_key(TextBox.BINDINGS)
