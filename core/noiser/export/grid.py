"""Laying a prompt out on a grid of cells, for pictures whose text no program will wrap again."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from noiser.export import wording
from noiser.prompt import Piece

TAB = 4


@dataclass(frozen=True)
class Placed:
    """Characters of one piece at one place: cells from (`x`, `row`) on, `width` of them."""

    text: str
    piece: int
    x: int
    row: int
    width: int


@dataclass(frozen=True)
class _Glyph:
    """What is drawn together: a letter with its marks, an emoji of several characters."""

    text: str
    piece: int
    width: int

    @property
    def breaks(self) -> bool:
        return self.text == "⏎"

    @property
    def is_space(self) -> bool:
        return self.text.isspace() or self.breaks


def place(pieces: Sequence[Piece], width: int) -> list[Placed]:
    """Wrap the pieces to `width` cells, between words where that is possible; nothing is dropped."""
    placed: list[Placed] = []
    x = row = 0
    words = itertools.groupby(_glyphs(pieces), key=lambda glyph: glyph.is_space)
    for is_space, group in words:
        word = list(group)
        if not is_space and x and x + sum(glyph.width for glyph in word) > width:
            x, row = 0, row + 1
        for glyph in word:
            if x + glyph.width > width:
                x, row = 0, row + 1
            _add(placed, Placed(glyph.text, glyph.piece, x, row, glyph.width))
            x += glyph.width
            if glyph.breaks:
                x, row = 0, row + 1
    return placed


def cells(text: str) -> int:
    """How many cells `text` is wide."""
    from rich.cells import cell_len  # here: whoever imports the engine needs no rich

    return cell_len(text)


def _add(placed: list[Placed], new: Placed) -> None:
    last = placed[-1] if placed else None
    if last is not None and (last.piece, last.row) == (new.piece, new.row):
        placed[-1] = Placed(
            last.text + new.text, last.piece, last.x, last.row, last.width + new.width
        )
    else:
        placed.append(new)


def _glyphs(pieces: Sequence[Piece]) -> Iterator[_Glyph]:
    from rich.cells import split_graphemes

    for index, piece in enumerate(pieces):
        text = wording.legible(piece.text.replace("\r\n", "\n").replace("\n", "⏎"))
        text = text.replace("\t", "→" + " " * (TAB - 1))
        for start, end, width in split_graphemes(text)[0]:
            yield _Glyph(text[start:end], index, max(1, width))
