"""Text that is shown and never obeyed, in textual's own editors."""

from __future__ import annotations

from collections.abc import Iterable

from rich.segment import Segment
from textual import events
from textual.binding import Binding, BindingType
from textual.strip import Strip
from textual.widgets import Input

from noiser_tui.look.cells import visible
from noiser_tui.look.terminal_text import for_terminal


def show_controls(strip: Strip) -> Strip:
    """The line with control characters as symbols: textual would send them to the terminal."""
    shown = [for_terminal(visible(segment.text)) for segment in strip]
    if all(text == segment.text for text, segment in zip(shown, strip, strict=True)):
        return strip
    segments = [
        Segment(text, segment.style, segment.control)
        for text, segment in zip(shown, strip, strict=True)
    ]
    return Strip(segments).adjust_cell_length(strip.cell_length)


def by_key(bindings: Iterable[BindingType]) -> dict[str, str]:
    """What each key of a widget's bindings does."""
    return {
        key: one.action
        for one in bindings
        if isinstance(one, Binding)
        for key in one.key.split(",")
    }


_EDITS = {
    key: action
    for key, action in by_key(Input.BINDINGS).items()
    if action.startswith(("delete_", "cursor_", "home", "end"))
} | {
    "ctrl+a": "select_all",
    "ctrl+home": "home",
    "ctrl+end": "end",
    "ctrl+shift+home": "home(True)",
    "ctrl+shift+end": "end(True)",
    "ctrl+backspace": "delete_left_word",
    "alt+backspace": "delete_left_word",
    "ctrl+delete": "delete_right_word",
}
"""The keys that change or walk the line, to what they do in VS Code where that is not what textual does."""


class Line(Input):
    """One line to type in."""

    async def on_key(self, event: events.Key) -> None:
        """Edit at once: a letter typed right behind Backspace is taken here, and must not overtake it."""
        if (edit := _EDITS.get(event.key)) is not None:
            event.stop()
            event.prevent_default()
            await self.run_action(edit)
        elif event.key.startswith("alt+"):  # textual types the letter that Alt came with
            event.prevent_default()

    def render_line(self, y: int) -> Strip:
        """The line, nothing in it obeyed."""
        return show_controls(super().render_line(y))
