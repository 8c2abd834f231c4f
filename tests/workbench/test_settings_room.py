"""The settings as a form: what is changed there stands in the file and holds at once."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

import pytest
from textual.pilot import Pilot

from noiser.explanation import Explanation
from noiser.request import Request
from noiser_tui.settings.edit import set_setting
from noiser_tui.settings.schema import SETTINGS
from noiser_tui.settings.settings import load_settings
from noiser_tui.workbench import explorer_tree, opening
from noiser_tui.workbench.app import Workbench
from noiser_tui.workbench.engine import EngineThread, ExplainPrompt
from noiser_tui.workbench.engine.context import Context
from noiser_tui.workbench.screens.keys import Keys
from noiser_tui.workbench.settings_page import SettingsPage
from noiser_tui.workbench.settings_room import commented
from noiser_tui.workbench.text_page import TextPage
from noiser_tui.workbench.views.settings import SettingsView
from noiser_tui.workbench.views.text import TextView
from noiser_tui.workbench.widgets.row_list import RowList
from tests.workbench.answers import explanation_of
from tests.workbench.fake import costs_of, screen_lines, workbench
from tests.workbench.hands import settled, until


@asynccontextmanager
async def form(
    tmp_path: Path, size: tuple[int, int] = (120, 40), **options: Any
) -> AsyncIterator[tuple[Workbench, Pilot[int], Path]]:
    """A workbench with the form open; its settings stand in a folder of their own."""
    file = tmp_path / "settings.toml"
    settings = load_settings(tmp_path / "here", environ=options.pop("environ", {}), user=file)
    async with workbench(size, settings=settings) as (app, pilot, _):
        await pilot.press("alt+g")
        await pilot.pause()
        yield app, pilot, file


async def go_to(app: Workbench, pilot: Pilot[int], key: str) -> None:
    assert isinstance(app.view, SettingsView)
    await pilot.press("home")
    for _ in SETTINGS:
        if app.view.pointed == key:
            return
        await pilot.press("down")
    raise AssertionError(key)


def page(app: Workbench) -> SettingsPage:
    assert isinstance(app.desk.active.page, SettingsPage)
    return app.desk.active.page


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (60, 16)])
async def test_the_form_shows_every_section(tmp_path: Path, size: tuple[int, int]) -> None:
    async with form(tmp_path, size) as (app, pilot, _):
        text = "\n".join(screen_lines(app))
        assert "● user" in text
        assert "APPEARANCE" in text
        await pilot.press("end")
        await pilot.pause()
        assert "copy" in "\n".join(screen_lines(app))
        await pilot.press("alt+g")
        await pilot.pause()
        assert len(app.desk.documents) == 1, "it is open already"


async def test_a_choice_is_written_and_holds_at_once(tmp_path: Path) -> None:
    async with form(tmp_path) as (app, pilot, file):
        await go_to(app, pilot, "appearance.theme")
        await pilot.press("enter")
        await until(pilot, lambda: len(app.screen_stack) == 2)
        await pilot.press(*"light", "enter")
        await until(pilot, lambda: file.exists() and 'theme = "light"' in file.read_text())
        assert app.theme_name == "light"
        assert "● theme" in "\n".join(screen_lines(app))
        await pilot.press("r")
        await pilot.pause()
        assert "theme" not in file.read_text()
        assert app.theme_name == "dark"


async def test_a_flag_is_turned_over_and_a_number_checked_where_it_is_typed(tmp_path: Path) -> None:
    async with form(tmp_path) as (app, pilot, file):
        await go_to(app, pilot, "explain.preview")
        await pilot.press("enter")
        await pilot.pause()
        assert "preview = false" in file.read_text()
        await go_to(app, pilot, "explain.draws")
        await pilot.press("enter")
        await pilot.pause()
        await pilot.press("end", "x", "enter")
        await pilot.pause()
        assert "must be a whole number" in "\n".join(screen_lines(app))
        await pilot.press("backspace", "5", "enter")
        await pilot.pause()
        assert "draws = 105" in file.read_text()
        assert app.values.explain.draws == 105


async def test_what_counts_before_the_file_is_said(tmp_path: Path) -> None:
    environ = {"NOISER_EXPLAIN_BOUND": "max"}
    async with form(tmp_path, environ=environ) as (app, pilot, file):
        await go_to(app, pilot, "explain.bound")
        await pilot.press("enter")
        await pilot.pause()
        await pilot.press(*"none", "enter")
        await pilot.pause()
        assert 'bound = "none"' in file.read_text()
        assert "NOISER_EXPLAIN_BOUND counts before the user settings" in page(app).note


async def test_the_other_scope_and_the_memory_of_the_engine(tmp_path: Path) -> None:
    async with form(tmp_path) as (app, pilot, file):
        await pilot.press("s")
        await pilot.pause()
        assert page(app).scope == "workspace"
        await go_to(app, pilot, "engine.memory")
        await pilot.press("enter")
        await pilot.pause()
        await pilot.press(*"40%", "enter")
        await pilot.pause()
        assert not file.exists()
        written = tmp_path / "here" / ".noiser" / "settings.toml"
        assert 'memory = "40%"' in written.read_text()
        assert app.engine.memory == "40%"


async def test_words_narrow_the_settings(tmp_path: Path) -> None:
    async with form(tmp_path) as (app, pilot, _):
        await pilot.press("slash")
        await pilot.pause()
        await pilot.press(*"seed noise", "enter")
        await pilot.pause()
        assert isinstance(app.view, SettingsView)
        assert app.view.pointed == "explain.seed"
        assert "APPEARANCE" not in "\n".join(screen_lines(app))


async def test_the_file_opens_as_a_text_of_comments(tmp_path: Path) -> None:
    async with form(tmp_path) as (app, pilot, file):
        await pilot.press("o")
        await pilot.pause()
        shown = app.desk.active.page
        assert isinstance(shown, TextPage)
        assert shown.text == file.read_text() == commented()
        assert app.desk.active.path == str(file)
        again = load_settings(tmp_path / "here", environ={}, user=file)
        assert not again.problems
        assert not any(again.is_set(key) for key in SETTINGS)


async def test_the_text_of_the_file_is_as_the_form_left_it(tmp_path: Path) -> None:
    async with form(tmp_path) as (app, pilot, file):
        await pilot.press("o")
        await pilot.pause()
        assert isinstance(app.view, TextView)
        assert app.configured is not None
        file.write_text('[keys]\npreset = "vim"\n')
        app.configured.follow()
        await pilot.pause()
        assert app.view.text == file.read_text()
        assert not app.desk.active.edited


async def test_a_file_that_others_changed_is_not_written_over_unasked(tmp_path: Path) -> None:
    async with form(tmp_path) as (app, pilot, file):
        await pilot.press("o")
        await pilot.pause()
        assert isinstance(app.view, TextView)
        await pilot.press("#")
        text = app.view.text
        theirs = '[keys]\npreset = "vim"\n'
        file.write_text(theirs)
        await pilot.press("ctrl+s")
        await pilot.pause()
        assert file.read_text() == theirs
        assert app.view.text == text
        assert "again writes over it" in app.desk.active.page.error
        await pilot.press("ctrl+s")
        await pilot.pause()
        assert file.read_text() == text
        assert not app.desk.active.page.error


def test_the_comments_are_settings_once_they_are_none(tmp_path: Path) -> None:
    lines = [line.removeprefix("# ") for line in commented().splitlines()]
    kept = [line for line in lines if line.startswith("[") or " = " in line]
    (tmp_path / "settings.toml").write_text("\n".join(kept))
    read = load_settings(tmp_path, environ={}, user=tmp_path / "settings.toml")
    assert not read.problems
    assert all(read.is_set(key) and read.get(key) == s.default for key, s in SETTINGS.items())


async def test_the_explorer_stands_in_the_folder_of_the_settings(tmp_path: Path) -> None:
    (tmp_path / "prompts").mkdir()
    (tmp_path / "prompts" / "capital.txt").write_text("The capital of France is")
    file = tmp_path / "settings.toml"
    file.write_text(f'[files]\nfolder = "{tmp_path / "prompts"}"\n')
    settings = load_settings(tmp_path, environ={}, user=file)
    async with workbench((120, 40), settings=settings) as (app, pilot, _):
        await pilot.press("alt+e")
        await settled(pilot)
        assert "capital.txt" in "\n".join(screen_lines(app))
        set_setting(file, "files.folder", "")
        assert app.configured is not None
        app.configured.follow()
        await settled(pilot)
        assert "capital.txt" not in "\n".join(screen_lines(app))


async def test_a_click_on_the_gear_opens_the_form(tmp_path: Path) -> None:
    async with workbench((120, 40)) as (app, pilot, _):
        await pilot.click("#activity", offset=(1, app.query_one("#activity").size.height - 1))
        await settled(pilot)
        assert "without settings" in app.state.error
    async with form(tmp_path) as (app, pilot, _):
        await pilot.press("ctrl+n")
        await pilot.click("#activity", offset=(1, app.query_one("#activity").size.height - 1))
        await settled(pilot)
        assert isinstance(app.desk.active.page, SettingsPage)
        assert app.view.query_one(RowList).has_focus


def test_calls_take_what_the_settings_let_them(monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[str | None] = []

    def explain(*args: object, memory: str | None, **kwargs: object) -> Explanation:
        taken.append(memory)
        return explanation_of("Hi")

    monkeypatch.setattr("noiser.explainer.explain", explain)
    monkeypatch.setattr(
        "noiser_tui.workbench.engine.explaining.measure_costs",
        lambda model, text, request, memory: taken.append(memory) or costs_of(text, request, 1.0),
    )
    engine = EngineThread(lambda message: None)
    engine.memory = "2GB"
    held = engine._held
    held.model = cast("Any", object())
    ExplainPrompt("Hi", Request()).run(Context(1, threading.Event(), lambda m: None, held))
    assert taken == ["2GB", "2GB", "2GB"], "the estimate, the preview and the run"


async def test_files_of_settings_and_keys_open_as_what_they_are(tmp_path: Path) -> None:
    keys, own = tmp_path / "keybindings.json", tmp_path / "settings.toml"
    workspace = tmp_path / "here" / ".noiser" / "settings.toml"
    workspace.parent.mkdir(parents=True)
    workspace.write_text("")
    async with form(tmp_path) as (app, pilot, file):
        keys.write_text("[]")
        file.write_text("")
        await pilot.press("ctrl+w")
        for path, scope in ((workspace, "workspace"), (own, "user")):
            opening.open_any(app, path)
            await settled(pilot)
            assert page(app).scope == scope
        opening.open_any(app, keys)
        await settled(pilot)
        assert isinstance(app.screen, Keys)
        assert not explorer_tree.holds_many(keys)
        await pilot.press("escape")
        await settled(pilot)
        assert [one.kind for one in app.desk.documents].count("explanation") <= 1


async def test_the_settings_file_itself_is_no_prompt(tmp_path: Path) -> None:
    async with form(tmp_path) as (app, pilot, _):
        await app.action_do("settings_file")
        await settled(pilot)
        assert (app.desk.active.kind, app.desk.active.title) == ("text", "settings.toml")
