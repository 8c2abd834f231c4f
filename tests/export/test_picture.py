"""The PNG shows what the SVG shows, in the same places and colours."""

from __future__ import annotations

import io
from importlib import resources
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from noiser.export import render
from noiser.export.fonts import font_for, mono
from noiser.export.picture import CELL, LINE, MARGIN, Box, base, picture, size
from noiser.export.png import FILLS, PAGE, QUIET, SCALE, TEXT, TEXT_SIZE
from tests.export.example import example, generation, zoomed


def pixels(explanation: object) -> np.ndarray:
    made = render(explanation, ".png")  # type: ignore[arg-type]
    assert isinstance(made, bytes)
    return np.asarray(Image.open(io.BytesIO(made)))


@pytest.mark.parametrize("made", [example(), generation(), zoomed()])
def test_it_is_twice_as_large_as_the_svg(made: object) -> None:
    root = ElementTree.fromstring(render(made, ".svg"))  # type: ignore[arg-type]
    height, width = pixels(made).shape[:2]
    assert (width, height) == (
        SCALE * int(root.attrib["width"]),
        SCALE * int(root.attrib["height"]),
    )
    assert (width, height) == tuple(SCALE * one for one in size(picture(made)))  # type: ignore[arg-type]


def test_every_box_has_its_colour_where_the_svg_has_it() -> None:
    image = pixels(example())
    lines = picture(example())
    boxes = [(row, one) for row, line in enumerate(lines) for one in line if isinstance(one, Box)]
    assert {one.kind for _, one in boxes} == {"hot", "cold", "n"}
    for row, one in boxes:
        x = round((MARGIN + (one.x + one.width) * CELL) * SCALE) - 2
        y = (base(row) - LINE + 8) * SCALE  # over the letters
        full = np.array([int(FILLS[one.kind][i : i + 2], 16) for i in (1, 3, 5)])
        assert image[y, x] == pytest.approx(255 - (255 - full) * one.weight, abs=1)


def test_its_colours_are_those_of_the_svg_on_a_light_page() -> None:
    style = resources.files("noiser.export").joinpath("picture.css").read_text(encoding="utf-8")
    light = style.split("@media", maxsplit=1)[0]
    for colour in (PAGE, TEXT, QUIET, *FILLS.values()):
        assert colour in light


def test_a_character_is_a_cell_wide_and_one_from_another_font_is_drawn_too() -> None:
    one = mono(TEXT_SIZE * SCALE, bold=False)
    assert one.getlength("m" * 88) == pytest.approx(88 * CELL * SCALE, rel=0.002)
    assert font_for("plain", 20, bold=False) == mono(20, bold=False)
    assert font_for("שלום", 20, bold=False) != mono(20, bold=False), "DejaVu Sans has Hebrew"
    assert font_for("\U000f1234", 20, bold=False) == mono(20, bold=False), "no font has it"


def test_generated_text_is_underlined() -> None:
    from dataclasses import replace

    made = example(["one", " two"])
    after = (*made.tokens[:2], replace(made.tokens[2], role="generated", score=None))
    row = base(2) + 3
    x = round((MARGIN + 8 * CELL) * SCALE)
    assert tuple(pixels(replace(made, tokens=after))[row * SCALE, x]) == (0x1F, 0x23, 0x28)
