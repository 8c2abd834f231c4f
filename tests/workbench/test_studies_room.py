"""The room of studies: found, begun, run, shown; on stores filled without a process."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from textual.pilot import Pilot

from noiser.study.planning import plan
from noiser_tui.workbench.app import Workbench
from noiser_tui.workbench.studies.page import StudyPage
from tests.study.cases import small_study
from tests.workbench.fake import screen_lines, workbench


async def wait(pilot: Pilot[int], done: Callable[[], bool]) -> None:
    for _ in range(300):
        await pilot.pause()
        if done():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it never came")


def seen(app: Workbench, text: str) -> bool:
    return any(text in line for line in screen_lines(app))


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NOISER_DATA", str(tmp_path / ".data"))
    return tmp_path


async def test_studies_of_the_folder_are_listed_and_open(here: Path) -> None:
    plan(here / "nested" / "first", small_study(here), {})
    async with workbench((120, 40)) as (app, pilot, _):
        await pilot.press("alt+s")
        await wait(pilot, lambda: seen(app, "nested/first") and seen(app, "0/16"))
        await pilot.press("down", "enter")
        await wait(pilot, lambda: seen(app, "0 of 16 rows · nobody works on it"))
        assert isinstance(app.desk.active.page, StudyPage)
        assert app.desk.active.path == str(here / "nested" / "first")
    async with workbench((80, 24)) as (app, pilot, _):
        await pilot.press("alt+s")
        await wait(pilot, lambda: seen(app, "paper-table-1"))


async def test_a_new_study_is_a_text_first_and_saved_as_it_is_typed(here: Path) -> None:
    async with workbench((120, 40)) as (app, pilot, _):
        await pilot.press("alt+s")
        await pilot.press("n")
        await pilot.press(*"figure", "enter", "enter")
        await wait(pilot, lambda: seen(app, "not run yet") and seen(app, 'models = ["fake"]'))
        file = here / "figure-2" / "study.toml"
        await pilot.press("#")
        await wait(pilot, lambda: file.read_text().startswith("##"))
        file.write_text("models = 3")
        await pilot.press("f5")
        await wait(pilot, lambda: seen(app, "models[0] is 3, it must be text."))
