"""How many colours the terminal shows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, Literal, cast

from rich.console import Console

Depth = Literal["truecolor", "256", "16", "none"]

_DEPTHS: dict[str | None, Depth] = {
    "truecolor": "truecolor",
    "256": "256",
    "standard": "16",
    "windows": "16",
    None: "none",
}


def detect_depth(stream: IO[str], environ: Mapping[str, str]) -> Depth:
    """The colour depth of the terminal behind `stream`: none when it is no terminal or NO_COLOR is set.

    OpenSSH does not forward COLORTERM, so over SSH a terminal usually shows 256 colours.
    """
    console = Console(file=stream, _environ=dict(environ))
    if console.no_color or not console.is_terminal:
        return "none"
    return _DEPTHS[console.color_system]


def chosen_depth(stream: IO[str], environ: Mapping[str, str], colours: str) -> Depth:
    """The depth that the setting `colours` asks for; the detected one for auto, and off a terminal."""
    if colours == "auto" or not stream.isatty():
        return detect_depth(stream, environ)
    return cast("Depth", colours)
