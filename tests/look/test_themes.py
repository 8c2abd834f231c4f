"""Themes by name and by path: ours, the user's, and what is said when there is none."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from noiser.errors import NoiserError
from noiser_tui.look import themes
from noiser_tui.look.themes import load_theme, theme_files, theme_names, theme_stamp, theme_title
from tests.look.vscode_themes import write_theme

COLOURS = """
title = "Mine"
dark = true

[colours.truecolor]
background = "#101418"
surface = "#181c20"
panel = "#202428"
foreground = "#e0e4e8"
muted = "#90949c"
border = "#404448"
primary = "#80b0ff"
accent = "#80d0d0"
success = "#80c080"
warning = "#e0c060"
error = "#f08070"
selection = "#304060"
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's themes, none yet."""
    monkeypatch.setattr(themes, "user_theme_folder", lambda: tmp_path)
    return tmp_path


def test_where_the_users_themes_are(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert themes.user_theme_folder().parts[-2:] == ("noiser", "themes")


def test_the_users_themes_come_beside_ours(folder):
    ours = theme_names()
    assert ours[0] == "dark"
    (folder / "mine.toml").write_text(COLOURS, encoding="utf-8")
    write_theme(folder / "Harbour-color-theme.json", type="dark")
    (folder / "notes.txt").write_text("no theme")
    assert sorted(theme_names()) == sorted([*ours, "mine", "Harbour"])
    assert theme_names()[0] == "dark"
    assert not theme_files()["mine"].shipped
    assert load_theme("mine").title == "Mine"
    assert load_theme("Harbour").dark


def test_the_users_theme_of_our_name_counts(folder):
    assert load_theme("light").title == "Light"
    (folder / "light.toml").write_text(COLOURS, encoding="utf-8")
    assert load_theme("light").title == "Mine"
    assert theme_names().count("light") == 1


def test_a_theme_that_changes_is_read_again(folder):
    path = folder / "mine.toml"
    path.write_text(COLOURS, encoding="utf-8")
    first = load_theme("mine")
    assert load_theme("mine") is first
    path.write_text(COLOURS.replace("Mine", "Yours"), encoding="utf-8")
    os.utime(path, ns=(1, 1))
    assert load_theme("mine").title == "Yours"


def test_colours_are_enough_and_the_rest_can_be_given(folder):
    path = folder / "mine.toml"
    path.write_text(COLOURS, encoding="utf-8")
    bare = load_theme("mine")
    ramp = '[ramp.none]\nup = ["", "", "", "", "", "", "", "bold"]\ndown = ["", "", "", "dim"]\n'
    path.write_text(COLOURS + ramp + "[colours.16]\n", encoding="utf-8")
    assert "colours.16 has no text for background" in theme_title(str(path))
    path.write_text('glyphs = ["256"]\n' + COLOURS + ramp, encoding="utf-8")
    os.utime(path, ns=(2, 2))
    given = load_theme("mine")
    assert given.ramps["256"] == bare.ramps["256"]
    assert given.style(8, "none").bold
    assert given.glyphs == {"256"}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "it has no dark"),
        ("dark = true", "it has no colours"),
        ("title", "Expected"),
        (COLOURS.replace("#101418", "black"), "'black' is no colour like #rrggbb"),
        (COLOURS.replace('"#101418"', "1"), "no text for background"),
        (COLOURS + '[ramp.16]\nup = ["red"]\ndown = []', "ramp.16 needs 8 steps up and 4 down"),
        (COLOURS + '[ramp.16]\nup = "12345678"\ndown = "1234"', "unable to parse '1'"),
        (COLOURS + "[ramp]\n16 = 3", "is damaged"),
        ("colours = 3\ndark = true", "is damaged"),
        ("ramp = 3\n" + COLOURS, "is damaged"),
    ],
)
def test_a_damaged_theme_is_one_sentence_and_the_others_stay(folder, text, says):
    (folder / "bad.toml").write_text(text, encoding="utf-8")
    with pytest.raises(NoiserError) as caught:
        load_theme("bad")
    sentence = str(caught.value)
    assert sentence.startswith(f"The theme {folder / 'bad.toml'} is damaged: ")
    assert says in sentence
    assert theme_title("bad") == sentence
    assert load_theme().title == "Dark"


def test_a_theme_that_is_no_text(folder):
    (folder / "bad.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(NoiserError, match="is damaged"):
        load_theme("bad")


def test_a_folder_of_that_name_is_told(folder):
    (folder / "bad.json").mkdir()
    with pytest.raises(NoiserError, match="cannot be read: Is a directory"):
        load_theme("bad")


def test_a_name_that_is_none():
    with pytest.raises(NoiserError, match=r"Unknown theme 'drak'\. Did you mean 'dark'"):
        load_theme("drak")
    for name in ("./gone.json", "~nobody/gone.json", "gone\0.json"):
        with pytest.raises(NoiserError, match=r"There is no theme file .*gone.*\.json\."):
            load_theme(name)


def test_an_included_file_that_is_changed_is_read_again(folder):
    write_theme(folder / "base.json", colors={"editor.background": "#101010"})
    write_theme(folder / "middle.json", include="base.json")
    write_theme(folder / "mine.json", include="./middle.json", type="dark")
    assert load_theme("mine").colours["truecolor"]["background"] == "#101010"
    read = theme_stamp("mine")
    assert not read.changed()
    write_theme(folder / "base.json", colors={"editor.background": "#202020"})
    assert read.changed()
    assert load_theme("mine").colours["truecolor"]["background"] == "#202020"
    (folder / "base.json").unlink()
    with pytest.raises(
        NoiserError, match=r"middle\.json includes 'base\.json', and there is no such"
    ):
        load_theme("mine")
    missed = theme_stamp("mine")
    write_theme(folder / "base.json", colors={"editor.background": "#303030"})
    assert missed.changed()
    assert load_theme("mine").colours["truecolor"]["background"] == "#303030"


def test_a_file_that_may_be_read_by_now_is_read_again(folder, monkeypatch):
    write_theme(folder / "mine.json", type="dark")
    read = Path.read_text

    def refused(path, *arguments, **options):
        if path.name == "mine.json":
            raise PermissionError(13, "Permission denied")
        return read(path, *arguments, **options)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "read_text", refused)
        with pytest.raises(NoiserError, match=r"mine\.json cannot be read: Permission denied"):
            load_theme("mine")
    assert load_theme("mine").dark, "its stamp is the same as before"


def test_the_default_is_drawn_without_what_other_themes_need():
    code = (
        "import sys; from noiser_tui.look.themes import load_theme; load_theme('dark'); "
        "print([n for n in sys.modules if n.startswith('noiser_tui.look.')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "noiser_tui.look.theme_file" in done.stdout
    for heavy in ("vscode", "jsonc", "derived", "palette", "ramps"):
        assert f"noiser_tui.look.{heavy}'" not in done.stdout
