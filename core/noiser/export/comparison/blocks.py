"""How the matrices of a comparison are laid out on a grid of cells, for terminals and pictures."""

from __future__ import annotations

from dataclasses import dataclass

from noiser.cells import cell_width
from noiser.comparison.result import Comparison, Matrix
from noiser.export.comparison import wording

CELL = 6
"""Cells of a number with the space before it."""
_BETWEEN = 4
_NARROWEST = 12
"""Cells that the names of the rows keep before both matrices beside each other."""


@dataclass(frozen=True)
class Block:
    """Some columns of a matrix under its title, from cell `x` on, after `width` cells of names.

    No names where they stand before the block to the left.
    """

    title: str
    matrix: Matrix
    columns: range
    x: int
    width: int


def blocks(comparison: Comparison, width: int) -> list[list[Block]]:
    """Both matrices beside each other where `width` cells take them, else one under the other.

    Blocks in one list stand beside each other. Where the width does not take all columns of one
    matrix, they go on in the next block.
    """
    longest = max(cell_width(name) for name in wording.names(comparison))
    count = len(comparison.rows)
    (first, left), (second, right) = wording.matrices(comparison)
    beside = width - count * CELL - _BETWEEN - max(count * CELL, cell_width(second))
    if beside >= min(longest, _NARROWEST):
        names = min(longest, beside)
        step = names + count * CELL + _BETWEEN
        return [
            [
                Block(first, left, range(count), 0, names),
                Block(second, right, range(count), step, 0),
            ]
        ]
    names = min(longest, width // 3)
    columns = max(1, (width - names) // CELL)
    return [
        [Block(title, matrix, range(first, min(count, first + columns)), 0, names)]
        for title, matrix in wording.matrices(comparison)
        for first in range(0, count, columns)
    ]
