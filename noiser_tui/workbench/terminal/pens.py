"""The shortest way from one pen of the terminal to another; a pen is SGR parameters, none where plain."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

_SEEN_ON_BLANKS = {"4", "5", "6", "7", "9", "21", "53"}
"""Underline, blink, reverse, strike and overline: what a space shows of a pen beside its background."""


class _Pen(NamedTuple):
    attributes: frozenset[str]
    colour: str
    background: str


@cache
def change(old: str, new: str) -> str:
    """What to write so that the pen is `new` after `old`."""
    if old == new:
        return ""
    if not new:
        return "\x1b[m"
    whole = f"\x1b[0;{new}m"
    before, after = _parsed(old), _parsed(new)
    if not before.attributes <= after.attributes or _bold_on_console(before, after):
        return whole
    codes = sorted(after.attributes - before.attributes)
    if before.colour != after.colour:
        codes.append(after.colour or "39")
    if before.background != after.background:
        codes.append(after.background or "49")
    return min(f"\x1b[{';'.join(codes)}m", whole, key=len) if codes else ""


def _bold_on_console(before: _Pen, after: _Pen) -> bool:
    """Whether the Linux console might go on in bold: to it a bright colour is one in bold, and that stays.

    So it is in `csi_m` of the kernel's drivers/tty/vt/vt.c, where no other colour takes it back.
    """
    return before.colour.startswith("9") and before[:2] != after[:2]


@cache
def same_on_blanks(one: str, other: str) -> bool:
    """Whether a space looks the same with both pens."""
    if one == other:
        return True
    a, b = _parsed(one), _parsed(other)
    return a.background == b.background and not (a.attributes | b.attributes) & _SEEN_ON_BLANKS


@cache
def _parsed(pen: str) -> _Pen:
    attributes, colour, background = set(), "", ""
    codes = pen.split(";") if pen else []
    while codes:
        code = codes.pop(0)
        number = int(code)
        if number in (38, 48):
            rest = codes[: 2 if codes[:1] == ["5"] else 4]
            del codes[: len(rest)]
            code = ";".join([code, *rest])
        if 30 <= number <= 38 or 90 <= number <= 97:
            colour = code
        elif 40 <= number <= 48 or 100 <= number <= 107:
            background = code
        elif number not in (39, 49):
            attributes.add(code)
    return _Pen(frozenset(attributes), colour, background)
