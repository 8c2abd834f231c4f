"""Colour themes: data files in themes/, each with hand-picked colours for every colour depth."""

from __future__ import annotations

import functools
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.style import Style

from noiser.errors import NoiserError, unknown
from noiser_tui.look.depth import Depth

DEFAULT_THEME = "dark"
POSITIVE, NEGATIVE = 8, 4
"""Steps of importance above and below zero; step 0 has no colour."""

_DEPTH_KEYS: tuple[Depth, ...] = ("truecolor", "256", "16", "none")


@dataclass(frozen=True)
class Theme:
    """One theme. `colours` maps a depth to the interface's colours, `ramps` to the scores' styles.

    A ramp has 1 + 8 styles for scores from 0 up, then 4 for scores below 0. `glyphs` says at which
    depths a row of bars under the text carries the importance as well.
    """

    name: str
    title: str
    dark: bool
    colours: dict[Depth, dict[str, str]]
    ramps: dict[Depth, tuple[Style, ...]]
    glyphs: frozenset[Depth]

    def style(self, bucket: int, depth: Depth) -> Style:
        """The style of importance step `bucket`, from -4 over 0 to 8."""
        ramp = self.ramps[depth]
        return ramp[bucket] if bucket >= 0 else ramp[POSITIVE - bucket]


def theme_folder() -> Path:
    """The shipped themes: inside the package when installed, beside it in a source tree."""
    package = Path(__file__).parent.parent
    inside = package / "themes"
    return inside if inside.is_dir() else package.parent / "themes"


def theme_names() -> list[str]:
    """The names of the themes at hand, the default first."""
    names = sorted(path.stem for path in theme_folder().glob("*.toml"))
    return sorted(names, key=lambda name: name != DEFAULT_THEME)


@functools.cache
def load_theme(name: str = DEFAULT_THEME) -> Theme:
    """The theme called `name`; an error with a suggestion when there is none."""
    path = theme_folder() / f"{name}.toml"
    if name not in theme_names():
        raise unknown("theme", name, theme_names())
    try:
        return _read(name, tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise NoiserError(f"The theme {path} is damaged: {error}.") from error


def _read(name: str, data: dict[str, Any]) -> Theme:
    ramps: dict[Depth, tuple[Style, ...]] = {}
    for depth in _DEPTH_KEYS:
        up, down = data["ramp"][depth]["up"], data["ramp"][depth]["down"]
        if (len(up), len(down)) != (POSITIVE, NEGATIVE):
            raise ValueError(f"ramp.{depth} needs {POSITIVE} steps up and {NEGATIVE} down")
        ramps[depth] = tuple(Style.parse(one) for one in ("", *up, *down))
    return Theme(
        name=name,
        title=data["title"],
        dark=data["dark"],
        colours={depth: data["colours"][depth] for depth in _DEPTH_KEYS},
        ramps=ramps,
        glyphs=frozenset(data["glyphs"]),
    )
