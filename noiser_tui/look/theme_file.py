"""Our own theme files: TOML with the colours, and at will the ramps, of each colour depth."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.style import Style

from noiser_tui.look.colour import read_hex
from noiser_tui.look.depth import Depth
from noiser_tui.look.few_colours import FEW, few_colours, few_ramp
from noiser_tui.look.theme import DEPTHS, NEGATIVE, POSITIVE, ROLES, Theme


def read_theme_file(name: str, path: Path) -> Theme:
    """The theme of a file; ValueError, KeyError or TypeError when it is none.

    Only [colours.truecolor] is needed: what else is missing is made from it.
    """
    return build_theme(name, tomllib.loads(path.read_text(encoding="utf-8")))


def build_theme(name: str, data: Mapping[str, Any]) -> Theme:
    """The theme that a file's tables describe."""
    dark = bool(data["dark"])
    tables, ramp_tables = data["colours"], data.get("ramp", {})
    colours: dict[Depth, dict[str, str]] = {"truecolor": _colours(tables, "truecolor")}
    ramps: dict[Depth, tuple[Style, ...]] = {}
    for depth in DEPTHS:
        if depth in tables:
            colours[depth] = _colours(tables, depth)
        elif depth in FEW:
            colours[depth] = few_colours(depth)
        else:
            from noiser_tui.look.derived import in_palette

            colours[depth] = in_palette(colours["truecolor"])
        if depth in ramp_tables:
            ramps[depth] = _ramp(ramp_tables, depth)
        elif depth in FEW:
            ramps[depth] = _styles(*few_ramp(depth, dark=dark))
        else:
            from noiser_tui.look.derived import ramp

            ramps[depth] = _styles(*ramp(colours["truecolor"], colours[depth], depth))
    places: dict[Depth, dict[str, dict[str, str]]] = {}
    if given := data.get("places"):
        from noiser_tui.look.derived import in_palette

        true = {place: _colours(given, place) for place in given}
        places["truecolor"] = true
        places["256"] = {place: in_palette(table) for place, table in true.items()}
    return Theme(
        name=name,
        title=str(data["title"]),
        dark=dark,
        colours=colours,
        ramps=ramps,
        glyphs=frozenset(data.get("glyphs", FEW)),
        places=places,
    )


def _colours(tables: Mapping[str, Any], depth: str) -> dict[str, str]:
    table = tables[depth]
    for role in ROLES:
        colour = table.get(role)
        if not isinstance(colour, str):
            raise ValueError(f"colours.{depth} has no text for {role}")
        if not colour.startswith("ansi_"):
            read_hex(colour)
    return {role: table[role] for role in ROLES}


def _ramp(tables: Mapping[str, Any], depth: Depth) -> tuple[Style, ...]:
    up, down = tables[depth]["up"], tables[depth]["down"]
    if (len(up), len(down)) != (POSITIVE, NEGATIVE):
        raise ValueError(f"ramp.{depth} needs {POSITIVE} steps up and {NEGATIVE} down")
    return _styles(up, down)


def _styles(up: Sequence[str], down: Sequence[str]) -> tuple[Style, ...]:
    return tuple(Style.parse(one) for one in ("", *up, *down))
