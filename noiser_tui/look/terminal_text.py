"""Emoji as this terminal counts them, so that no cell after them is off."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace

from noiser.prompt import Piece

# tmux 3.3a gives a variation selector no cell of its own and does not widen the sign before it, and
# draws a skin tone as a square of two cells; rich, as newer terminals, counts both into the emoji.
_TMUX = {
    0xFE0F: None,
    0x1F3FB: "⬜",
    0x1F3FC: "🟨",
    0x1F3FD: "🟧",
    0x1F3FE: "🟫",
    0x1F3FF: "⬛",
}


def for_terminal(text: str, environ: Mapping[str, str] = os.environ) -> str:
    """`text` with what tmux and screen count differently put as they show it."""
    return text.translate(_TMUX) if _counts_differently(environ) else text


def pieces_for_terminal(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces as this terminal counts their cells."""
    if not _counts_differently(os.environ):
        return list(pieces)
    return [
        piece if piece.text.isascii() else replace(piece, text=piece.text.translate(_TMUX))
        for piece in pieces
    ]


def _counts_differently(environ: Mapping[str, str]) -> bool:
    return "TMUX" in environ or environ.get("TERM", "").startswith(("tmux", "screen"))
