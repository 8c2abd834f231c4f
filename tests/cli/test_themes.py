"""`noiser themes`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from noiser_tui.look import themes
from tests.cli.conftest import Run
from tests.look.vscode_themes import write_theme


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(themes, "user_theme_folder", lambda: tmp_path)
    return tmp_path


def test_each_theme_has_a_line_with_its_ramp_and_place(run: Run, folder: Path) -> None:
    path = write_theme(folder / "harbour.json", name="Har\x1b[31mbour", type="dark")
    ended = run("themes")
    assert (ended.code, ended.err) == (0, "")
    lines = ended.out.splitlines()
    assert lines[0].split() == ["dark", "Dark", "▛▛▀▀▘▘▔▔", "▁▁▂▂▃▃▄▄▅▅▆▆▇▇██", "shipped"]
    (mine,) = [line for line in lines if line.startswith("harbour")]
    assert mine.endswith(str(path))
    assert "\x1b" not in ended.out
    assert len({line.index("▛") for line in lines}) == 1, "the columns stand under each other"


def test_a_damaged_theme_is_told_beside_the_others(run: Run, folder: Path) -> None:
    (folder / "bad.json").write_text("{", encoding="utf-8")
    ended = run("themes")
    assert ended.code == 0
    assert ended.out.startswith("dark")
    assert "bad.json is damaged" in ended.err
    assert run("explain", "hi", "--theme", "bad").code == 1


def test_as_json(run: Run, folder: Path) -> None:
    found = {one["name"]: one for one in json.loads(run("themes", "--json").out)}
    assert found["dark"]["shipped"] is True
    assert found["light"]["dark"] is False
    assert Path(found["paper"]["where"]).is_file()


def test_half_a_pair_in_a_title_is_escaped_in_json(tmp_path: Path) -> None:
    folder = tmp_path / "noiser" / "themes"
    folder.mkdir(parents=True)
    (folder / "half.json").write_text('{"name": "\\ud800"}')
    environ = {**os.environ, "XDG_CONFIG_HOME": str(tmp_path)}
    command = [sys.executable, "-m", "noiser_tui", "themes", "--json"]
    told = subprocess.run(command, env=environ, capture_output=True, check=True).stdout
    assert {one["name"]: one["title"] for one in json.loads(told)}["half"] == "\ud800"
