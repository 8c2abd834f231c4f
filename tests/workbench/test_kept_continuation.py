"""A continuation that was walked is there again after a restart, where it was walked to."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from noiser_tui.history.session import Session, Tab, from_json, to_json
from noiser_tui.history.sessions import SessionFile
from noiser_tui.workbench.continuation import LEFT, STOPPED
from noiser_tui.workbench.desk import empty_desk, model_asked
from noiser_tui.workbench.engine import Continue
from noiser_tui.workbench.session import with_session
from noiser_tui.workbench.state import State
from noiser_tui.workbench.widgets.continuation_strip import ContinuationStrip
from tests.workbench.answers import answers
from tests.workbench.fake import workbench
from tests.workbench.hands import lines_of, settled, text_of, type_and_run, until


@pytest.fixture(autouse=True)
def own_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOISER_DATA", str(tmp_path / "data"))


def kept(folder: Path) -> SessionFile:
    return SessionFile("here", folder)


async def test_a_way_that_was_walked_is_walked_on_after_a_restart(tmp_path):
    async with workbench((120, 40), session=kept(tmp_path)) as (app, pilot, _):
        await type_and_run(pilot, app)
        await pilot.press("alt+n")
        await settled(pilot)
        await pilot.press("right", "down", "enter")  # another token at the second place
        await settled(pilot)
        await pilot.press("right", "right")
        await settled(pilot)
        walked, shown = app.state.continuation, lines_of(app, "strip")
        assert app.query_one(ContinuationStrip).at == 3
        await pilot.press("ctrl+q")
    async with workbench((120, 40), session=kept(tmp_path)) as (app, pilot, engine):
        await until(pilot, lambda: app.state.run.explanation is not None)
        assert app.state.continuation.written == walked.written
        strip = app.query_one(ContinuationStrip)
        assert strip.at == 3
        assert not any(isinstance(job, Continue) for job in engine.jobs), "nothing is written again"
        strip.focus()
        await settled(pilot)
        assert lines_of(app, "strip") == shown
        await pilot.press("down", "enter")
        await settled(pilot)
        (job,) = (one for one in engine.jobs if isinstance(one, Continue))
        assert job.chosen[:3] == tuple(one.token.id for one in walked.written[:3])


async def test_one_that_was_cut_is_offered_and_goes_on_after_what_is_written(tmp_path):
    async with workbench((120, 40), session=kept(tmp_path)) as (app, pilot, engine):
        await type_and_run(pilot, app)
        await pilot.press("alt+n")
        await settled(pilot)
        whole = app.state.continuation.written
        await pilot.press("escape", "ctrl+e")
        engine.waiting = {Continue}
        await pilot.press("alt+n")
        await settled(pilot)
        job = app.state.continuation.job
        first, *_ = answers(job, engine.jobs[job - 1], engine.model) or []
        app.post_message(first)
        await settled(pilot)
        app.session.save()  # as when the process is killed then
        app.session.let_go({})
    async with workbench((120, 40), session=kept(tmp_path)) as (app, pilot, engine):
        await until(pilot, lambda: app.state.run.explanation is not None)
        assert app.state.note == LEFT
        assert app.state.continuation.written == whole[:1]
        await pilot.press("alt+n")
        await settled(pilot)
        (asked,) = (one for one in engine.jobs if isinstance(one, Continue))
        assert (asked.tokens, asked.begun) == (20, (whole[0].token.id,))
        assert app.state.continuation.written == whole
        assert not app.state.continuation.left
        assert LEFT not in text_of(app)
        await pilot.press("ctrl+q")
    async with workbench((120, 40), session=kept(tmp_path)) as (app, pilot, engine):
        await until(pilot, lambda: app.state.run.explanation is not None)
        assert app.state.note == ""


async def test_it_can_be_asked_for_while_the_model_loads(tmp_path):
    async with workbench((120, 40), session=kept(tmp_path)) as (app, pilot, engine):
        app.desk = model_asked(app.desk, "fake", 99)
        await pilot.press("H", "i", "alt+n")
        await settled(pilot)
        assert isinstance(engine.jobs[-1], Continue)
        assert app.state.phase == "loading"
        assert app.state.continuation.written


async def test_another_way_that_was_cut_goes_on_that_way(tmp_path):
    async with workbench((120, 40), session=kept(tmp_path)) as (app, pilot, engine):
        await type_and_run(pilot, app)
        await pilot.press("alt+n")
        await settled(pilot)
        engine.waiting = {Continue}
        await pilot.press("right", "down", "enter")  # another token at the second place
        await settled(pilot)
        await pilot.press("escape")
        await settled(pilot)
        assert app.state.note == STOPPED
        chosen = app.state.continuation.chosen
        assert len(chosen) == 2
        await pilot.press("ctrl+q")
    async with workbench((120, 40), session=kept(tmp_path)) as (app, pilot, engine):
        await until(pilot, lambda: app.state.run.explanation is not None)
        assert app.state.note == LEFT
        await pilot.press("alt+n")
        await settled(pilot)
        (asked,) = (one for one in engine.jobs if isinstance(one, Continue))
        assert (asked.chosen, asked.begun) == (chosen, chosen[:1])
        assert app.state.continuation.ids[:2] == chosen
        assert len(app.state.continuation.written) == 22


async def test_what_was_written_after_another_text_is_not_kept(tmp_path):
    async with workbench((120, 40), session=kept(tmp_path)) as (app, pilot, _):
        await type_and_run(pilot, app)
        await pilot.press("alt+n")
        await settled(pilot)
        await pilot.press("ctrl+e", "x", "ctrl+q")
    assert kept(tmp_path).begun.tabs[0].continued == ()


STEPS = ((" a", ((1, " a", 0.5), (1, " a", 0.5), (2, " b", 0.25))),)


@pytest.mark.parametrize(
    ("model", "steps", "count"),
    [
        ("fake", STEPS, 1),
        ("other", STEPS, 0),
        ("fake", ((" a", ()), *STEPS), 0),
        ("fake", [[" a", [[1, " a", None]]]], 0),
        ("fake", 3, 0),
    ],
)
def test_only_what_this_model_wrote_and_can_be_walked_is_put_back(model, steps, count):
    session = Session(tabs=(Tab(text="x", continued=STEPS, continued_by=model),))
    written = json.loads(to_json(session))
    written["tabs"][0]["continued"] = steps
    desk = with_session(empty_desk("fake"), from_json(json.dumps(written))[0])
    page = desk.active.page
    assert isinstance(page, State)
    assert len(page.continuation.written) == count
