"""How a theme looks in 16 colours and in none, unless it says otherwise: the terminal's own colours."""

from __future__ import annotations

from noiser_tui.look.depth import Depth
from noiser_tui.look.theme import NEGATIVE, ROLES

FEW: tuple[Depth, ...] = ("16", "none")

# Nobody knows what the terminal's own background is, nor what colours it gives these names: these are
# read on black and on white, in xterm, on the Linux console and where Solarized is at home, whose bright
# ones are greys. No other is: yellow, green and cyan vanish on white, dark blue and grey on black.
_SIXTEEN = {
    "primary": "ansi_bright_blue",
    "accent": "ansi_bright_blue",
    "success": "ansi_bright_blue",
    "warning": "ansi_magenta",
    "error": "ansi_bright_red",
    "selection": "ansi_cyan",
}

# Lighter and told apart for every eye, in all the colours that terminals give these names. Magenta between
# the two is not: Solarized and Tango have it as light as red or darker, and who lacks green cones takes it
# for cyan, as blue would be taken for magenta. The bars under the text tell the steps within each.
_RED, _YELLOW = "bright_white on red", "black on yellow"
_SIXTEEN_UP = (_RED,) * 4 + (_YELLOW,) * 4
_SIXTEEN_DOWN = "black on cyan"

_NONE_UP = ("", "", "", "underline", "underline", "bold", "bold", "bold underline")
_NONE_DOWN = ("italic",) * NEGATIVE


def few_colours(depth: Depth) -> dict[str, str]:
    """The interface's colours, by the names that terminals give theirs; black is read on the selection."""
    plain = dict.fromkeys(ROLES, "ansi_default")
    return plain | _SIXTEEN if depth == "16" else plain


def few_ramp(depth: Depth, *, dark: bool) -> tuple[list[str], list[str]]:
    """The styles of the steps above zero and below it, the faintest first."""
    if depth == "none":
        return list(_NONE_UP), list(_NONE_DOWN)
    return list(_SIXTEEN_UP if dark else reversed(_SIXTEEN_UP)), [_SIXTEEN_DOWN] * NEGATIVE
