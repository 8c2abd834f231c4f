"""The 240 fixed colours of a 256-colour terminal; the first 16 are the user's own and no one's guess."""

from __future__ import annotations

import functools
from collections.abc import Container, Mapping

from noiser_tui.look.colour import Lab, Rgb, contrast, distance, to_lab

_LEVELS = (0, 95, 135, 175, 215, 255)
# Greys of the cube that stand in the row of greys as well, where rich puts them.
_TWICE = {16 + 43 * level for level in range(1, 5)}


@functools.cache
def palette() -> Mapping[int, Rgb]:
    """Index to colour: the cube of 6 × 6 × 6, then the greys (xterm's 256colres.h)."""
    cube = [(red, green, blue) for red in _LEVELS for green in _LEVELS for blue in _LEVELS]
    greys = [(8 + 10 * step,) * 3 for step in range(24)]
    return {
        index: Rgb(*(part / 255 for part in parts))
        for index, parts in enumerate([*cube, *greys], start=16)
        if index not in _TWICE
    }


@functools.cache
def palette_lab() -> Mapping[int, Lab]:
    """Index to colour in OKLab."""
    return {index: to_lab(colour) for index, colour in palette().items()}


def nearest(
    colour: Rgb, *, without: Container[Rgb] = (), on: Rgb | None = None, least: float = 1.0
) -> Rgb:
    """The colour of the palette that looks most like this one.

    None of those in `without`; with a contrast of at least `least` to the colour it stands on, or
    the greatest there is.
    """
    here = to_lab(colour)
    labs = palette_lab()
    ordered = sorted(palette(), key=lambda index: distance(labs[index], here))
    found = [palette()[index] for index in ordered if palette()[index] not in without]
    if on is None:
        return found[0]
    readable = (one for one in found if contrast(one, on) >= least)
    return next(readable, max(found, key=lambda one: contrast(one, on)))
