"""The picture of svg.py in pixels, twice its size, for where only those are shown."""

from __future__ import annotations

import io

from PIL import Image, ImageDraw

from noiser.cells import graphemes
from noiser.explanation import Explanation
from noiser.export.fonts import font_for, mono
from noiser.export.picture import CELL, LINE, MARGIN, Box, Label, Line, base, picture, size
from noiser.prompt import SCAFFOLD

SCALE = 2
TEXT_SIZE = 13.95
"""At which a character of DejaVu Sans Mono is one cell wide."""
PAGE, TEXT, QUIET = "#ffffff", "#1f2328", "#59636e"
FILLS = {"hot": "#e8743b", "cold": "#4a90c8", "n": "#8c959f"}
"""The light colours of picture.css."""


def render(explanation: Explanation) -> bytes:
    """The picture as PNG; characters that no font at hand has are boxes."""
    return pixels(picture(explanation))


def pixels(lines: list[Line]) -> bytes:
    """The file that shows these lines."""
    width, height = size(lines)
    image = Image.new("RGB", (width * SCALE, height * SCALE), PAGE)
    draw = ImageDraw.Draw(image)
    for row, line in enumerate(lines):
        for one in line:
            if isinstance(one, Box):
                _box(draw, one, base(row))
            else:
                _label(draw, one, base(row))
    data = io.BytesIO()
    image.save(data, "PNG", optimize=True)
    return data.getvalue()


def _box(draw: ImageDraw.ImageDraw, box: Box, y: int) -> None:
    left = (MARGIN + box.x * CELL) * SCALE
    right = left + box.width * CELL * SCALE
    top = (y - LINE + 7) * SCALE
    # the last pixel is drawn too, and the next box begins on it
    area = (round(left), top, max(round(left), round(right) - 1), top + (LINE - 3) * SCALE - 1)
    draw.rectangle(area, fill=_mixed(FILLS[box.kind], box.weight))


def _label(draw: ImageDraw.ImageDraw, label: Label, y: int) -> None:
    """The text at once where its font keeps to the cells, else each character at its own."""
    kinds = label.kind.split()
    colour = QUIET if {"q", *SCAFFOLD} & set(kinds) else TEXT
    bold = "h" in kinds
    left, cell = (MARGIN + label.x * CELL) * SCALE, CELL * SCALE
    font = font_for(label.text, TEXT_SIZE * SCALE, bold=bold)
    drawn = font.getlength(label.text)
    if font == mono(TEXT_SIZE * SCALE, bold=bold) or drawn <= label.width * cell:
        parts = [(label.text, 0.0)]
    else:
        parts = []
        at = 0
        for text, cells in graphemes(label.text):
            parts.append((text, at * cell))
            at += cells
    for text, shift in parts:
        one = font_for(text, TEXT_SIZE * SCALE, bold=bold)
        draw.text((left + shift, y * SCALE), text, fill=colour, font=one, anchor="ls")
    if "generated" in kinds:
        line = (y + 3) * SCALE
        draw.line((left, line, left + label.width * cell, line), fill=colour, width=SCALE)


def _mixed(colour: str, weight: float) -> tuple[int, int, int]:
    """The colour as thin as `weight` over the white page."""
    parts = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    red, green, blue = (round(255 - (255 - part) * weight) for part in parts)
    return red, green, blue
