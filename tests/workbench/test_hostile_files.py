"""Files that are none, lead nowhere, are too many or too large: a sentence at most, never a standstill."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from noiser.errors import NoiserError, WrongUse
from noiser.files import write_text
from noiser.study.toml import parse_study
from noiser_tui.history.sessions import SessionFile
from noiser_tui.look.cells import visible
from noiser_tui.look.themes import load_theme, user_theme_folder
from noiser_tui.settings.settings import load_settings
from noiser_tui.workbench import explorer_tree, opening, readable
from noiser_tui.workbench.explorer_tree import folder_nodes
from noiser_tui.workbench.quick_open import prompt_files
from noiser_tui.workbench.widgets.row_list import RowList
from tests.workbench.fake import screen_lines, workbench
from tests.workbench.hands import settled

LOOPS = ("loop.txt", "loop.json")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "ok.txt").write_text("The capital of France is")
    (tmp_path / "gone.json").symlink_to(tmp_path / "nowhere")
    (tmp_path / "itself").symlink_to(".")
    (tmp_path / "folder.json").mkdir()
    for name in LOOPS:
        (tmp_path / name).symlink_to(name)
    for name in ("pipe.txt", "pipe.json", "pipe.jsonl"):
        os.mkfifo(tmp_path / name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_only_folders_and_files_that_are_there_are_listed(folder: Path) -> None:
    names = [node.name for node in folder_nodes(folder)]
    assert names == ["folder.json", "itself", "ok.txt"]
    assert [str(path) for path in prompt_files(folder)] == ["ok.txt", "itself/ok.txt"]


def test_of_a_crowded_folder_the_first_are_listed_and_the_others_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(explorer_tree, "MOST", 3)
    for number in range(5):
        (tmp_path / f"{number}.txt").touch()
    *files, more = folder_nodes(tmp_path)
    assert [node.name for node in files] == ["0.txt", "1.txt", "2.txt"]
    assert (more.name, more.opens) == ("… 2 more", None)


async def test_what_cannot_be_opened_says_why(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readable, "LARGEST_TEXT", 2**20)
    monkeypatch.setattr(readable, "LARGEST_RECORD", 2**20)
    (folder / "large.txt").write_bytes(b"a" * (2**20 + 1))
    (folder / "large.json").write_text(json.dumps(["a" * 2**20]))
    (folder / "binary.txt").write_bytes(bytes(range(256)))
    why = dict.fromkeys(LOOPS, "circle")
    why |= dict.fromkeys(("pipe.txt", "pipe.json", "folder.json"), "no file")
    why |= dict.fromkeys(("large.txt", "large.json"), "more than 1 MiB")
    why |= {
        "binary.txt": "not UTF-8 text: byte 128 is 0x80",
        "none.txt": "No such file",
        "none.json": "No such file",
    }
    async with workbench() as (app, pilot, _engine):
        for name, words in why.items():
            opening.open_any(app, Path(name))
            await settled(pilot)
            assert app.state is not None
            assert name in app.state.error
            assert words in app.state.error
            assert "Errno" not in app.state.error
        assert len(app.desk.documents) == 1


async def test_a_name_that_is_no_unicode_is_listed_and_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / os.fsdecode(b"bad\xff.txt")).write_text("hello")
    monkeypatch.chdir(tmp_path)
    async with workbench((120, 40)) as (app, pilot, _engine):
        opening.open_file(app, next(tmp_path.iterdir()))
        await settled(pilot)
        await app.run_action("do('show_explorer')")
        await settled(pilot)
        assert "hello" in "\n".join(screen_lines(app)).encode().decode()


def test_nothing_is_written_through_a_circle_of_links(folder: Path) -> None:
    with pytest.raises(NoiserError, match="circle"):
        write_text(folder / "loop.txt", "text")


async def test_a_folder_that_was_removed_under_it_ends_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    with pytest.raises(NoiserError, match="gone"):
        SessionFile(Path(), tmp_path / "sessions")
    async with workbench((120, 40)) as (app, pilot, _engine):
        for action in ("show_explorer", "show_studies", "quick_open"):
            await app.run_action(f"do('{action}')")
            await settled(pilot)
        await pilot.press("escape")
        await app.run_action("do('show_explorer')")
        await settled(pilot)
        assert "examples" in "\n".join(screen_lines(app))


@pytest.mark.parametrize("folder", ["~nobody_of_that_name/prompts", "\0", "/nowhere"])
async def test_a_folder_of_the_settings_that_can_be_none_is_told(
    tmp_path: Path, folder: str
) -> None:
    file = tmp_path / "settings.toml"
    file.write_text(f"[files]\nfolder = {json.dumps(folder)}\n")
    settings = load_settings(tmp_path, environ={}, user=file)
    async with workbench((120, 40), settings=settings) as (app, pilot, _engine):
        await app.run_action("do('show_explorer')")
        await settled(pilot)
        (first, *_) = app.query_one("#tree", RowList)._rows
        assert first.name.startswith(visible(folder))


def test_nesting_without_end_is_a_problem_of_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deep = "a = " + "[" * 100_000
    (tmp_path / "settings.toml").write_text(deep)
    (problem,) = load_settings(tmp_path, environ={}, user=tmp_path / "settings.toml").problems
    assert "left out" in str(problem)
    with pytest.raises(WrongUse, match="not TOML"):
        parse_study(deep, "deep.toml", tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    themes = user_theme_folder()
    themes.mkdir(parents=True)
    (themes / "deep.toml").write_text(deep)
    (themes / "loop.json").symlink_to("loop.json")
    for name in ("deep", "loop"):
        with pytest.raises(NoiserError, match="no end"):
            load_theme(name)
