"""A colour theme: the interface's colours and the scores' styles, for every colour depth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from rich.style import Style

from noiser_tui.look.depth import Depth

POSITIVE, NEGATIVE = 8, 4
"""Steps of importance above and below zero; step 0 has no colour."""

DEPTHS: tuple[Depth, ...] = ("truecolor", "256", "16", "none")

ROLES = (
    "background",
    "surface",
    "panel",
    "foreground",
    "muted",
    "border",
    "primary",
    "accent",
    "success",
    "warning",
    "error",
    "selection",
)
"""What the interface has colours for."""


@dataclass(frozen=True)
class Theme:
    """One theme. `colours` maps a depth to the interface's colours, `ramps` to the scores' styles.

    A ramp has 1 + 8 styles for scores from 0 up, then 4 for scores below 0. `glyphs` says at which
    depths a row of bars under the text carries the importance as well. `places` maps a depth to the
    parts of the screen that have colours of their own.
    """

    name: str
    title: str
    dark: bool
    colours: dict[Depth, dict[str, str]]
    ramps: dict[Depth, tuple[Style, ...]]
    glyphs: frozenset[Depth]
    places: Mapping[Depth, Mapping[str, Mapping[str, str]]] = field(default_factory=dict)

    def own(self, place: str, depth: Depth) -> Mapping[str, str] | None:
        """The colours of a part of the screen, such as `side` or `status`; None where it is as the rest."""
        return self.places.get(depth, {}).get(place)

    def style(self, bucket: int, depth: Depth) -> Style:
        """The style of importance step `bucket`, from -4 over 0 to 8."""
        ramp = self.ramps[depth]
        return ramp[bucket] if bucket >= 0 else ramp[POSITIVE - bucket]
