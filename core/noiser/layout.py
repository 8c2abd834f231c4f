"""Wrapping scored pieces of a prompt to a width in cells, for terminals and pictures."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from noiser.cells import cell_width, graphemes, visible
from noiser.prompt import Piece

TAB = 4
_RUNS = re.compile(r"(\r\n|\n|\r)|(\t)|([ \u00a0]+)|([^\s\u00a0]+)|(\s)")


class Fragment(NamedTuple):  # long prompts have many, and a tuple is made in a quarter of the time
    """Printable text of one piece on one row, from cell `x` on, `width` cells wide."""

    text: str
    piece: int
    x: int
    width: int


@dataclass(frozen=True)
class Row:
    """One row of the wrapped prompt."""

    fragments: tuple[Fragment, ...]


def lay_out(pieces: Sequence[Piece], width: int) -> list[Row]:
    """Wrap `pieces` to rows of at most `width` cells, between words where that is possible.

    Newlines show as ⏎ and break the row, tabs as → up to the next stop of four cells. Nothing is
    dropped but spaces at which a row is wrapped: every piece has at least one fragment.
    """
    return _Layout(max(2, width)).run(pieces)


class _Layout:
    """The row being filled, and the word that is not yet known to fit on it."""

    def __init__(self, width: int) -> None:
        self.width = width
        self.rows: list[Row] = []
        self.row: list[tuple[str, int, int, int]] = []
        self.x = 0
        self.word: list[tuple[str, int, int]] = []
        self.word_width = 0

    def run(self, pieces: Sequence[Piece]) -> list[Row]:
        """Place every piece and return the rows."""
        for index, piece in enumerate(pieces):
            for newline, tab, space, text, other in _RUNS.findall(piece.text):
                if text:
                    self._add_to_word(text, index)
                    continue
                self._end_word()
                if newline:
                    self._place("⏎", index, 1)
                    self._end_row()
                elif tab:
                    if self.x >= self.width:
                        self._end_row()
                    stop = min(TAB - self.x % TAB, self.width - self.x)
                    self._place("→" + " " * (stop - 1), index, stop)
                else:
                    for char in space or other:
                        if self.x >= self.width and piece.text.strip():
                            continue  # the space at which a row is wrapped would begin the next
                        shown, cells = _drawn(char)
                        self._place(shown, index, cells)
        self._end_word()
        if self.row or not self.rows:
            self._end_row()
        return self.rows

    def _add_to_word(self, text: str, piece: int) -> None:
        shown, cells = _drawn(text)
        self.word.append((shown, piece, cells))
        self.word_width += cells

    def _end_word(self) -> None:
        if not self.word:
            return
        if self.x and self.x + self.word_width > self.width:
            self._end_row()
        for text, piece, cells in self.word:
            if self.x + cells <= self.width:
                self._place(text, piece, cells)
                continue
            for grapheme, part in graphemes(text):
                self._place(grapheme, piece, part)
        self.word, self.word_width = [], 0

    def _place(self, text: str, piece: int, cells: int) -> None:
        if self.x + cells > self.width and self.x:
            self._end_row()
        if self.row and self.row[-1][1] == piece:
            before, _, x, width = self.row[-1]
            self.row[-1] = (before + text, piece, x, width + cells)
        else:
            self.row.append((text, piece, self.x, cells))
        self.x += cells

    def _end_row(self) -> None:
        self.rows.append(Row(tuple(map(Fragment._make, self.row))))
        self.row, self.x = [], 0


def _drawn(text: str) -> tuple[str, int]:
    """A text made visible and its cells; most texts are plain, and long prompts have many."""
    if text.isascii() and text.isprintable():
        return text, len(text)
    return visible(text), cell_width(text)
