"""VS Code's colour themes as themes of ours."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from noiser_tui.look.colour import Rgb, contrast, from_polar, luminance, over, read_hex, to_lab
from noiser_tui.look.few_colours import FEW
from noiser_tui.look.jsonc import read_jsonc
from noiser_tui.look.theme import DEPTHS, Theme
from noiser_tui.look.theme_file import build_theme
from noiser_tui.look.vscode_colours import (
    DEFAULTS,
    GROUNDS,
    KINDS,
    PLACES,
    SOURCES,
    Kind,
    Place,
    Source,
)
from noiser_tui.settings.places import Stamp, stamp

_MUTED = 0.7
_MIDDLE = 0.18
"""The relative luminance of middle grey: a background below it is dark."""


def read_vscode_theme(name: str, path: Path, seen: list[Stamp] | None = None) -> Theme:
    """The theme of a VS Code theme file; ValueError or NoiserError with a sentence when it is none.

    What it includes, and would if that were there, is added to what was `seen`, as it stood then.
    Colours with alpha are mixed with what they stand on. Where the theme names no colour, or one that
    cannot be read on its background, the next of its own that can be takes its place, then VS Code's.
    """
    data = _read(path, (), seen if seen is not None else [])
    given = _given(data)
    kind = _kind(data, given)
    true = _true_colours(given, kind)
    return build_theme(
        name,
        {
            "title": str(data.get("name") or name),
            "dark": kind in ("dark", "high-contrast"),
            "colours": {"truecolor": {role: colour.hex for role, colour in true.items()}},
            "places": {
                name: {role: colour.hex for role, colour in colours.items()}
                for name, place in PLACES.items()
                if (colours := _of_place(place, given, true))
            },
            "glyphs": list(DEPTHS) if kind.startswith("high-contrast") else list(FEW),
        },
    )


def _read(path: Path, above: tuple[Path, ...], seen: list[Stamp]) -> dict[str, Any]:
    """The theme of a file, with what it includes beneath its own."""
    here = path.resolve()
    if here in above:
        chain = " includes ".join(one.name for one in (*above[above.index(here) :], here))
        raise ValueError(f"{chain}, without an end")
    data = read_jsonc(path.read_text(encoding="utf-8"))
    if not isinstance(data, dict):
        raise ValueError(f"{path.name} holds no object of VS Code's theme format")
    include = data.get("include")
    if include is None:
        return data
    if not isinstance(include, str):
        raise ValueError(f"include in {path.name} is no text")
    file = path.parent / include
    seen.append(stamp(file))
    if not file.is_file():
        raise ValueError(f"{path.name} includes {include!r}, and there is no such file")
    below = _read(file, (*above, here), seen)
    return below | data | {"colors": _table(below) | _table(data)}


def _table(data: Mapping[str, Any]) -> dict[str, Any]:
    table = data.get("colors", {})
    if not isinstance(table, dict):
        raise ValueError("colors is no object")
    return table


def _given(data: Mapping[str, Any]) -> dict[str, tuple[Rgb, float]]:
    """The colours of ours that the theme names, with their alpha; those of no effect left out."""
    wanted = [*(key for keys in GROUNDS.values() for key in keys)]
    wanted += [key for source in SOURCES.values() for key in source.keys]
    for place in PLACES.values():
        wanted += [*place.grounds, *(key for keys in place.colours.values() for key in keys)]
    table = _oldest(data.get("tokenColors")) | _table(data)
    given = {}
    for key in wanted:
        value = table.get(key)
        if value is None or value == "default":
            continue
        try:
            colour, alpha = read_hex(value)
        except (TypeError, ValueError) as error:
            raise ValueError(f"{key} is {value!r}, no colour like #rrggbb") from error
        if alpha > 0:
            given[key] = colour, alpha
    return given


def _oldest(rules: Any) -> dict[str, Any]:
    """The editor's colours where the oldest themes have them: in the rule for text of no scope."""
    for rule in rules if isinstance(rules, list) else ():
        if (
            isinstance(rule, dict)
            and "scope" not in rule
            and isinstance(rule.get("settings"), dict)
        ):
            return {f"editor.{key}": value for key, value in rule["settings"].items()}
    return {}


def _kind(data: Mapping[str, Any], given: Mapping[str, tuple[Rgb, float]]) -> Kind:
    for key in ("type", "uiTheme"):
        if data.get(key) in KINDS:
            return KINDS[data[key]]
    background = given.get("editor.background")
    return "light" if background and luminance(background[0]) > _MIDDLE else "dark"


def _true_colours(given: Mapping[str, tuple[Rgb, float]], kind: Kind) -> dict[str, Rgb]:
    defaults = DEFAULTS[kind]
    background = read_hex(defaults["background"])[0]
    true: dict[str, Rgb] = {}
    for role, keys in GROUNDS.items():
        below = true.get("background", background)
        true[role] = next((over(*given[key], below) for key in keys if key in given), below)
    background = true["background"]
    for role, source in SOURCES.items():
        own = [over(*given[key], background) for key in source.keys if key in given]
        if role == "muted":
            standard = over(true["foreground"], _MUTED, background)
        else:
            standard = over(*read_hex(defaults[role]), background)
        true[role] = _readable([*own, standard], source, background)
    return true


def _of_place(
    place: Place, given: Mapping[str, tuple[Rgb, float]], true: Mapping[str, Rgb]
) -> dict[str, Rgb]:
    """Our colours in a part of the screen, each read on what that stands on; none where it is not named."""
    ground = next(
        (over(*given[key], true["background"]) for key in place.grounds if key in given), None
    )
    if ground is None:
        return {}
    colours = dict.fromkeys(GROUNDS, ground)
    for role, source in SOURCES.items():
        keys = place.colours.get(role, ())
        own = [over(*given[key], ground) for key in keys if key in given]
        colours[role] = _readable([*own, true[role]], source, ground)
    return colours


def _readable(colours: list[Rgb], source: Source, background: Rgb) -> Rgb:
    """The first with contrast enough; else the first, as much lighter or darker as it takes."""
    for colour in colours:
        if contrast(colour, background) >= source.least:
            return colour
    lab = to_lab(colours[0])
    target = 1.0 if luminance(background) < _MIDDLE else 0.0
    for step in range(1, 21):
        lightness = lab.lightness + (target - lab.lightness) * step / 20
        colour = from_polar(lightness, lab.chroma, lab.hue)
        if contrast(colour, background) >= source.least:
            break
    return colour
