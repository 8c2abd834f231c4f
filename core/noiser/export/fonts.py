"""Which font draws a character in a picture made of pixels: DejaVu, else one that the machine has."""

from __future__ import annotations

import functools
from pathlib import Path

import matplotlib
from matplotlib.font_manager import findSystemFonts
from matplotlib.ft2font import FT2Font
from PIL import ImageFont

SHIPPED = ("DejaVuSansMono", "DejaVuSans")


def font_for(text: str, size: float, *, bold: bool) -> ImageFont.FreeTypeFont:
    """A font with every character of `text`; DejaVu Sans Mono, which draws a box for it, if none has."""
    points = frozenset(ord(one) for one in text if not one.isspace())
    shipped = [_shipped(name, bold) for name in SHIPPED]
    for path in shipped:
        if points <= _characters(path):
            return _open(path, size)
    for path in _others():
        if points <= _characters(path):
            return _open(path, size)
    return _open(shipped[0], size)


def mono(size: float, *, bold: bool) -> ImageFont.FreeTypeFont:
    """DejaVu Sans Mono."""
    return _open(_shipped(SHIPPED[0], bold), size)


def _shipped(name: str, bold: bool) -> str:
    file = f"{name}-Bold.ttf" if bold else f"{name}.ttf"
    return str(Path(matplotlib.get_data_path(), "fonts", "ttf", file))


@functools.cache
def _characters(path: str) -> frozenset[int]:
    """The code points that a font draws; none where it cannot be drawn from at any size."""
    try:
        font = FT2Font(path)
        return frozenset(font.get_charmap()) if font.scalable else frozenset()
    except (OSError, RuntimeError):  # a file that is no font, or of a kind not known here
        return frozenset()


@functools.cache
def _others() -> tuple[str, ...]:
    return tuple(sorted(findSystemFonts()))


@functools.lru_cache(maxsize=64)
def _open(path: str, size: float) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(path, size)
