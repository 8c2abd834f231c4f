"""Ramps measured as eyes of four kinds see them, at every depth."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.color import Color
from rich.style import Style

from noiser_tui.look.colour import Rgb
from noiser_tui.look.depth import Depth
from noiser_tui.look.heat import bar
from noiser_tui.look.palette import palette
from noiser_tui.look.palette_ramps import palette_ramps
from noiser_tui.look.ramps import Hues, ramps_for
from noiser_tui.look.theme import NEGATIVE, POSITIVE
from noiser_tui.look.themes import Theme, load_theme, theme_folder
from noiser_tui.look.vscode import read_vscode_theme
from tests.look import eyes
from tests.look.terminals import PALETTES
from tests.look.vscode_themes import FILES, write_all, write_theme

SHIPPED = sorted(path.stem for path in theme_folder().glob("*.toml"))
COLOURFUL = [*(name for name in SHIPPED if name != "no-colour"), *FILES]

JUST_NOTICED, STEP, SIGN = 2.0, 4.5, 10.0
"""The least CIEDE2000 between neighbours on any background and on those of the themes here, and between
any step above zero and any below."""
LEANT_ON = ("errorForeground", "editorWarning.foreground", "focusBorder")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return write_all(tmp_path_factory.mktemp("vscode"))


def loaded(name: str, files: dict[str, Path]) -> Theme:
    return load_theme(str(files[Path(name).stem]) if name in FILES else name)


def shown(color: Color | None) -> str:
    assert color is not None
    return color.get_truecolor().hex


def fills(theme: Theme, depth: Depth) -> tuple[list[str], list[str]]:
    every = [shown(style.bgcolor) for style in theme.ramps[depth][1:]]
    return every[:POSITIVE], every[POSITIVE:]


def monotone(hexes: list[str], eye: str = "usual") -> bool:
    steps = np.diff(eyes.lab(hexes, eye)[:, 0])
    return bool(np.all(steps > 0) or np.all(steps < 0))


@pytest.mark.parametrize("depth", ["truecolor", "256"])
@pytest.mark.parametrize("name", COLOURFUL)
class TestFills:
    def test_no_two_steps_are_alike(self, name, depth, files):
        up, down = fills(loaded(name, files), depth)
        assert len({*up, *down}) == POSITIVE + NEGATIVE

    def test_256_colours_are_indexes_that_no_user_changes(self, name, depth, files):
        styles = loaded(name, files).ramps["256"][1:]
        numbers = [style.bgcolor.number for style in styles]
        assert all(number >= 16 for number in numbers)
        assert len(set(numbers)) == POSITIVE + NEGATIVE

    def test_text_is_readable_on_every_fill(self, name, depth, files):
        for style in loaded(name, files).ramps[depth][1:]:
            assert eyes.contrast(shown(style.color), shown(style.bgcolor)) >= 4.5

    @pytest.mark.parametrize("eye", eyes.EYES)
    def test_each_step_is_further_from_the_background_in_lightness(self, name, depth, eye, files):
        theme = loaded(name, files)
        back = theme.colours[depth]["background"]
        for ramp in fills(theme, depth):
            assert monotone([back, *ramp], eye)

    @pytest.mark.parametrize("eye", eyes.EYES)
    def test_neighbours_are_told_apart(self, name, depth, eye, files):
        theme = loaded(name, files)
        back = theme.colours[depth]["background"]
        for ramp in fills(theme, depth):
            assert min(eyes.apart([back, *ramp], eye)) >= STEP

    @pytest.mark.parametrize("eye", eyes.EYES)
    def test_the_sign_is_told_at_every_step(self, name, depth, eye, files):
        assert eyes.nearest(*fills(loaded(name, files), depth), eye) >= SIGN


@pytest.mark.parametrize("depth", ["16", "none"])
@pytest.mark.parametrize("name", [*SHIPPED, *FILES])
def test_where_colours_are_few_the_bars_tell_every_step(name, depth, files):
    theme = loaded(name, files)
    assert depth in theme.glyphs
    looks = {(bar(step), theme.style(step, depth)) for step in range(-NEGATIVE, POSITIVE + 1)}
    assert len(looks) == 1 + POSITIVE + NEGATIVE
    assert len({glyph for glyph, _ in looks}) == 1 + POSITIVE + NEGATIVE, "each bar is another"


def test_where_no_colour_is_shown_none_is_asked_for():
    for name in SHIPPED:
        assert all(style.color is style.bgcolor is None for style in load_theme(name).ramps["none"])
    for ramp in load_theme("no-colour").ramps.values():
        assert all(style.color is style.bgcolor is None for style in ramp)
    assert load_theme("no-colour").glyphs == {"truecolor", "256", "16", "none"}


@pytest.mark.parametrize("eye", eyes.EYES)
@pytest.mark.parametrize(("depth", "most"), [("truecolor", 15), ("256", 22)])
@pytest.mark.parametrize("name", [name for name in SHIPPED if name != "no-colour"])
def test_a_score_below_zero_looks_as_large_as_one_above(name, depth, most, eye):
    theme = load_theme(name)
    back, *every = eyes.lab(
        [theme.colours[depth]["background"], *itertools.chain(*fills(theme, depth))], eye
    )[:, 0]
    far = np.abs(np.array(every) - back)
    above, below = far[:POSITIVE], far[POSITIVE:]
    assert np.abs(above[1::2] - below).max() <= most


@pytest.mark.parametrize("eye", eyes.EYES)
@pytest.mark.parametrize("colours", {one.colours: one.name for one in PALETTES})
@pytest.mark.parametrize("name", COLOURFUL)
def test_16_colours_whatever_the_terminal_makes_of_them(name, colours, eye, files):
    styles = loaded(name, files).ramps["16"][1:]
    numbers = [style.bgcolor.number for style in styles]
    assert max(numbers) < 8, "the Linux console has no bright backgrounds"
    up = [colours[number] for number, _ in itertools.groupby(numbers[:POSITIVE])]
    down = {colours[number] for number in numbers[POSITIVE:]}
    assert len(up) >= 2
    assert monotone(up, eye)
    assert min(eyes.apart(up, eye)) >= STEP
    assert eyes.nearest(up, list(down), eye) >= 2 * SIGN, "the sign has a colour of its own"


# Imported themes may have any background: the promises hold for all.

PARTS = st.integers(0, 255)
ANGLES = st.floats(-3.2, 3.2)
HUES = st.builds(Hues, ANGLES, ANGLES, ANGLES)


def kept(background: str, up: list[str], down: list[str]) -> None:
    """What a ramp owes to every eye, wherever it begins."""
    assert len({*up, *down}) == POSITIVE + NEGATIVE
    for eye in eyes.EYES:
        for ramp in (up, down):
            assert monotone([background, *ramp], eye)
            assert min(eyes.apart([background, *ramp], eye)) >= JUST_NOTICED
        assert eyes.nearest(up, down, eye) >= SIGN


@settings(max_examples=60, deadline=None)
@given(st.tuples(PARTS, PARTS, PARTS), HUES)
def test_a_ramp_is_found_on_any_background(parts: tuple[int, int, int], hues: Hues):
    background = Rgb(*(part / 255 for part in parts))
    up, down = ramps_for(background, hues)
    kept(background.hex, [one.hex for one in up], [one.hex for one in down])


def test_a_ramp_of_256_colours_is_found_on_every_one_of_them():
    for background in palette().values():
        up, down = palette_ramps(background, background, Hues())
        kept(background.hex, *([palette()[index].hex for index in ramp] for ramp in (up, down)))


COLOUR = st.builds("#{:02x}{:02x}{:02x}".format, PARTS, PARTS, PARTS)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(COLOUR, COLOUR, st.fixed_dictionaries({}, optional=dict.fromkeys(LEANT_ON, COLOUR)))
def test_any_theme_of_vscodes_keeps_the_promises(tmp_path, background, foreground, others):
    colours = others | {"editor.background": background, "editor.foreground": foreground}
    path = write_theme(tmp_path / "any.json", name=str(colours), colors=colours)
    theme = read_vscode_theme("any", path)
    for depth in ("truecolor", "256"):
        kept(theme.colours[depth]["background"], *fills(theme, depth))
        for style in theme.ramps[depth][1:]:
            assert eyes.contrast(shown(style.color), shown(style.bgcolor)) >= 4.5


# The oracle itself


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ((50.0, 2.6772, -79.7751), (50.0, 0.0, -82.7485), 2.0425),
        ((50.0, -1.3802, -84.2814), (50.0, 0.0, -82.7485), 1.0000),
        ((50.0, 0.0, 0.0), (50.0, -1.0, 2.0), 2.3669),
        ((50.0, 2.49, -0.001), (50.0, -2.49, 0.0009), 7.1792),
        ((50.0, 2.5, 0.0), (73.0, 25.0, -18.0), 27.1492),
        ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
        ((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514), 0.9082),
    ],
)
def test_the_distance_is_that_of_sharmas_test_pairs(one, other, expected):
    assert eyes.ciede2000(np.array(one), np.array(other)) == pytest.approx(expected, abs=1e-4)


def test_every_eye_sees_grey_as_grey():
    for matrix in eyes.EYES.values():
        assert matrix.sum(axis=1) == pytest.approx([1, 1, 1], abs=1e-5)


def test_who_has_no_red_or_green_cones_confuses_what_others_tell_apart():
    red, green = ["#b04030"], ["#6a6a20"]
    assert eyes.nearest(red, green) > 3 * eyes.nearest(red, green, "deuteranopia")


def test_the_style_of_a_fill_is_read_as_it_is_written():
    assert Style.parse("#ffffff on #000000").bgcolor.get_truecolor().hex == "#000000"
