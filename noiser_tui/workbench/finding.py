"""Finding a token of the coloured text by what it says."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from noiser.export import wording
from noiser.prompt import Piece
from noiser_tui.look.cells import by_itself, one_line
from noiser_tui.workbench.screens.pick import Choice, Pick
from noiser_tui.workbench.views.explanation import ExplanationView

if TYPE_CHECKING:
    from noiser_tui.workbench.app import Workbench


def find_token(app: Workbench) -> None:
    """Choose one of the pieces in their order; the heat map's cursor goes there."""
    view = app.view
    if not isinstance(view, ExplanationView) or not view.scored:
        app.refuse("There is nothing to find yet: explain the prompt first (F5).")
        return

    def go(position: str | None) -> None:
        if position is not None and app.view is view:
            view.go_to(int(position))

    at = str(view.token) if view.token is not None else None
    app.push_screen(Pick("Find a token", piece_choices(view.scored), chosen=at), go)


def piece_choices(scored: Iterable[tuple[Piece, float | None]]) -> list[Choice]:
    """Each piece that has tokens: its text, the first one's position, its score."""
    return [
        Choice(
            str(piece.positions[0]),
            f"“{one_line(by_itself(piece.text), 40)}”",
            str(piece.positions[0]),
            "" if score is None else wording.raw(score),
        )
        for piece, score in scored
        if piece.positions
    ]
