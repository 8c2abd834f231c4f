"""The panel: its one line, its height, and how each view looks."""

from __future__ import annotations

from pathlib import Path

import pytest

from noiser_tui.settings.settings import load_settings
from noiser_tui.workbench import logbook
from noiser_tui.workbench.engine import ExplainPrompt, MeasureMetrics
from noiser_tui.workbench.session import session_of, with_session
from noiser_tui.workbench.settings_page import SettingsPage
from tests.workbench.fake import workbench
from tests.workbench.hands import line_of, settled, text_of, type_and_run
from tests.workbench.snapshot import SIZES, Snapshot
from tests.workbench.test_problems import warned


@pytest.mark.parametrize("width", [60, 80, 120])
async def test_closed_it_is_one_line_with_the_views_and_how_the_search_stands(width: int) -> None:
    async with workbench((width, 24)) as (app, pilot, engine):
        engine.answering[ExplainPrompt] = warned
        await type_and_run(pilot, app)
        line = line_of(app, "panel-header")
        assert app.panel.outer_size.height == 1
        assert line.startswith("▸ SEARCH  METRICS  PROBLEMS 3  OUTPUT ")
        assert "α 0.0859" in line
        assert len(line.rstrip()) < width


async def test_it_is_made_taller_and_shorter_and_stands_so_at_the_next_start() -> None:
    async with workbench((120, 40)) as (app, pilot, _):
        await type_and_run(pilot, app)
        await pilot.press("f10", "alt+up")
        assert app.desk.panel_height == 0, "closed it has no height"
        await pilot.press("f10")
        await settled(pilot)
        before = app.panel.outer_size.height
        await pilot.press("alt+up")
        await settled(pilot)
        assert app.panel.outer_size.height == before + 2
        kept = session_of(app.desk, app.views, frozenset())
        assert with_session(app.desk, kept).panel_height == before + 2
        for _ in range(9):
            await pilot.press("alt+down")
            await settled(pilot)
        assert app.panel.outer_size.height == 4
        for _ in range(9):
            await pilot.press("alt+up")
            await settled(pilot)
        assert before < app.panel.outer_size.height <= 40 * 3 // 5
        await pilot.press("f10")
        await settled(pilot)
        assert app.panel.outer_size.height == 1


@pytest.mark.parametrize("key", ["alt+h", "alt+i"])
async def test_beside_another_kind_of_document_it_says_what_it_would_show(
    key: str, tmp_path: Path
) -> None:
    settings = load_settings(tmp_path, environ={}, user=tmp_path / "settings.toml")
    async with workbench(settings=settings) as (app, pilot, _):
        await type_and_run(pilot, app)
        await pilot.press(key)
        app.open_page(SettingsPage())
        await settled(pilot)
        assert app.desk.explanation is None
        assert "of an explanation: its tab is not on top" in text_of(app)
        assert "decided by" not in text_of(app)


@pytest.mark.parametrize("size", SIZES)
async def test_the_search_at_a_step(size: tuple[int, int], snapshot: Snapshot) -> None:
    async with workbench(size) as (app, pilot, _):
        await type_and_run(pilot, app)
        await pilot.press("alt+h", "left", "alt+l")
        await snapshot(pilot, "panel-replay")


@pytest.mark.parametrize("size", SIZES)
async def test_metrics(size: tuple[int, int], snapshot: Snapshot) -> None:
    async with workbench(size) as (app, pilot, _):
        await type_and_run(pilot, app)
        await pilot.press("alt+x")
        await settled(pilot)
        await pilot.press("alt+y")
        await snapshot(pilot, "panel-metrics")


@pytest.mark.parametrize("size", SIZES)
async def test_metrics_under_way(size: tuple[int, int], snapshot: Snapshot) -> None:
    async with workbench(size) as (app, pilot, engine):
        await type_and_run(pilot, app)
        engine.waiting.add(MeasureMetrics)
        await pilot.press("alt+x")
        await snapshot(pilot, "panel-measuring")


@pytest.mark.parametrize("size", SIZES)
async def test_problems(size: tuple[int, int], snapshot: Snapshot) -> None:
    async with workbench(size) as (app, pilot, engine):
        engine.answering[ExplainPrompt] = warned
        await type_and_run(pilot, app)
        await pilot.press("f8", "shift+f8")
        await snapshot(pilot, "panel-problems")


@pytest.mark.parametrize("size", SIZES)
async def test_output(
    size: tuple[int, int], snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logbook, "clock", lambda: "12:34:56")
    async with workbench(size) as (app, pilot, _):
        await type_and_run(pilot, app)
        app.refuse("Such a thing is not done: choose another.")
        await pilot.press("alt+x")
        await settled(pilot)
        await pilot.press("alt+o")
        await snapshot(pilot, "panel-output")
