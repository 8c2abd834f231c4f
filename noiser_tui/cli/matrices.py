"""How far the rows of a comparison agree, as matrices of numbers coloured by size."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from noiser.comparison.result import Comparison, Matrix
from noiser.export.comparison import wording
from noiser_tui.cli.canvas import Canvas
from noiser_tui.look.cells import cell_width, one_line
from noiser_tui.look.heat import bucket

CELL = 6
"""Cells of a number with the space before it."""
_BETWEEN = 4
_NARROWEST = 12


def matrix_lines(comparison: Comparison, canvas: Canvas) -> list[Text]:
    """The matrices beside each other where the width takes them, else one under the other.

    Where it does not take all columns of one, the columns go on below.
    """
    names = wording.names(comparison)
    longest = max(cell_width(name) for name in names)
    count = len(names)
    both = wording.matrices(comparison)
    beside = (canvas.width - _BETWEEN) // 2 - count * CELL
    if beside >= min(longest, _NARROWEST):
        width = min(longest, beside)
        left, right = (_block(title, names, m, range(count), width, canvas) for title, m in both)
        full = width + count * CELL + _BETWEEN
        return [_beside(a, b, full) for a, b in zip(left, right, strict=True)]
    width = min(longest, canvas.width // 3)
    columns = max(1, (canvas.width - width) // CELL)
    lines: list[Text] = []
    for title, matrix in both:
        for first in range(0, count, columns):
            if lines:
                lines.append(Text())
            part = range(first, min(count, first + columns))
            lines += _block(title, names, matrix, part, width, canvas)
    return lines


def _block(
    title: str, names: Sequence[str], matrix: Matrix, columns: range, width: int, canvas: Canvas
) -> list[Text]:
    """Some columns of a matrix under its title, a line for each row."""
    head = "".join(f"{column + 1:>{CELL}}" for column in columns)
    lines = [Text(title, no_wrap=True), Text(" " * width + head, "dim", no_wrap=True)]
    for name, row in zip(names, matrix, strict=True):
        label = one_line(name, width)
        line = Text(label + " " * (width - cell_width(label)), no_wrap=True)
        for column in columns:
            value = row[column]
            style = canvas.theme.style(bucket(value, 1.0), canvas.depth)
            text = wording.share(value)
            line.append(" ")
            line.append(f"{text:>{CELL - 1}}", style)
        lines.append(line)
    return lines


def _beside(left: Text, right: Text, width: int) -> Text:
    return Text.assemble(left, " " * (width - cell_width(left.plain)), right, no_wrap=True)
