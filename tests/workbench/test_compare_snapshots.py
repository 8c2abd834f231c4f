"""How the history of runs and comparisons look, at both sizes."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from noiser_tui.history.entry import id_at
from noiser_tui.history.run_files import RunFiles
from noiser_tui.history.runs import RunStore
from noiser_tui.workbench.comparison_page import finished_page
from tests.comparison.rows import compared
from tests.workbench.answers import explanation_of
from tests.workbench.fake import partial_of, workbench
from tests.workbench.hands import settled
from tests.workbench.snapshot import SIZES, Snapshot
from tests.workbench.test_runs_room import until

NOW = datetime(2026, 11, 21, 14, 5, tzinfo=UTC)
LONG = "When my flight landed in France, I converted my currency and slowly fell asleep. " * 3


@pytest.fixture(autouse=True)
def same_everywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Five runs of three days, in a place where it is the same hour."""
    monkeypatch.setenv("NOISER_DATA", str(tmp_path))
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    monkeypatch.setattr("noiser_tui.workbench.side.runs.today", lambda: date(2026, 11, 21))
    moments = iter(NOW - timedelta(hours=hours) for hours in (50, 30, 26, 3, 1))
    monkeypatch.setattr(RunFiles, "new_id", lambda self, moment: id_at(next(moments)))
    monkeypatch.setattr(RunFiles, "empty_bin", lambda self: None)
    with RunStore() as store:
        pinned = store.add(explanation_of("LeBron James professionally plays the sport of"))
        store.add(partial_of("The mother tongue of Danielle Darrieux is", 3))
        marked = store.add(explanation_of("The Eiffel Tower is in the city of"), title="Tower")
        store.add(replace(explanation_of(LONG.strip()), method="occlusion"))
        store.add(explanation_of("The capital of France is"))
        store.pin(pinned.id)
        store.mark(marked.id)
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize("size", SIZES)
async def test_the_runs(size: tuple[int, int], snapshot: Snapshot) -> None:
    async with workbench(size) as (app, pilot, _):
        await pilot.press("alt+r")
        await until(pilot, lambda: app.desk.shelf.known)
        await pilot.press("down")
        await snapshot(pilot, "runs")


@pytest.mark.parametrize("size", SIZES)
async def test_what_is_marked(size: tuple[int, int], snapshot: Snapshot) -> None:
    async with workbench(size) as (app, pilot, _):
        await pilot.press("alt+c")
        await until(pilot, lambda: app.desk.shelf.known)
        await pilot.press("end")
        await snapshot(pilot, "marked")


@pytest.mark.parametrize("size", SIZES)
async def test_a_comparison(size: tuple[int, int], snapshot: Snapshot) -> None:
    whole = explanation_of(LONG.strip())
    tokens = [
        replace(token, score=(token.score or 0) / (1 + i % 3))
        for i, token in enumerate(whole.tokens)
    ]
    rows = {
        "noiser": whole,
        "occlusion": replace(whole, tokens=tuple(tokens), method="occlusion"),
        "lime": "The model is too large for it.",
    }
    async with workbench(size) as (app, pilot, _):
        app.open_page(finished_page(compared(rows)))
        await settled(pilot)
        await pilot.press("right", "right", "down")
        await snapshot(pilot, "comparison")
