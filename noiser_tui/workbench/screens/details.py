"""The card of a token over the whole screen, for terminals where it has no place beside the text."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen

from noiser_tui.workbench.look import Pens
from noiser_tui.workbench.state import State
from noiser_tui.workbench.widgets.card import LARGEST, Card, card_lines

MOST = 14 + LARGEST
"""Lines of the longest card."""


class Details(ModalScreen[None]):
    """One token's card; it follows the page until it is closed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter,q", "dismiss", "Close", show=False)
    ]

    def __init__(self, pens: Pens, state: State, positions: tuple[int, ...]) -> None:
        super().__init__()
        self._pens, self._state, self._positions = pens, state, positions

    def compose(self) -> ComposeResult:
        """The card, to be scrolled where it is longer than the screen."""
        box = VerticalScroll(id="details")
        box.border_title = "Token"
        box.border_subtitle = "Esc closes"
        with box:
            card = Card(self._pens)
            card.point_at(self._positions)
            yield card

    def on_mount(self) -> None:
        """Show what is known."""
        self.call_after_refresh(self._show_again)

    def on_resize(self) -> None:
        """Give the card the lines that it takes at this width."""
        self.call_after_refresh(self._show_again)

    def _show_again(self) -> None:
        self.show_state(self._state)

    def show_state(self, state: State) -> None:
        """Show the page as it is now: its curve comes a moment later."""
        self._state = state
        for card in self.query(Card):
            width = card.size.width
            lines = len(card_lines(state, self._positions, self._pens, width, MOST))
            card.styles.height = max(1, lines)
            card.show_state(state)
