"""What a theme does not say: its colours in 256, and its ramps."""

from __future__ import annotations

from collections.abc import Mapping

from noiser_tui.look.colour import Rgb, read_hex, to_lab
from noiser_tui.look.depth import Depth
from noiser_tui.look.palette import nearest
from noiser_tui.look.palette_ramps import filled_index, palette_ramps
from noiser_tui.look.ramps import Hues, filled, ramps_for
from noiser_tui.look.theme import ROLES

_GROUNDS = ("background", "surface", "panel")

_READ = {"foreground": 4.5, "muted": 3.0, "border": 1.0, "selection": 1.0}
"""The least contrast to the background in 256 colours; 3 for what is not named."""


def ramp(
    true: Mapping[str, str], here: Mapping[str, str], depth: Depth
) -> tuple[list[str], list[str]]:
    """The styles of the steps above zero and below it in true colour or in 256, the faintest first.

    `true` are the interface's colours in true colour, `here` those at the depth.
    """
    background, hues = _rgb(true, "background"), _hues(true)
    if depth == "truecolor":
        up, down = ramps_for(background, hues)
        return [filled(one) for one in up], [filled(one) for one in down]
    start = nearest(_rgb(here, "background"))
    up_indexes, down_indexes = palette_ramps(start, background, hues)
    return [filled_index(one) for one in up_indexes], [filled_index(one) for one in down_indexes]


def in_palette(true: Mapping[str, str]) -> dict[str, str]:
    """The interface's colours in 256, from those in true colour: text is read, marks are seen."""
    grounds = {role: nearest(_rgb(true, role)) for role in _GROUNDS}
    marks = {
        role: nearest(
            _rgb(true, role),
            without=set(grounds.values()),
            on=grounds["background"],
            least=_READ.get(role, 3.0),
        )
        for role in ROLES
        if role not in grounds
    }
    return {role: colour.hex for role, colour in (grounds | marks).items()}


def _hues(true: Mapping[str, str]) -> Hues:
    red, yellow, blue = (to_lab(_rgb(true, role)).hue for role in ("error", "warning", "primary"))
    return Hues(red, yellow, blue)


def _rgb(colours: Mapping[str, str], role: str) -> Rgb:
    return read_hex(colours[role])[0]
