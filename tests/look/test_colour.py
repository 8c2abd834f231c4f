"""Colours against values that others published, and against rich."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.color import Color, ColorSystem

from noiser_tui.look.colour import (
    WHITE,
    Rgb,
    contrast,
    from_polar,
    ink,
    over,
    read_hex,
    to_lab,
)
from noiser_tui.look.eyes import seen
from noiser_tui.look.palette import nearest, palette
from tests.look import eyes

COLOURS = st.tuples(*[st.integers(0, 255)] * 3).map(lambda parts: Rgb(*(p / 255 for p in parts)))


@pytest.mark.parametrize(
    ("text", "parts", "alpha"),
    [
        ("#f80", (1, 0x88 / 255, 0), 1),
        ("#f808", (1, 0x88 / 255, 0), 0x88 / 255),
        ("#FF8000", (1, 128 / 255, 0), 1),
        ("#ff800040", (1, 128 / 255, 0), 64 / 255),
    ],
)
def test_hex_in_its_four_lengths(text, parts, alpha):
    assert read_hex(text) == (parts, alpha)


@pytest.mark.parametrize("text", ["", "#", "#12", "#12345", "#1234567", "red", "#ggg", "#fff\n"])
def test_other_text_is_no_colour(text):
    with pytest.raises(ValueError, match="no colour"):
        read_hex(text)


def test_alpha_lets_through_what_is_below():
    black, white = Rgb(0, 0, 0), Rgb(1, 1, 1)
    assert over(white, 0.25, black) == pytest.approx((0.25, 0.25, 0.25))
    assert over(white, 1.0, black) == white
    assert over(white, 0.0, black) == black


@pytest.mark.parametrize(
    ("text", "lab"),
    [  # of the author's page and of CSS Color 4's sample code
        ("#ffffff", (1.0, 0.0, 0.0)),
        ("#ff0000", (0.627955, 0.224863, 0.125846)),
        ("#00ff00", (0.866440, -0.233888, 0.179498)),
        ("#0000ff", (0.452014, -0.032457, -0.311528)),
    ],
)
def test_oklab(text, lab):
    assert to_lab(read_hex(text)[0]) == pytest.approx(lab, abs=2e-4)


@given(COLOURS)
def test_oklab_there_and_back(colour):
    lab = to_lab(colour)
    again = from_polar(lab.lightness, lab.chroma, lab.hue)
    assert again == pytest.approx(colour, abs=0.01)


@given(st.floats(0.1, 1), st.floats(0, 0.4), st.floats(-math.pi, math.pi))
def test_what_srgb_does_not_have_keeps_lightness_and_hue(lightness, chroma, hue):
    lab = to_lab(from_polar(lightness, chroma, hue))
    assert lab.lightness == pytest.approx(lightness, abs=0.02)
    assert lab.chroma <= chroma + 0.01


@given(COLOURS)
def test_black_or_white_reads_on_everything(colour):
    assert contrast(ink(colour), colour) >= 4.5
    assert contrast(colour, WHITE) == pytest.approx(eyes.contrast(colour.hex, "#ffffff"), rel=1e-3)


@given(COLOURS)
def test_other_eyes_see_as_the_oracle_says(colour):
    from noiser_tui.look.colour import from_linear

    light = eyes.linear([colour.hex])[0]
    for one, matrix in zip(seen(colour), eyes.EYES.values(), strict=True):
        assert to_lab(one) == pytest.approx(to_lab(from_linear(matrix @ light)), abs=1e-3)


def test_the_palette_is_what_rich_takes_it_for():
    for index, colour in palette().items():
        assert Color.from_ansi(index).get_truecolor().hex == colour.hex
        shown = Color.parse(colour.hex).downgrade(ColorSystem.EIGHT_BIT)
        off = 1 if index >= 247 else 0  # rich shows light greys one step darker
        assert shown.number == index - off, "a terminal of 256 colours shows the very colour"


@given(COLOURS)
def test_the_nearest_colour_is_as_asked_for(colour):
    best = nearest(colour)
    assert best in palette().values()
    assert nearest(best) == best
    assert nearest(best, without={best}) != best
    assert contrast(nearest(colour, on=best, least=4.5), best) >= 4.5
