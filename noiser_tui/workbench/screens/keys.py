"""All keys on one screen."""

from __future__ import annotations

from typing import ClassVar

from rich.table import Table
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from noiser_tui.workbench.actions import ACTIONS
from noiser_tui.workbench.keymap import Keymap, key_label

OTHER = (
    ("Tab, Shift+Tab", "Prompt, coloured text, search", "Move between the parts"),
    ("Arrows, Home, End", "Walk over the tokens", "In the coloured text"),
    ("Ctrl+C twice", "Quit", "Where Ctrl+Q does not arrive"),
)


class Keys(ModalScreen[None]):
    """Every action with its keys, from the registry."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,f1,shift+f1,q", "close", "Close")]

    def __init__(self, keymap: Keymap) -> None:
        super().__init__()
        self._keymap = keymap

    def compose(self) -> ComposeResult:
        """The table."""
        box = VerticalScroll(id="keys")
        box.border_title = "Keys"
        box.border_subtitle = "Esc closes"
        with box:
            yield Static(self._table())

    def action_close(self) -> None:
        """Back to the workbench."""
        self.dismiss(None)

    def _table(self) -> Table:
        table = Table.grid(padding=(0, 2))
        for action in ACTIONS.values():
            keys = " or ".join(map(key_label, self._keymap.keys(action.id))) or "F1, then its name"
            table.add_row(keys, action.title, action.help)
        for row in OTHER:
            table.add_row(*row)
        return table
