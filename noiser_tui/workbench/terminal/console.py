"""Signs that fonts of the Linux console have not, put as those that they have."""

from __future__ import annotations

from collections.abc import Mapping

_SIGNS = {
    "╭╮╰╯━┆╂╵╷╶╴": "┌┐└┘═│┼││──",
    # by how much of the cell is full; those that hang from the top are others
    "▁▂▃▄▅▆▇": "._-=≡░▒",
    "▔▘▀▛": "'\"*#",
    "▏▎▍▌▋▊▉▕▓": "││││███│▒",
    "▸▶►▾●○★◆▦": ">>>▼•o*♦#",
    "›‹⇄…–—−×": "»«/~---x",
    "“”‘’∈✓✗⚠⚙": "\"\"'':vx!§",
    "ατ": "at",
}
_CONSOLE = str.maketrans(
    {one: other for ours, its in _SIGNS.items() for one, other in zip(ours, its, strict=True)}
)


def on_console(environ: Mapping[str, str]) -> bool:
    """Whether the terminal is the console: its font has 256 signs, or 512.

    The kernel's own has code page 437; those that Debian loads (Lat15) have neither its Greek letters nor its
    half blocks.
    """
    return environ.get("TERM", "").startswith("linux")


def for_console(text: str) -> str:
    """The same text, cell by cell, in signs of both where it is of ours."""
    return text.translate(_CONSOLE)
