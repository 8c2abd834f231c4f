"""The line below the prompt that says which response is asked about, and against which."""

from __future__ import annotations

from noiser_tui.look.cells import by_itself, cell_width, one_line
from noiser_tui.workbench.state import State
from noiser_tui.workbench.widgets.action_row import ActionRow, Label

FIRST, SECOND = " response ", " against "
_MARKS = 2
"""Cells of the quotes around a text."""


class ResponseLine(ActionRow[State]):
    """Not there while the prompt alone is asked about."""

    def show_state(self, state: State) -> None:
        """Show the response of another state."""
        if self.display != state.response.on:
            self.display = state.response.on
        super().show_state(state)

    def labels(self, width: int) -> list[Label]:
        """Both in the room there is, the first with what the second leaves."""
        if self.state is None:
            return []
        form = self.state.response
        room = width - cell_width(FIRST + SECOND) - 2 * _MARKS
        wanted = cell_width(_short(form.response, room))
        other = _short(form.against, max(room // 2, room - wanted)) if form.against else "none"
        first = _short(form.response, room - cell_width(other))
        muted, strong = self.pens.muted, self.pens.strong
        return [
            ([(FIRST, muted), (f"“{first}”", strong)], "do('response')"),
            (
                [(SECOND, muted), (f"“{other}”", strong) if form.against else (other, muted)],
                "do('against')",
            ),
        ]


def _short(text: str, room: int) -> str:
    return one_line(by_itself(text), max(1, room))
