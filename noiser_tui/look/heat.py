"""The heat map: a prompt in which each piece is coloured by its importance."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Protocol

from rich.text import Text

from noiser.explanation import Explanation
from noiser.prompt import Piece
from noiser_tui.look.depth import Depth
from noiser_tui.look.layout import Row, lay_out
from noiser_tui.look.terminal_text import pieces_for_terminal
from noiser_tui.look.themes import NEGATIVE, POSITIVE, Theme

BARS = " ▁▂▃▄▅▆▇█"
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
    """One cell that shows an importance step without colour; below zero it hangs from the top."""
    return BARS[step] if step >= 0 else "▔"


def heat_lines(explanation: Explanation, width: int, theme: Theme, depth: Depth) -> list[Text]:
    """The prompt wrapped to `width` cells and coloured; with bars beneath where colours are too few."""
    scored = explanation.pieces()
    steps = buckets([score for _, score in scored])
    pieces = [piece for piece, _ in scored]
    rows = lay_out(pieces_for_terminal(pieces), width)
    scaffold = scaffold_pieces(pieces, explanation.tokens)
    lines: list[Text] = []
    for row in rows:
        lines.append(heat_row(row, steps, scaffold, theme, depth))
        if depth in theme.glyphs and any(steps[f.piece] for f in row.fragments):
            lines.append(Text(glyph_row(row, steps)))
    return lines


def glyph_row(row: Row, steps: Sequence[int]) -> str:
    """The bars that stand under a row, as wide as its fragments."""
    return "".join(bar(steps[f.piece]) * f.width for f in row.fragments).rstrip()


def heat_row(
    row: Row, steps: Sequence[int], scaffold: frozenset[int], theme: Theme, depth: Depth
) -> Text:
    """A row of the prompt, each piece in the colour of its step; `scaffold` ones dim without one."""
    text = Text(no_wrap=True, end="")
    for fragment in row.fragments:
        style = theme.style(steps[fragment.piece], depth)
        if fragment.piece in scaffold and not steps[fragment.piece]:
            text.append(fragment.text, "dim")
        else:
            text.append(fragment.text, style)
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
