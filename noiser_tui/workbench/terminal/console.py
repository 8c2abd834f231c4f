"""Signs that the Linux console's font has not, put as those that it has."""

from __future__ import annotations

from collections.abc import Mapping

_SIGNS = {
    "╭╮╰╯━┆╂╵╷╶╴": "┌┐└┘═│┼││──",
    # by how much of the cell is full; those that hang from the top are others
    "▁▂▃▄▅▆▇": "_-=░■▒▓",
    "▔▘▛": "'\"▌",
    "▏▎▍▋▊▉▕": "│▌▌▌██│",
    "▸▶▾●★◆▦": "►►▼•*♦#",
    "›‹→⇄…–—−×": "><→↔~---x",
    "“”‘’∈✓✗⚠⚙": "\"\"''ε√x!☼",
}
_CONSOLE = str.maketrans(
    {one: other for ours, its in _SIGNS.items() for one, other in zip(ours, its, strict=True)}
)


def on_console(environ: Mapping[str, str]) -> bool:
    """Whether the terminal is the console: its font has 256 signs, or 512, of code page 437 mostly."""
    return environ.get("TERM", "").startswith("linux")


def for_console(text: str) -> str:
    """The same text, cell by cell, in signs of code page 437 where it is of ours."""
    return text.translate(_CONSOLE)
