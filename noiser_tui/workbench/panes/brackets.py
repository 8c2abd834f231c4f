"""Brackets of scales on an axis from nearly 0 to 1, logarithmic or linear, and its ruler."""

from __future__ import annotations

import math

from rich.segment import Segment
from rich.style import Style

from noiser.events import Bracket
from noiser_tui.look.cells import cell_width

LOWEST = 2.0**-10
"""The left end of the logarithmic axis: the finest step of the default grid; what lies below is there."""
_TICKS = {False: (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0), True: (0.0, 0.25, 0.5, 0.75, 1.0)}
_FEWER = {False: (0.001, 0.01, 0.1, 1.0), True: (0.0, 0.5, 1.0)}
_WIDE = 60
"""Cells from which on the ruler has all its ticks."""


def place(scale: float, width: int, *, linear: bool) -> int:
    """The cell of a scale, 0 to `width` - 1."""
    share = scale if linear else 1 - math.log(max(scale, LOWEST)) / math.log(LOWEST)
    return round(share * (width - 1))


def drawn(
    bracket: Bracket, width: int, style: Style, rail: Style, *, linear: bool
) -> list[Segment]:
    """A bracket between two pieces of rail."""
    low, high = (place(end, width, linear=linear) for end in (bracket.low, bracket.high))
    if high <= low:
        low, high = (low, low + 1) if low < width - 1 else (low - 1, low)
    inside = "━" * (high - low - 1)
    return [
        Segment("─" * low, rail),
        Segment("├" + inside + "┤", style),
        Segment("─" * (width - high - 1), rail),
    ]


def ruler(width: int, *, linear: bool) -> str:
    """Ticks with their scales, as wide as the brackets below; a scale stands right of its tick."""
    line = ""
    for tick in (_TICKS if width >= _WIDE else _FEWER)[linear]:
        label = f"│{tick:g}" if tick < 1 else "1│"
        at = place(tick, width, linear=linear) - (cell_width(label) - 1 if tick == 1 else 0)
        if at >= len(line) and (tick == 1 or at + cell_width(label) + 3 <= width):
            line += " " * (at - len(line)) + label
    return line
