"""More draws for an explanation that is there."""

from __future__ import annotations

from dataclasses import replace

from noiser_tui.workbench.engine import AddDraws
from noiser_tui.workbench.keymap import possible
from noiser_tui.workbench.widgets.plain_text import Line
from tests.workbench.fake import workbench
from tests.workbench.hands import settled, text_of, type_and_run


async def test_more_draws_replace_what_is_shown_and_ask_for_no_new_search():
    async with workbench(size=(120, 36)) as (app, pilot, engine):
        await pilot.press("ctrl+r")
        await pilot.pause()
        assert "no whole explanation to add draws to" in app.state.error
        await type_and_run(pilot, app)
        before = app.state.run
        await pilot.press("ctrl+r")
        await pilot.pause()
        job = engine.jobs[-1]
        assert isinstance(job, AddDraws)
        assert (job.explanation.draws, job.draws) == (10, 40)
        now = app.state.run
        assert now.explanation is not None
        assert now.explanation.draws == 40
        assert now.search is before.search
        assert "scores are those of 40 draws" in text_of(app)


async def test_what_was_found_stays_while_draws_are_added_and_when_that_is_cancelled():
    async with workbench(size=(120, 36)) as (app, pilot, engine):
        await type_and_run(pilot, app)
        before = app.state.run.explanation
        engine.pause_at = 1
        await pilot.press("ctrl+r")
        await pilot.pause()
        text = text_of(app)
        assert "adding draws" in text
        assert "Adding draws, up to 40: 1 of 3 in this round." in text
        assert app.state.run.explanation is before
        await pilot.press("ctrl+r")
        await pilot.pause()
        assert "The engine is at work" in app.state.error
        assert before is not None
        engine.partial = replace(before, draws=20)
        await pilot.press("escape")
        await settled(pilot)
        assert app.state.phase == "ready"
        assert app.state.run.explanation == replace(before, draws=20)
        assert "Cancelled: the scores are those of 20 draws." in text_of(app)


async def test_any_number_of_draws_in_all_is_asked_for_and_fewer_are_refused():
    async with workbench(size=(80, 24)) as (app, pilot, engine):
        assert not possible("draws_in_all", app.facts())
        await type_and_run(pilot, app)
        await pilot.press("f1", *"many in all", "enter")
        await settled(pilot)
        line = app.screen.query_one(Line)
        assert line.value == "40"
        for wrong, told in (("10", "from 11 to"), ("many", "a whole number")):
            line.value = wrong
            await pilot.press("enter")
            assert told in text_of(app)
        line.value = "25"
        await pilot.press("enter")
        await settled(pilot)
        job = engine.jobs[-1]
        assert isinstance(job, AddDraws)
        assert job.draws == 25
        assert app.state.run.explanation.draws == 25
