"""What arrives here of the keys that are pressed, and which of those with an action did."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping

from rich.table import Table
from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.widgets import Static

from noiser.cells import visible
from noiser_tui.workbench.key_probe import note, written
from noiser_tui.workbench.screens.modal import Modal

SHOWN = 4
"""The last keys that stand there."""
_COLUMN = 16


class KeyTest(Modal[None]):
    """Shows each key with the name it arrives under, its action and a note; Esc twice leaves.

    `bound` maps keys, as textual names them, to the titles of their actions. The app's own bindings
    come first unless its `check_action` refuses them while this screen is open.
    """

    DEFAULT_CSS = """
    KeyTest { align: center middle; }
    KeyTest Vertical { width: 90%; max-width: 100; height: 90%; border: round $primary;
        background: $surface; padding: 0 1; }
    KeyTest #pressed { height: auto; max-height: 60%; min-height: 4; margin-bottom: 1; }
    KeyTest VerticalScroll { height: 1fr; scrollbar-size: 1 1; }
    """
    AUTO_FOCUS = None

    def __init__(self, bound: Mapping[str, str]) -> None:
        super().__init__(classes="-key-test")
        self._bound = bound
        self._last: deque[tuple[str, str]] = deque(maxlen=SHOWN)
        self._arrived: set[str] = set()

    def compose(self) -> ComposeResult:
        """The keys pressed, above those to try."""
        box = Vertical()
        box.border_title = "Press any keys"
        box.border_subtitle = "Esc twice closes"
        with box:
            yield Static(id="pressed")
            with VerticalScroll(can_focus=False):
                yield Static(id="bound")

    def on_mount(self) -> None:
        """Nothing was pressed yet."""
        self._show()

    def on_key(self, event: events.Key) -> None:
        """Take down any key, and let it do nothing else."""
        event.stop()
        event.prevent_default()
        twice = bool(self._last) and self._last[0][0] == event.key == "escape"
        if twice:
            self.finish(None)
            return
        self._last.appendleft((event.key, event.character or ""))
        self._arrived.update(event.aliases)
        self._show()

    def _show(self) -> None:
        self.query_one("#pressed", Static).update(self._pressed())
        self.query_one("#bound", Static).update(self._to_try())

    def _pressed(self) -> Table | Text:
        if not self._last:
            return Text("Each key is shown here as it arrives; one that shows nothing does not.")
        table = Table.grid(padding=(0, 2), expand=True)
        for ratio in (2, 3, 5):
            table.add_column(ratio=ratio)
        for row, (key, character) in enumerate(self._last):
            name = Text(written(key) if len(key) > 1 else key)
            if character.isprintable() and character != key and "+" not in key:
                name.append(f"  {visible(character)}")
            action = Text(self._bound.get(key, "no action"))
            table.add_row(name, action, Text(note(key)), style="bold" if row == 0 else "dim")
        return table

    def _to_try(self) -> Table:
        columns = max(1, (self.app.size.width * 9 // 10 - 4) // (_COLUMN + 2))
        table = Table.grid(padding=(0, 2))
        keys = [
            Text(f"{'✓' if key in self._arrived else '·'} {written(key)}") for key in self._bound
        ]
        for start in range(0, len(keys), columns):
            table.add_row(*keys[start : start + columns])
        return table
