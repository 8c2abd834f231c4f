"""Ramps for themes that bring none: scores above zero warm, below zero blue, apart for every eye.

Red and green look alike to many, so the sign is told by warm against blue, and the size by
lightness: each step is further from the background's lightness than the one before.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass

from noiser_tui.look.colour import Rgb, distance, from_polar, ink, to_lab
from noiser_tui.look.eyes import seen
from noiser_tui.look.theme import NEGATIVE, POSITIVE

_RED, _YELLOW, _BLUE = (math.radians(degrees) for degrees in (28, 92, 252))
_LEAN = math.radians(12)
"""How far a hue may lean towards the theme's own: purple and green would be taken for another sign."""
_CHROMA_UP, _CHROMA_DOWN = 0.19, 0.13
_LIGHTEST, _DARKEST = (0.92, 0.98), (0.30, 0.22)
"""Where the warm end is, and where it may go when the background is near: text reads well on all of them."""
_SPAN = 0.5
"""How far in lightness the warm end should be from the background."""
_FINE = 48
"""So many places are looked at between the first and the last step."""

Ramp = tuple[Rgb, ...]


@dataclass(frozen=True)
class Hues:
    """The hues of a theme's red, yellow and blue in radians."""

    red: float = _RED
    yellow: float = _YELLOW
    blue: float = _BLUE

    def within(self) -> Hues:
        """The same, no further from the usual ones than a sign allows."""
        return Hues(
            _leaning(_RED, self.red), _leaning(_YELLOW, self.yellow), _leaning(_BLUE, self.blue)
        )


def ramps_for(background: Rgb, hues: Hues) -> tuple[Ramp, Ramp]:
    """The fills of the steps above zero and of those below, the faintest first."""
    lighter = roomier(background)
    return warm(background, hues, lighter), cool(background, hues, lighter)


def roomier(background: Rgb) -> bool:
    """Whether there is more room above the background's lightness than below it, for every eye."""
    return _LIGHTEST[1] - _edge(background, lighter=True) > (
        _edge(background, lighter=False) - _DARKEST[1]
    )


@functools.lru_cache(maxsize=32)
def warm(background: Rgb, hues: Hues, lighter: bool) -> Ramp:
    """The steps above zero, each lighter than the one before or each darker."""
    edge = _edge(background, lighter=lighter)
    if lighter:
        end = min(_LIGHTEST[1], max(_LIGHTEST[0], edge + _SPAN))
    else:
        end = max(_DARKEST[1], min(_DARKEST[0], edge - _SPAN))
    hues = hues.within()

    def at(share: float) -> Rgb:
        towards_yellow = share if lighter else 1 - share
        hue = hues.red + (hues.yellow - hues.red) * towards_yellow**1.3
        lightness = _lightness(edge, end, share, lighter=lighter)
        return from_polar(lightness, _chroma(_CHROMA_UP, share), hue)

    return _evenly(at, POSITIVE)


@functools.lru_cache(maxsize=32)
def cool(background: Rgb, hues: Hues, lighter: bool) -> Ramp:
    """The steps below zero. Their end is as light as the warm one: they are to look as large."""
    edge, blue = _edge(background, lighter=lighter), hues.within().blue

    def at(share: float) -> Rgb:
        lightness = _lightness(edge, 0.89 if lighter else 0.31, share, lighter=lighter)
        return from_polar(lightness, _chroma(_CHROMA_DOWN, share), blue)

    return _evenly(at, NEGATIVE)


def filled(fill: Rgb) -> str:
    """The style of text on a fill."""
    return f"{ink(fill).hex} on {fill.hex}"


def _edge(background: Rgb, *, lighter: bool) -> float:
    """The background's lightness to the eye that sees it lightest, or to the one that sees it darkest."""
    return (max if lighter else min)(to_lab(one).lightness for one in seen(background))


def _lightness(start: float, end: float, share: float, *, lighter: bool) -> float:
    """The first step leaves the background by more than the others, so that a fill is seen."""
    first = max(start + 0.05, 0.2) if lighter else start - 0.02
    return first + (end - first) * share


def _chroma(most: float, share: float) -> float:
    return most * (0.45 + 0.55 * min(1.0, 1.6 * share))


def _evenly(at: Callable[[float], Rgb], steps: int) -> Ramp:
    """Steps of a path that are as far apart as each other, to the eye that sees the least of each."""
    places = [at((1 + (steps - 1) * place / _FINE) / steps) for place in range(_FINE + 1)]
    looks = [[to_lab(one) for one in seen(place)] for place in places]
    gone = [
        0.0,
        *itertools.accumulate(
            min(map(distance, one, other)) for one, other in itertools.pairwise(looks)
        ),
    ]
    wanted = (gone[-1] * step / (steps - 1) for step in range(steps))
    return tuple(
        places[min(range(len(gone)), key=lambda place: abs(gone[place] - far))] for far in wanted
    )


def _leaning(hue: float, to: float) -> float:
    turn = math.remainder(to - hue, math.tau)
    return hue + max(-_LEAN, min(_LEAN, turn))
