"""A curve in a few cells: braille dots, or bars where a terminal may have no braille."""

from __future__ import annotations

from collections.abc import Sequence

from noiser_tui.look.heat import BARS

_DOTS = ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))
"""The bit of each dot of a braille cell: two columns of four, from the top."""


def braille(values: Sequence[float], height: int, low: float, high: float) -> list[str]:
    """Lines of `height` cells, from the top; two values to a cell, `low` at the foot, `high` at the head.

    Neighbouring dots of a steep curve are joined.
    """
    rows = 4 * height
    cells = [[0] * ((len(values) + 1) // 2) for _ in range(height)]
    before: int | None = None
    for x, value in enumerate(values):
        y = rows - 1 - round(_share(value, low, high) * (rows - 1))
        first = y if before is None else before + (y > before) - (y < before)
        for at in range(min(first, y), max(first, y) + 1):
            cells[at // 4][x // 2] |= _DOTS[x % 2][at % 4]
        before = y
    return ["".join(chr(0x2800 + bits) for bits in row) for row in cells]


def blocks(values: Sequence[float], height: int, low: float, high: float) -> list[str]:
    """Lines of `height` cells, from the top; a bar for each value."""
    full = len(BARS) - 1
    filled = [round(_share(value, low, high) * height * full) for value in values]
    return [
        "".join(BARS[min(full, max(0, bar - full * below))] for bar in filled)
        for below in reversed(range(height))
    ]


def _share(value: float, low: float, high: float) -> float:
    return min(1.0, max(0.0, (value - low) / (high - low)))
