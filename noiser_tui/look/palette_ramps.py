"""Ramps in the 240 fixed colours: the ways through them nearest to the wanted ramps, for every eye."""

from __future__ import annotations

import functools
import math
from collections.abc import Collection
from typing import NamedTuple

from noiser_tui.look.colour import BLACK, Lab, Rgb, distance, ink, luminance, to_lab
from noiser_tui.look.eyes import seen
from noiser_tui.look.palette import palette, palette_lab
from noiser_tui.look.ramps import Hues, Ramp, cool, roomier, warm

_WARM, _COOL = (math.radians(12), math.radians(112)), (math.radians(-128), math.radians(-85))
"""From and to which hue a colour of the palette counts as the one or the other."""
_APART, _SIGN = 0.05, 0.1
"""How far neighbours must look apart, and signs; 0.02 is just seen."""
_DULL, _OFF = 8, 4
"""How much more a lack of chroma and another hue count than other distance, squared."""
_NEAREST = 24
"""So many candidates for each step are tried first."""

Path = list[int]


class _Look(NamedTuple):
    """A colour as one eye sees it: in OKLab, and the light that reaches it."""

    lab: Lab
    light: float


def palette_ramps(start: Rgb, background: Rgb, hues: Hues) -> tuple[Path, Path]:
    """Indexes of the 256 colours for the steps above zero and for those below, no two alike.

    `start` is the colour of the palette that stands for the background. Where that is in the middle the
    palette has too few colours of both signs on one side of it: those above zero go the one way then,
    those below it the other.
    """
    usual = roomier(background)
    ways = [(usual, usual), (True, False), (False, True)]
    apart = _APART
    while True:
        for most in (_NEAREST, len(palette())):
            for up_way, down_way in ways:
                up = _path(start, warm(background, hues, up_way), _of(_WARM), up_way, most, apart)
                if up is None:
                    continue
                others = [index for index in _of(_COOL) if _another_sign(index, up)]
                blue = cool(background, hues, down_way)
                down = _path(start, blue, others, down_way, most, apart)
                if down is not None:
                    return up, down
        apart /= 2  # what is asked for is too much for this background


def filled_index(index: int) -> str:
    """The style of text on a colour of the palette."""
    return f"color({16 if ink(palette()[index]) == BLACK else 231}) on color({index})"


def _path(
    start: Rgb, wanted: Ramp, candidates: Collection[int], lighter: bool, most: int, apart: float
) -> Path | None:
    """The nearest way by dynamic programming over the steps; none where no order is left."""
    reached: dict[Rgb, tuple[float, Path]] = {start: (0.0, [])}
    for colour in wanted:
        lab = to_lab(colour)
        following: dict[Rgb, tuple[float, Path]] = {}
        for index in sorted(candidates, key=lambda one: distance(palette_lab()[one], lab))[:most]:
            here = palette()[index]
            ways = [way for one, way in reached.items() if _follows(one, here, lighter, apart)]
            if ways:
                cost, path = min(ways)
                following[here] = (cost + _miss(palette_lab()[index], lab), [*path, index])
        reached = following
    return min(reached.values())[1] if reached else None


def _follows(before: Rgb, after: Rgb, lighter: bool, apart: float) -> bool:
    """Whether every eye sees the one lighter than the other, or darker, and another."""
    for one, other in zip(_looks(before), _looks(after), strict=True):
        ordered = other.light > one.light if lighter else other.light < one.light
        if not ordered or distance(one.lab, other.lab) < apart:
            return False
    return True


def _another_sign(index: int, up: Path) -> bool:
    here = _looks(palette()[index])
    return all(
        distance(one.lab, other.lab) >= _SIGN
        for step in up
        for one, other in zip(here, _looks(palette()[step]), strict=True)
    )


@functools.cache
def _looks(colour: Rgb) -> tuple[_Look, ...]:
    return tuple(_Look(to_lab(one), luminance(one)) for one in seen(colour))


def _miss(found: Lab, wanted: Lab) -> float:
    """How bad one colour is for another: a duller one or one of another hue breaks the ramp."""
    dull = max(0.0, wanted.chroma - found.chroma)
    off = 2 * math.sqrt(wanted.chroma * found.chroma) * math.sin((found.hue - wanted.hue) / 2)
    return distance(found, wanted) ** 2 + _DULL * dull**2 + _OFF * off**2


@functools.cache
def _of(hues: tuple[float, float]) -> tuple[int, ...]:
    low, high = hues
    return tuple(
        index
        for index, lab in palette_lab().items()
        if lab.chroma > 0.035 and low <= lab.hue <= high
    )
