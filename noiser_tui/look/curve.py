"""A curve over a logarithmic axis, drawn in cells: braille dots, or bars where glyphs are few."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Part = Literal["curve", "band", "mark", "axis"]
Line = list[tuple[str, Part]]
"""Text of one line with what each part of it is."""

_DOTS = ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))
"""The bits of a braille cell by its two columns, from the top."""
_BARS = " ▁▂▃▄▅▆▇█"
_BAND = "░"
MARK = "┆"


@dataclass(frozen=True)
class Plot:
    """What is drawn: `ys` at the increasing `xs` > 0, ends of an interval of each, a marked x."""

    xs: Sequence[float]
    ys: Sequence[float]
    intervals: Sequence[tuple[float, float]] | None = None
    mark: float | None = None

    @property
    def ends(self) -> tuple[float, float]:
        """The lowest and the highest value of the axis: 0 is on it."""
        highs = [high for _, high in self.intervals or ()]
        lows = [low for low, _ in self.intervals or ()]
        top = max(*self.ys, 0.0)
        bottom = min(*self.ys, 0.0)
        # a probability's interval may reach beyond 0 and 1 by its construction: the axis does not
        if bottom < 0.0 or top > 1.0:
            top, bottom = max([top, *highs]), min([bottom, *lows])
        return (bottom, top) if top > bottom else (bottom, bottom + 1.0)


def curve_lines(plot: Plot, width: int, height: int, *, glyphs: bool = False) -> list[Line]:
    """The plot in `height` lines of `width` cells, without axes; `glyphs` draws bars, not dots."""
    columns = width if glyphs else 2 * width
    means = _at_columns(plot, plot.ys, columns)
    mark = None if plot.mark is None else column_of(plot, plot.mark, width)
    if glyphs:
        return _bars(_rows(means, plot, 8 * height), height, mark)
    dots = _rows(means, plot, 4 * height - 1)
    band: list[tuple[int, int]] = []
    if plot.intervals is not None:
        for which in (0, 1):
            ends = _at_columns(plot, [one[which] for one in plot.intervals], width)
            band.append(tuple(row // 4 for row in _rows(ends, plot, 4 * height - 1)))  # type: ignore[arg-type]
    return _dotted(dots, band, width, height, mark)


def column_of(plot: Plot, x: float, width: int) -> int:
    """The cell in which a place on the axis stands."""
    low, high = math.log(plot.xs[0]), math.log(plot.xs[-1])
    share = (math.log(x) - low) / (high - low) if high > low else 0.0
    return min(width - 1, max(0, round(share * (width - 1))))


def _at_columns(plot: Plot, values: Sequence[float], columns: int) -> list[float]:
    """The values between the points, evenly spaced on the axis."""
    xs = [math.log(x) for x in plot.xs]
    step = (xs[-1] - xs[0]) / max(1, columns - 1)
    found: list[float] = []
    right = min(1, len(xs) - 1)
    for column in range(columns):
        x = xs[0] + column * step
        while right < len(xs) - 1 and xs[right] < x:
            right += 1
        left = max(0, right - 1)
        wide = xs[right] - xs[left]
        share = min(1.0, (x - xs[left]) / wide) if wide > 0 else 0.0
        found.append(values[left] + share * (values[right] - values[left]))
    return found


def _rows(values: Sequence[float], plot: Plot, most: int) -> list[int]:
    """How high each value stands, from 0 to `most`."""
    bottom, top = plot.ends
    shares = ((value - bottom) / (top - bottom) for value in values)
    return [min(most, max(0, round(share * most))) for share in shares]


def _bars(heights: Sequence[int], height: int, mark: int | None) -> list[Line]:
    lines: list[Line] = []
    for line in reversed(range(height)):
        cells = [
            (_BARS[min(8, max(0, value - 8 * line))], "mark" if x == mark else "curve")
            for x, value in enumerate(heights)
        ]
        lines.append(_joined([(MARK if c == " " and p == "mark" else c, p) for c, p in cells]))  # type: ignore[misc]
    return lines


def _dotted(
    dots: Sequence[int],
    band: Sequence[Sequence[int]],
    width: int,
    height: int,
    mark: int | None,
) -> list[Line]:
    cells = [[0] * width for _ in range(height)]
    before = dots[0]
    for x, row in enumerate(dots):
        step = 1 if row >= before else -1
        for y in range(before + step if row != before else row, row + step, step):
            line, dot = divmod(4 * height - 1 - y, 4)
            cells[line][x // 2] |= _DOTS[x % 2][dot]
        before = row
    lines: list[Line] = []
    for line, row_of_bits in enumerate(cells):
        level = height - 1 - line
        parts: list[tuple[str, Part]] = []
        for x, bits in enumerate(row_of_bits):
            if bits:
                parts.append((chr(0x2800 + bits), "mark" if x == mark else "curve"))
            elif x == mark:
                parts.append((MARK, "mark"))
            elif band and band[0][x] <= level <= band[1][x]:
                parts.append((_BAND, "band"))
            else:
                parts.append((" ", "axis"))
        lines.append(_joined(parts))
    return lines


def _joined(cells: Sequence[tuple[str, Part]]) -> Line:
    line: Line = []
    for text, part in cells:
        if line and line[-1][1] == part:
            line[-1] = (line[-1][0] + text, part)
        else:
            line.append((text, part))
    return line
