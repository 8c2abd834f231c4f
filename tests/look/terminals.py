"""What terminals show for the 16 names, and what the Linux console makes of letters that are bold."""

from __future__ import annotations

from typing import NamedTuple

from rich.color import Color
from rich.style import Style


class Palette(NamedTuple):
    """The colours of the 16 names, and the background and text of a terminal that has them."""

    name: str
    colours: tuple[str, ...]
    background: str
    text: str


def _split(colours: str) -> tuple[str, ...]:
    return tuple(f"#{one}" for one in colours.split())


# XTerm-col.ad; drivers/tty/vt/vt.c of Linux; Solarized's table of values; Tango as GNOME's terminal has it.
XTERM = _split(
    "000000 cd0000 00cd00 cdcd00 0000ee cd00cd 00cdcd e5e5e5"
    " 7f7f7f ff0000 00ff00 ffff00 5c5cff ff00ff 00ffff ffffff"
)
VGA = _split(
    "000000 aa0000 00aa00 aa5500 0000aa aa00aa 00aaaa aaaaaa"
    " 555555 ff5555 55ff55 ffff55 5555ff ff55ff 55ffff ffffff"
)
SOLARIZED = _split(
    "073642 dc322f 859900 b58900 268bd2 d33682 2aa198 eee8d5"
    " 002b36 cb4b16 586e75 657b83 839496 6c71c4 93a1a1 fdf6e3"
)
TANGO = _split(
    "2e3436 cc0000 4e9a06 c4a000 3465a4 75507b 06989a d3d7cf"
    " 555753 ef2929 8ae234 fce94f 729fcf ad7fa8 34e2e2 eeeeec"
)

PALETTES = (
    Palette("xterm on black", XTERM, "#000000", "#e5e5e5"),
    Palette("xterm on white", XTERM, "#ffffff", "#000000"),
    Palette("VGA on black", VGA, "#000000", "#aaaaaa"),
    Palette("VGA on white", VGA, "#ffffff", "#000000"),
    Palette("Solarized dark", SOLARIZED, "#002b36", "#839496"),
    Palette("Solarized light", SOLARIZED, "#fdf6e3", "#657b83"),
    Palette("Tango on black", TANGO, "#000000", "#d3d7cf"),
    Palette("Tango on white", TANGO, "#ffffff", "#000000"),
)

_GREY, _ITALIC, _UNDERLINED = 8, 2, 6
"""The console's colours for dim, italic and underlined letters, which it has no other way to show."""


def looks(style: Style, palette: Palette) -> list[tuple[str, str]]:
    """The colours of letters and of what is behind them: as they are, and where bold makes bright."""
    found = []
    for bright in (False, True):
        text, ground = _shown(style.color, palette, True), _shown(style.bgcolor, palette, False)
        number = style.color.number if style.color is not None else None
        if bright and style.bold and number is not None and number < 8:
            text = palette.colours[number + 8]
        found.append((ground, text) if style.reverse else (text, ground))
    return found


def on_console(style: Style) -> tuple[str, str]:
    """The same on the Linux console: `build_attr` of drivers/tty/vt/vt.c, with its usual colours."""
    number = 7 if style.color is None or style.color.is_default else style.color.number
    ground = 0 if style.bgcolor is None or style.bgcolor.is_default else style.bgcolor.number
    assert number is not None
    assert ground is not None
    bold = bool(style.bold) or number >= 8  # a bright colour is a colour in bold
    text, ground = number % 8, ground % 8
    if style.italic:
        text = _ITALIC
    elif style.underline:
        text = _UNDERLINED
    elif style.dim and not bold:
        text = _GREY
    if style.reverse:
        text, ground = text & 8 | ground, text & 7
    return VGA[text ^ 8 if bold else text], VGA[ground]


def _shown(colour: Color | None, palette: Palette, text: bool) -> str:
    if colour is None or colour.is_default:
        return palette.text if text else palette.background
    assert colour.number is not None
    return palette.colours[colour.number]
