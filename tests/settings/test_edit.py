"""Editing a settings file: what the user wrote around a value stays as it is."""

from __future__ import annotations

import tomllib
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noiser.errors import NoiserError, WrongUse
from noiser_tui.settings.edit import set_setting, unset_setting
from noiser_tui.settings.schema import SETTINGS
from noiser_tui.settings.settings import load_settings

FILE = """\
# mine

[explain]   # how
seed = 3        # lucky
method = "lime"

# the machine
[engine]
device = "cpu"
"""


def test_comments_and_order_stay(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(FILE)
    set_setting(path, "explain.seed", 4)
    assert path.read_text() == FILE.replace("seed = 3 ", "seed = 4 ")
    set_setting(path, "explain.draws", 20)
    assert path.read_text() == FILE.replace("seed = 3 ", "seed = 4 ").replace(
        'method = "lime"\n', 'method = "lime"\ndraws = 20\n'
    )
    assert unset_setting(path, "explain.draws")
    assert not unset_setting(path, "explain.draws")
    assert not unset_setting(path, "keys.preset")
    set_setting(path, "keys.preset", "vim")
    assert path.read_text() == FILE.replace("seed = 3 ", "seed = 4 ") + '\n[keys]\npreset = "vim"\n'


def test_a_file_that_is_not_there_is_made(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "settings.toml"
    assert not unset_setting(path, "explain.seed")
    assert not path.parent.exists()
    set_setting(path, "explain.preview", False)
    assert path.read_text() == "[explain]\npreview = false\n"


@pytest.mark.parametrize(
    "text", ["explain.seed = 3\n", "explain = {seed = 3}\n", "[explain]\nseed = 3\n[explain.x]\n"]
)
def test_a_section_may_be_written_in_any_way(tmp_path: Path, text: str) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(text)
    set_setting(path, "explain.draws", 5)
    set_setting(path, "explain.seed", 4)
    set_setting(path, "engine.device", "cpu")
    table = tomllib.loads(path.read_text())
    table["explain"].pop("x", None)
    assert table == {"explain": {"seed": 4, "draws": 5}, "engine": {"device": "cpu"}}


@given(st.lists(st.sampled_from(["explain.seed", "terminal.fps", "files.history"])), st.randoms())
def test_what_is_set_is_what_is_read(
    tmp_path_factory: pytest.TempPathFactory, keys: list[str], random: Random
) -> None:
    path = tmp_path_factory.mktemp("edit") / "settings.toml"
    path.write_text(FILE)
    expected = {"explain.seed": 3, "explain.method": "lime", "engine.device": "cpu"}
    for key in keys:
        if random.random() < 0.3:
            unset_setting(path, key)
            expected.pop(key, None)
        else:
            set_setting(path, key, value := random.randrange(1, 200))
            expected[key] = value
    settings = load_settings(path.parent, environ={}, user=path)
    assert settings.problems == ()
    assert {key: settings.get(key) for key in SETTINGS if settings.is_set(key)} == expected


def test_what_cannot_be_is_not_written(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(FILE)
    with pytest.raises(WrongUse, match=r"Did you mean 'explain\.seed'"):
        set_setting(path, "explain.sead", 3)
    with pytest.raises(WrongUse, match=r"explain\.seed: It is -1"):
        set_setting(path, "explain.seed", -1)
    assert path.read_text() == FILE
    path.write_text("[explain\n")
    with pytest.raises(NoiserError, match="mend it first"):
        set_setting(path, "explain.seed", 3)
    path.write_text("explain = 3\n")
    with pytest.raises(NoiserError, match="no section"):
        set_setting(path, "explain.seed", 3)
    assert path.read_text() == "explain = 3\n"
