"""VS Code's theme files: what is taken, what it is mixed with, and what is said of bad ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from noiser.errors import NoiserError
from noiser_tui.look.few_colours import few_colours
from noiser_tui.look.palette import palette
from noiser_tui.look.theme import ROLES, Theme
from noiser_tui.look.themes import load_theme
from tests.look import eyes
from tests.look.vscode_themes import FILES, write_all, write_theme


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return write_all(tmp_path_factory.mktemp("vscode"))


def true(theme: Theme) -> dict[str, str]:
    return theme.colours["truecolor"]


def test_each_colour_is_taken_from_its_place(files):
    theme = load_theme(str(files["harbour"]))
    assert (theme.name, theme.title, theme.dark) == ("harbour", "Harbour", True)
    assert true(theme) == {
        "background": "#16202b",
        "surface": "#121a23",
        "panel": "#1a2632",
        "foreground": "#c9d6e2",
        "muted": "#818d99",  # 60% of the text and 40% of the background
        "border": "#2e3741",  # a tenth of white
        "primary": "#3fa7d6",
        "accent": "#59cd90",
        "success": "#59cd90",
        "warning": "#fac05e",
        "error": "#ee6352",
        "selection": "#204256",  # a quarter of the blue
    }
    assert theme.glyphs == {"16", "none"}


def test_a_colour_that_is_not_seen_gives_way_to_the_next(files):
    theme = load_theme(str(files["chalk"]))
    assert not theme.dark
    assert true(theme)["primary"] == "#7a5cfa", "focusBorder is transparent"
    assert true(theme)["warning"] != "#bf8803", "VS Code's own is too pale on this background"
    assert eyes.contrast(true(theme)["warning"], "#fbf7ef") >= 3


def test_the_oldest_themes_have_their_colours_in_a_rule(files):
    theme = load_theme(str(files["old"]))
    assert (true(theme)["background"], true(theme)["foreground"]) == ("#30303a", "#e0e0e0")
    assert theme.dark, "nothing says so but the background"


def test_what_is_included_lies_beneath(files):
    theme = load_theme(str(files["deep"]))
    assert theme.dark
    assert theme.title == "Plum"
    assert true(theme)["background"] == "#10081a", "its own"
    assert true(theme)["primary"] == "#f48fb1", "of the one that it includes"
    assert true(theme)["foreground"] == "#e8def8", "of the one that that includes"
    assert true(theme)["surface"] == "#07040c", "mixed with its own background"


@pytest.mark.parametrize(
    ("entries", "dark"),
    [
        ({"type": "dark"}, True),
        ({"type": "light"}, False),
        ({"uiTheme": "vs-dark"}, True),
        ({"uiTheme": "hc-light"}, False),
        ({"colors": {"editor.background": "#fff"}}, False),
        ({"colors": {"editor.background": "#223"}}, True),
        ({"type": "sepia", "colors": {"editor.background": "#fed"}}, False),
        ({}, True),
    ],
)
def test_dark_or_light(tmp_path, entries, dark):
    assert load_theme(str(write_theme(tmp_path / "t.json", **entries))).dark is dark


def test_high_contrast_has_bars_at_every_depth(files):
    assert load_theme(str(files["contrast"])).glyphs == {"truecolor", "256", "16", "none"}


@pytest.mark.parametrize("name", FILES)
def test_every_theme_has_every_colour_at_every_depth_and_text_is_readable(name, files):
    theme = load_theme(str(files[Path(name).stem]))
    hexes = {colour.hex for colour in palette().values()}
    for depth in ("truecolor", "256"):
        colours = theme.colours[depth]
        assert tuple(colours) == ROLES
        assert depth == "truecolor" or set(colours.values()) <= hexes
        ground = colours["background"]
        assert eyes.contrast(colours["foreground"], ground) >= 4.5
        for role in ("muted", "primary", "accent", "success", "warning", "error"):
            assert eyes.contrast(colours[role], ground) >= 2.99, role
        assert colours["selection"] != ground != colours["border"]
    for depth in ("16", "none"):
        assert theme.colours[depth] == few_colours(depth)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "line 1, column 1"),
        ("[]", "no object"),
        ('{"colors": []}', "colors is no object"),
        ('{"colors": {"foreground": "reddish"}}', "foreground is 'reddish', no colour"),
        ('{"colors": {"focusBorder": 7}}', "focusBorder is 7, no colour"),
        ('{"include": "gone.json"}', "includes 'gone.json', and there is no such file"),
        ('{"include": 1}', "include in bad.json is no text"),
        ('{"include": "bad.json"}', "bad.json includes bad.json, without an end"),
        ('{"include": "broken.json"}', "line 1, column 2"),
    ],
)
def test_a_damaged_theme_is_one_sentence(tmp_path, text, says):
    (tmp_path / "broken.json").write_text("{", encoding="utf-8")
    bad = tmp_path / "bad.json"
    bad.write_text(text, encoding="utf-8")
    with pytest.raises(NoiserError) as caught:
        load_theme(str(bad))
    sentence = str(caught.value)
    assert sentence.startswith(f"The theme {bad} is damaged: ")
    assert says in sentence
    assert sentence.endswith(".")
    assert "\n" not in sentence


def test_a_ring_of_includes_is_named(tmp_path):
    for one, other in ("ab", "bc", "ca"):
        write_theme(tmp_path / f"{one}.json", include=f"./{other}.json")
    with pytest.raises(
        NoiserError, match=r"a\.json includes b\.json includes c\.json includes a\.json"
    ):
        load_theme(str(tmp_path / "a.json"))
