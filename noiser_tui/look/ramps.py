"""Ramps for themes that bring none: scores above zero warm, below zero blue, apart for every eye.

Red and green look alike to many, so the sign is told by warm against blue, and the size by
lightness: each step is further from the background's lightness than the one before.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from noiser_tui.look.colour import BLACK, Lab, Rgb, distance, from_polar, ink, luminance, to_lab
from noiser_tui.look.eyes import seen
from noiser_tui.look.palette import palette, palette_lab
from noiser_tui.look.theme import NEGATIVE, POSITIVE

_RED, _YELLOW, _BLUE = (math.radians(degrees) for degrees in (28, 92, 252))
_LEAN = math.radians(12)
"""How far a hue may lean towards the theme's own: purple and green would be taken for another sign."""
_CHROMA_UP, _CHROMA_DOWN = 0.19, 0.13
_WARM, _COOL = (math.radians(12), math.radians(112)), (math.radians(-128), math.radians(-85))
"""From and to which hue a colour of the palette counts as the one or the other."""
_APART = 0.05
"""How far neighbours of the palette must look apart; 0.02 is just seen."""
_DULL, _OFF = 8, 4
"""How much more a lack of chroma and another hue count than other distance, squared."""
_NEAREST = 24
"""So many candidates for each step are tried first."""

Ramp = list[Rgb]


@dataclass(frozen=True)
class Hues:
    """The hues of a theme's red, yellow and blue in radians."""

    red: float = _RED
    yellow: float = _YELLOW
    blue: float = _BLUE


def ramps_for(background: Rgb, hues: Hues) -> tuple[Ramp, Ramp]:
    """The fills of the steps above zero and of those below, the faintest first."""
    start = to_lab(background).lightness
    red, yellow, blue = (
        _leaning(one, to)
        for one, to in ((_RED, hues.red), (_YELLOW, hues.yellow), (_BLUE, hues.blue))
    )
    lighter = _lighter(start)
    # as light as each other in the end: a score below zero is to look as large as one above
    end_up, end_down = (0.92, 0.89) if lighter else (0.30, 0.31)
    up = []
    for step in range(1, POSITIVE + 1):
        share = step / POSITIVE
        lightness = _lightness(start, end_up, share)
        towards_yellow = share if lighter else 1 - share
        hue = red + (yellow - red) * towards_yellow**1.3
        up.append(from_polar(lightness, _chroma(_CHROMA_UP, share), hue))
    down = []
    for step in range(1, NEGATIVE + 1):
        share = step / NEGATIVE
        chroma = _chroma(_CHROMA_DOWN, share)
        down.append(from_polar(_lightness(start, end_down, share), chroma, blue))
    return up, down


def palette_ramps(background: Rgb, up: Ramp, down: Ramp) -> tuple[list[int], list[int]]:
    """The same in indexes of the 256 colours, no two alike, lightness still in order."""
    return _fitted(background, up, _WARM), _fitted(background, down, _COOL)


def filled(fill: Rgb) -> str:
    """The style of text on a fill."""
    return f"{ink(fill).hex} on {fill.hex}"


def filled_index(index: int) -> str:
    """The style of text on a colour of the palette."""
    return f"color({16 if ink(palette()[index]) == BLACK else 231}) on color({index})"


def _lighter(lightness: float) -> bool:
    return lightness < 0.6


def _lightness(start: float, end: float, share: float) -> float:
    """The first step leaves the background by more than the others, so that a fill is seen."""
    lighter = _lighter(start)
    first = max(start + 0.05, 0.2) if lighter else start - 0.02
    return first + (end - first) * share


def _chroma(most: float, share: float) -> float:
    return most * (0.45 + 0.55 * min(1.0, 1.6 * share))


def _leaning(hue: float, to: float) -> float:
    turn = math.remainder(to - hue, math.tau)
    return hue + max(-_LEAN, min(_LEAN, turn))


def _fitted(start: Rgb, wanted: Ramp, hues: tuple[float, float]) -> list[int]:
    """The palette's path nearest to the wanted one: by dynamic programming over its steps."""
    candidates = [index for index, lab in palette_lab().items() if _is(lab, hues)]
    path = _path(start, wanted, candidates, _NEAREST, _APART)
    bar = _APART
    while path is None:  # a background in the middle leaves little room
        bar /= 2
        path = _path(start, wanted, candidates, len(candidates), bar)
    return path


def _path(
    start: Rgb, wanted: Ramp, candidates: list[int], most: int, apart: float
) -> list[int] | None:
    labs = palette_lab()
    lighter = _lighter(to_lab(start).lightness)
    looks: dict[int | None, tuple[Lab, ...]] = {None: seen(start)}
    light: dict[int | None, float] = {None: luminance(start)}

    def follows(before: int | None, after: int) -> bool:
        one, other = looks[before], looks[after]
        rise = other[0].lightness - one[0].lightness
        brighter = light[after] > light[before]
        ordered = brighter is lighter and (rise if lighter else -rise) > apart / 4
        return ordered and all(map(_differ, one, other))

    def _differ(one: Lab, other: Lab) -> bool:
        return distance(one, other) >= apart

    reached: dict[int | None, tuple[float, list[int]]] = {None: (0.0, [])}
    for colour in wanted:
        lab = to_lab(colour)
        following: dict[int | None, tuple[float, list[int]]] = {}
        for index in sorted(candidates, key=lambda index: distance(labs[index], lab))[:most]:
            if index not in looks:
                looks[index], light[index] = seen(palette()[index]), luminance(palette()[index])
            ways = [way for before, way in reached.items() if follows(before, index)]
            if ways:
                cost, path = min(ways)
                following[index] = (cost + _miss(labs[index], lab), [*path, index])
        reached = following
    return min(reached.values())[1] if reached else None


def _miss(found: Lab, wanted: Lab) -> float:
    """How bad one colour is for another: a duller one or one of another hue breaks the ramp."""
    dull = max(0.0, wanted.chroma - found.chroma)
    off = 2 * math.sqrt(wanted.chroma * found.chroma) * math.sin((found.hue - wanted.hue) / 2)
    return distance(found, wanted) ** 2 + _DULL * dull**2 + _OFF * off**2


def _is(lab: Lab, hues: tuple[float, float]) -> bool:
    low, high = hues
    return lab.chroma > 0.035 and low <= lab.hue <= high
