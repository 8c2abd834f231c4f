"""A long search shows the fast one's scores first, says so, and why there are none where there are none."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from noiser.events import Work
from noiser.opening import open_record
from noiser.tried import LeftOff, Tried
from noiser_tui.workbench.widgets.heat_map import HeatMap
from tests.workbench.fake import explanation_of, partial_of, preview_of, workbench
from tests.workbench.hands import PROMPT, by_sentence, line_of, settled, text_of, type_and_run

PREVIEW = 5
"""Events of the preview."""


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_the_preview_is_shown_as_one(size: tuple[int, int]) -> None:
    async with workbench(size) as (app, pilot, engine):
        engine.seconds, engine.pause_at = 3.0, PREVIEW + 1
        await type_and_run(pilot, app)
        if size[0] == 80:
            await pilot.press("f10")
            await settled(pilot)
        assert app.state.run.explanation == preview_of(PROMPT)
        assert "preview, refining │ α* 0.0800 │ 0.30 s" in line_of(app, "status")
        assert line_of(app, "inspector").startswith(" preview The 0.40")
        text = text_of(app)
        assert "the fast search's scores; the exact one begins   work 700" in text
        assert ("Preview   score, 95% interval" in text) is (size[0] == 120)
        assert any(app.query_one(HeatMap)._steps)


async def test_while_it_is_refined_the_search_goes_on_and_the_scores_and_the_cursor_stay() -> None:
    async with workbench((120, 40)) as (app, pilot, engine):
        engine.seconds, engine.pause_at = 3.0, PREVIEW + 3
        await type_and_run(pilot, app)
        await pilot.press("tab", "home", "right")
        heat = app.query_one(HeatMap)
        steps, cursor = heat._steps, heat._cursor
        text = text_of(app)
        assert "step 2/10" in text
        assert "1 of 6 left" in text
        assert "work 1,600 of 4,422" in text, "the 700 of the preview are not forgotten"
        assert "out at step 2" in text
        events = engine.pause_at
        for event in [*range(events, 2 * PREVIEW)]:
            from noiser_tui.workbench.engine import EngineTold
            from tests.workbench.fake import script

            app.post_message(EngineTold(2, script(PROMPT)[event - PREVIEW]))
        await pilot.pause()
        await pilot.pause()
        assert (heat._steps, heat._cursor) == (steps, cursor)
        assert app.state.run.explanation == explanation_of(PROMPT)


async def test_a_cancel_of_the_exact_run_keeps_where_that_was_with_the_preview() -> None:
    off = LeftOff((Tried(1, 0.5, False),), Work(300, 4), 0.2)
    async with workbench((120, 40)) as (app, pilot, engine):
        engine.seconds, engine.pause_at = 3.0, PREVIEW + 3
        engine.partial = replace(partial_of(PROMPT, 0), left_off=off)
        await type_and_run(pilot, app)
        await pilot.press("escape")
        await settled(pilot)
        assert app.state.run.explanation == replace(preview_of(PROMPT), left_off=off)
        await pilot.press("f5")
        await settled(pilot)
        assert engine.explained[-1].begun == replace(preview_of(PROMPT), left_off=off)


async def test_the_exact_run_replaces_it_and_its_record_is_its_own(tmp_path: Path) -> None:
    async with workbench((160, 40)) as (app, pilot, engine):
        engine.seconds = 3.0
        await type_and_run(pilot, app)
        assert "done │ α* 0.0859 │ 0.70 s" in line_of(app, "status")
        text = text_of(app).lower()
        assert "work 2,699 of 9,900 (3.7× less), 700 for the preview" in text
        assert text.count("preview") == 1
        target = tmp_path / "run.json"
        await pilot.press("ctrl+s")
        app.screen.query_one("Input").value = str(target)
        await pilot.press("enter")
        await pilot.pause()
        assert open_record(target) == explanation_of(PROMPT)


async def test_a_refinement_that_is_cancelled_leaves_the_preview(tmp_path: Path) -> None:
    async with workbench((120, 30)) as (app, pilot, engine):
        engine.seconds, engine.pause_at = 3.0, PREVIEW + 3
        engine.partial = partial_of(PROMPT, 2)
        await type_and_run(pilot, app)
        await pilot.press("escape", "f10")
        await settled(pilot)
        assert "cancelled, preview │ α* 0.0800" in line_of(app, "status")
        assert line_of(app, "inspector").startswith(" preview ")
        assert "work 1,600" in text_of(app)
        await pilot.press("ctrl+s")
        assert "Save the preview to" in text_of(app)
        app.screen.query_one("Input").value = str(tmp_path / "run.json")
        await pilot.press("enter")
        await pilot.pause()
        assert open_record(tmp_path / "run.json") == preview_of(PROMPT)


async def test_a_preview_that_is_cancelled_is_partial() -> None:
    async with workbench((120, 30)) as (app, pilot, engine):
        engine.seconds, engine.pause_at = 3.0, 4
        engine.partial = partial_of(PROMPT, 2)
        await type_and_run(pilot, app)
        await pilot.press("escape")
        await pilot.pause()
        assert "cancelled, preview │ 2 of 6 tokens scored" in line_of(app, "status")


@pytest.mark.parametrize(
    ("key", "typed", "says"),
    [
        ("f3", "largest", "No preview: the fast search finds the bound min only, not max."),
        ("f2", "occl", "No preview: occlusion searches no noise scale."),
        (None, "", "No preview: the exact search is short."),
    ],
)
async def test_where_there_is_none_it_says_why(key: str | None, typed: str, says: str) -> None:
    async with workbench((80, 24)) as (app, pilot, engine):
        engine.seconds = 3.0 if key else 0.2
        engine.pause_at = 2 if key else None
        await pilot.press("f10")
        if key:
            await pilot.press(key, *typed, "enter")
        await type_and_run(pilot, app)
        if key:
            assert says in text_of(app), "while it runs"
            engine.pause_at = None
            await type_and_run(pilot, app)
        pane = app.query_one("#search")
        pane.scroll_end(animate=False)
        await pilot.pause()
        assert says in text_of(app), "and when it is done"


@pytest.mark.parametrize(
    ("changes", "says", "signs"),
    [
        ({}, "Expected: a preview after about 15 s, all after about 45 s.", "≈ 45 s"),
        ({"bound": "max"}, "Expected to take about 30 s.", "≈ 30 s"),
    ],
)
async def test_a_long_run_says_how_long(changes: dict[str, Any], says: str, signs: str) -> None:
    async with workbench((80, 24)) as (app, pilot, engine):
        engine.seconds, engine.pause_at = 30.0, 1
        await pilot.press("f10")
        app.change_request(**changes)
        await type_and_run(pilot, app)
        assert says in text_of(app)
        assert f"running │ {signs}" in line_of(app, "status")
        engine.pause_at = PREVIEW + 1
        await type_and_run(pilot, app)
        refining = not changes
        assert ("Expected to take about 45 s in all." in text_of(app)) is refining
        engine.pause_at = None
        await type_and_run(pilot, app)
        assert "Expected" not in text_of(app)


async def test_a_preview_of_units_keeps_its_pieces_while_it_is_refined() -> None:
    async with workbench((120, 40)) as (app, pilot, engine):
        engine.seconds, engine.pause_at = 3.0, 7 + 2
        await by_sentence(pilot, app)
        heat = app.query_one(HeatMap)
        texts = ["<s>", "Go on.", " The", " <cat>", " sat.", " No more."]
        assert [p.text for p in heat._pieces] == texts
        assert app.state.run.refining
        assert "α per sentence" in text_of(app), "the search is over units again"
