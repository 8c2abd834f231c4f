"""Lists and grids stand where they were left when they are opened again."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot

from noiser_tui.history.session import Session, Tab
from noiser_tui.history.sessions import SessionFile
from noiser_tui.settings.schema import SETTINGS
from noiser_tui.settings.settings import load_settings
from noiser_tui.workbench.app import Workbench
from noiser_tui.workbench.list_room import open_list
from noiser_tui.workbench.studies.page import StudyPage
from noiser_tui.workbench.views.settings import SettingsView
from noiser_tui.workbench.widgets.grid import GridView
from noiser_tui.workbench.widgets.row_list import RowList
from tests.workbench.fake import workbench
from tests.workbench.hands import settled, until
from tests.workbench.test_studies_room import begun, opened


def study(app: Workbench) -> StudyPage:
    page = app.desk.active.page
    assert isinstance(page, StudyPage)
    return page


def at(app: Workbench) -> int | None:
    """Which row of the list on top is under the cursor, None where none stands yet."""
    found = app.view.query(RowList)
    return found.first().at if found and found.first().pointed else None


async def pressed(pilot: Pilot[int], *keys: str) -> None:
    await pilot.press(*keys)
    await settled(pilot)


async def test_they_are_where_they_were_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NOISER_DATA", str(tmp_path / "data"))
    folder = begun(tmp_path, 48)
    (tmp_path / "five.jsonl").write_text("\n".join(f'"prompt {i}"' for i in range(5)))
    settings = load_settings(tmp_path, environ={}, user=tmp_path / "settings.toml")

    def session() -> SessionFile:
        return SessionFile("here", tmp_path)

    async with workbench((80, 24), session=session(), settings=settings) as (app, pilot, _):
        await opened(app, pilot, folder)
        await pressed(pilot, "m")
        await until(pilot, lambda: study(app).measure != "suff." and study(app).grid.columns)
        grid = app.view.query_one(GridView)
        await until(pilot, lambda: app.focused is grid and grid.state is study(app).grid)
        await pressed(pilot, "down", "right")
        cell, measure = (grid.row, grid.column), study(app).measure
        assert cell == (1, 1)
        open_list(app, Path("five.jsonl"))
        await until(pilot, lambda: at(app) is not None)
        await pressed(pilot, "down", "down", "down")
        await pressed(pilot, "alt+g", "down", "down", *["down"] * 9)
        assert isinstance(app.view, SettingsView)
        setting = app.view.pointed
        await pressed(pilot, "/", *"theme", "enter", "home")
        await pressed(pilot, "/", *["backspace"] * 5, "enter")
        setting = app.view.pointed
        assert "theme" in setting
        await pilot.press("ctrl+q")
    for _ in range(2):  # the first time only the settings are looked at
        async with workbench((80, 24), session=session(), settings=settings) as (app, pilot, _):
            assert isinstance(app.view, SettingsView)
            await until(pilot, lambda: app.view.pointed == setting)
            await pilot.press("ctrl+q")
    async with workbench((80, 24), session=session(), settings=settings) as (app, pilot, _):
        await pilot.press("ctrl+pageup")
        await until(pilot, lambda: at(app) == 3)
        await pilot.press("ctrl+pageup")
        await until(pilot, lambda: study(app).grid.columns)
        grid = app.view.query_one(GridView)
        await until(pilot, lambda: (grid.row, grid.column) == cell)
        assert study(app).measure == measure


async def test_where_nothing_says_where_it_was_left_no_heading_is_under_the_cursor(
    tmp_path: Path,
) -> None:
    before = SessionFile("here", tmp_path)
    before.save(Session((Tab("settings"),)))  # as older versions wrote it
    before.close()
    settings = load_settings(tmp_path, environ={}, user=tmp_path / "settings.toml")
    session = SessionFile("here", tmp_path)
    async with workbench((80, 24), session=session, settings=settings) as (app, pilot, _):
        await until(pilot, lambda: at(app) is not None)
        await settled(pilot)
        assert isinstance(app.view, SettingsView)
        assert app.view.pointed in SETTINGS


async def test_a_measure_that_is_no_more_is_the_first_one_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    folder = begun(tmp_path, 48)
    before = SessionFile("here", tmp_path)
    before.save(Session((Tab("study", path=str(folder), measure="gone"),)))
    before.close()
    async with workbench((80, 24), session=SessionFile("here", tmp_path)) as (app, pilot, _):
        await until(pilot, lambda: study(app).grid.columns)
        assert study(app).measure in study(app).measures
