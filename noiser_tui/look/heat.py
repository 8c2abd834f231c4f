"""The heat map: a prompt in which each piece is coloured by its importance."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Protocol

from rich.style import Style
from rich.text import Text

from noiser.explanation import Explanation
from noiser.prompt import Piece
from noiser_tui.look.depth import Depth
from noiser_tui.look.layout import Row, lay_out
from noiser_tui.look.terminal_text import pieces_for_terminal
from noiser_tui.look.themes import NEGATIVE, POSITIVE, Theme

BARS = " ▁▂▃▄▅▆▇█"
HANGING = " ▔▘▀▛"
GAP = "·"
_QUIET = 0.04
"""Below this share of the highest score a piece gets no colour, so that the eye finds the rest."""


def bucket(score: float | None, top: float) -> int:
    """The importance step of a score, -4 to 8, when `top` is the largest magnitude of the prompt."""
    if score is None or top <= 0 or abs(score) < _QUIET * top:
        return 0
    steps = POSITIVE if score > 0 else NEGATIVE
    step = min(steps, math.ceil(abs(score) / top * steps - 1e-9))
    return step if score > 0 else -step


def buckets(scores: Sequence[float | None]) -> list[int]:
    """The importance step of each score beside the largest magnitude among them."""
    top = max((abs(score) for score in scores if score is not None), default=0.0)
    return [bucket(score, top) for score in scores]


def bar(step: int) -> str:
    """One cell that shows an importance step without colour; below zero it hangs from the top,
    and more of the cell is full with every step."""
    return BARS[step] if step >= 0 else HANGING[-step]


UNFILLED: dict[Depth, Style] = {
    "none": Style(),  # where the ramp has underlines, too; the gaps in the bars tell
    **dict.fromkeys(("truecolor", "256", "16"), Style(underline=True)),
}
"""How text is drawn whose score may be 0: a fill is for what matters, and stripes read as tokens."""


def how_unsure(depth: Depth) -> str:
    """The same in one word, for a legend."""
    return "dotted" if depth == "none" else "underlined"


def unsure_pieces(explanation: Explanation) -> frozenset[int]:
    """The indexes of the pieces whose scores may well be 0."""
    return frozenset(
        index
        for index, (piece, _) in enumerate(explanation.pieces())
        if explanation.unsure(piece.positions)
    )


def heat_lines(explanation: Explanation, width: int, theme: Theme, depth: Depth) -> list[Text]:
    """The prompt wrapped to `width` cells and coloured; with bars beneath where colours are too few."""
    scored = explanation.pieces()
    steps = buckets([score for _, score in scored])
    pieces = [piece for piece, _ in scored]
    rows = lay_out(pieces_for_terminal(pieces), width)
    scaffold = scaffold_pieces(pieces, explanation.tokens)
    unsure = unsure_pieces(explanation)
    lines: list[Text] = []
    for row in rows:
        lines.append(heat_row(row, steps, scaffold, theme, depth, unsure))
        if depth in theme.glyphs and any(steps[f.piece] for f in row.fragments):
            lines.append(Text(glyph_row(row, steps, unsure)))
    return lines


def glyph_row(row: Row, steps: Sequence[int], unsure: frozenset[int] = frozenset()) -> str:
    """The bars that stand under a row, as wide as its fragments."""
    return "".join(
        bars(steps[f.piece], f.width, unsure=f.piece in unsure) for f in row.fragments
    ).rstrip()


def bars(step: int, width: int, *, unsure: bool) -> str:
    """The bars under so many cells; with gaps where the score may be 0."""
    one = bar(step)
    gap = GAP if unsure and step else one
    return "".join(one if cell % 2 else gap for cell in range(width))


def heat_row(
    row: Row,
    steps: Sequence[int],
    scaffold: frozenset[int],
    theme: Theme,
    depth: Depth,
    unsure: frozenset[int] = frozenset(),
) -> Text:
    """A row of the prompt, each piece in the colour of its step; `scaffold` ones dim without one.

    Those that are `unsure` have no fill.
    """
    text = Text(no_wrap=True, end="")
    for fragment in row.fragments:
        step = steps[fragment.piece]
        if fragment.piece in scaffold and not step:
            text.append(fragment.text, "dim")
        elif fragment.piece in unsure and step:
            text.append(fragment.text, UNFILLED[depth])
        else:
            text.append(fragment.text, theme.style(step, depth))
    return text


class _Token(Protocol):
    """A token that knows whether it stands around the contents."""

    @property
    def scaffold(self) -> bool: ...


def scaffold_pieces(pieces: Sequence[Piece], tokens: Sequence[_Token]) -> frozenset[int]:
    """The indexes of the pieces that special and template tokens make, which are drawn dimmed."""
    return frozenset(
        index
        for index, piece in enumerate(pieces)
        if piece.positions and all(tokens[i].scaffold for i in piece.positions)
    )
