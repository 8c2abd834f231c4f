"""The mouse on a study's grid and on a comparison: what it points at, what it opens, the wheel."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual import events

from noiser_tui.workbench.app import Workbench
from noiser_tui.workbench.engine import CompareRows
from noiser_tui.workbench.screens.pick_many import PickMany
from noiser_tui.workbench.studies.page import StudyPage
from noiser_tui.workbench.widgets.comparison_text import ComparisonText, Place
from noiser_tui.workbench.widgets.grid import HEADS, GridView
from tests.workbench.fake import screen_lines, workbench
from tests.workbench.hands import lines_of, settled, text_of, until
from tests.workbench.test_compare_room import compare_three, page
from tests.workbench.test_mouse import click_on
from tests.workbench.test_studies_room import begun, opened


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NOISER_DATA", str(tmp_path / ".data"))
    return tmp_path


def listing(app: Workbench) -> bool:
    found = app.desk.active.page
    assert isinstance(found, StudyPage)
    return found.looking is not None


def cell(grid: GridView, row: int, column: int) -> tuple[int, int]:
    """Where on the screen a cell begins."""
    x = next(at for index, at, _ in grid._placed(grid._first) if index == column)
    return grid.region.x + x, grid.region.y + HEADS + row - grid._top


async def test_a_cell_is_pointed_at_by_the_first_click_and_opened_by_the_second(here: Path) -> None:
    folder = begun(here, 48)
    async with workbench((120, 40)) as (app, pilot, _):
        await opened(app, pilot, folder)
        grid = app.query_one(GridView)
        await pilot.click(offset=cell(grid, 1, 1))
        await settled(pilot)
        assert (grid.row, grid.column) == (1, 1)
        assert app.focused is grid
        assert "occlusion on data, gpt2" in text_of(app)
        assert not listing(app)
        await click_on(app, pilot, "study-grid", "random")
        assert (grid.row, grid.column) == (2, 1)
        await click_on(app, pilot, "study-grid", "qwen2")
        assert (grid.row, grid.column) == (2, 0)
        await pilot.press("alt+s")
        await settled(pilot)
        assert not grid.has_focus
        at = cell(grid, 2, 0)
        await pilot.click(offset=at)  # its cursor was not seen: the keys were elsewhere
        await settled(pilot)
        assert not listing(app)
        await pilot.click(offset=at)
        await until(pilot, lambda: listing(app) and "samples, " in text_of(app))


async def test_a_double_click_opens_a_cell_wherever_the_cursor_was(here: Path) -> None:
    folder = begun(here, 48)
    async with workbench((120, 40)) as (app, pilot, _):
        await opened(app, pilot, folder)
        await pilot.click(offset=cell(app.query_one(GridView), 1, 1), times=2)
        await until(pilot, lambda: listing(app))
        looking = app.desk.active.page.looking
        assert (looking.variant, looking.model) == ("occlusion", "gpt2")
        await until(pilot, lambda: "It broke." in text_of(app))
        await click_on(app, pilot, "study-measures", "‹ grid")
        assert not listing(app)
        await pilot.press("enter")
        await until(pilot, lambda: "failed: It broke." in text_of(app))
        await click_on(app, pilot, "study-samples", "failed: It broke.")
        await until(pilot, lambda: app.desk.explanation is not None)


async def test_columns_that_are_out_of_sight_come_by_a_click_beside_the_heads_and_by_the_wheel(
    here: Path,
) -> None:
    folder = begun(here, 30, models=tuple(f"qwen2/{'x' * i}" for i in range(1, 9)))
    async with workbench((80, 24)) as (app, pilot, _):
        await opened(app, pilot, folder)
        grid = app.query_one(GridView)
        last = grid._placed(0)[-1][0]
        await click_on(app, pilot, "study-grid", "›")
        assert grid.column == last + 1
        assert grid._first > 0
        before = grid._first
        await click_on(app, pilot, "study-grid", "‹")
        assert (grid.column, grid._first) == (before - 1, before - 1)
        at = (grid.column, grid.row)
        for kind, shift, moved in (
            (events.MouseScrollDown, False, (0, 1)),
            (events.MouseScrollUp, False, (0, -1)),
            (events.MouseScrollDown, True, (1, 0)),
            (events.MouseScrollLeft, False, (-1, 0)),
        ):
            grid.post_message(kind(grid, 3, 3, 0, 0, 0, shift, False, False))
            await settled(pilot)
            assert (grid.column - at[0], grid.row - at[1]) == moved
            at = (grid.column, grid.row)


async def test_a_rows_name_opens_that_row_and_not_the_one_under_the_cursor() -> None:
    async with workbench((100, 30)) as (app, pilot, _):
        await compare_three(pilot, app)
        await until(pilot, lambda: page(app).comparison)
        assert app.query_one(ComparisonText).place == Place(0, 0)
        await click_on(app, pilot, "comparison-text", "3 saliency")
        assert app.state.run.explanation.method == "saliency"


async def test_a_bar_is_pointed_at_and_opened_by_a_second_click() -> None:
    async with workbench((100, 30)) as (app, pilot, _):
        await compare_three(pilot, app)
        await until(pilot, lambda: page(app).comparison)
        shown = app.query_one(ComparisonText)
        line = lines_of(app, "comparison-text")[0]
        at = (shown.region.x + line.index("France"), shown.region.y + 2)
        await pilot.click(offset=at)
        await settled(pilot)
        segment = next(i for i, s in enumerate(page(app).laid.segments) if "France" in s.text)
        assert shown.place == Place(1, segment)
        assert "“France" in lines_of(app, "comparison-numbers")[0].replace("“ ", "“")
        assert app.desk.active.kind == "comparison"
        await pilot.click(offset=at)
        await settled(pilot)
        assert app.state.run.explanation.method == "occlusion"


async def test_several_are_chosen_and_taken_with_the_mouse_alone() -> None:
    async with workbench((100, 30)) as (app, pilot, engine):
        await pilot.press(*"Hi there", "alt+v")
        await until(pilot, lambda: isinstance(app.screen, PickMany))
        for words in ("Enter accepts", "[ ] occlusion", "[ ] lime", "Choose two methods"):
            lines = enumerate(screen_lines(app))
            await pilot.click(offset=next((x.index(words), y) for y, x in lines if words in x))
            await settled(pilot)
        (job,) = (one for one in engine.jobs if isinstance(one, CompareRows))
        assert job.methods == ("noiser", "occlusion", "lime")
