"""The continuation of the prompt: walked, explained token by token, led another way."""

from __future__ import annotations

from noiser_tui.workbench.engine import Continue
from tests.workbench.answers import answers
from tests.workbench.fake import screen_lines, workbench
from tests.workbench.hands import PROMPT, lines_of, settled, text_of, type_and_run


async def continued(app, pilot):
    """Explain a prompt, continue it and stand in the continuation."""
    await type_and_run(pilot, app)
    await pilot.press("alt+n")
    await settled(pilot)


async def test_it_stands_under_the_text_with_what_else_might():
    async with workbench() as (app, pilot, _):
        await type_and_run(pilot, app)
        assert not app.query_one("#strip").display
        await pilot.press("alt+n")
        await settled(pilot)
        tokens, others = lines_of(app, "strip")
        assert "… Paris, and the sea." in tokens
        assert "←→ 1 of 20  ↑↓ ▸“ Paris” 0.600  “,” 0.300" in others


async def test_who_asks_for_it_walks_it_at_once_and_esc_goes_back():
    async with workbench() as (app, pilot, engine):
        await type_and_run(pilot, app)
        await pilot.press("alt+n")
        await settled(pilot)
        assert "Enter This token  Esc Back" in screen_lines(app)[-1]
        await pilot.press("right", "right", "enter")
        await settled(pilot)
        assert engine.explained[-1].request.at == 3
        await pilot.press("right")
        assert "←→ 4 of 20" in lines_of(app, "strip")[1]
        await pilot.press("escape", "!")
        await settled(pilot)
        assert app.state.text == f"!{PROMPT}"


async def test_esc_stops_it_first_then_goes_back_and_leaves_zen_last():
    async with workbench() as (app, pilot, engine):
        await type_and_run(pilot, app)
        engine.waiting = {Continue}
        await pilot.press("alt+z", "alt+n")
        await settled(pilot)
        await pilot.press("escape")
        await settled(pilot)
        assert (app.state.continuation.job, app.facts()["focus"]) == (0, "prompt")
        engine.waiting = set()
        await pilot.press("alt+n")
        await settled(pilot)
        await pilot.press("escape")
        await settled(pilot)
        assert (app.facts()["focus"], app.desk.zen) == ("prompt", True)
        await pilot.press("escape")
        await settled(pilot)
        assert not app.desk.zen


async def test_what_is_not_asked_takes_no_keys():
    async with workbench() as (app, pilot, _):
        await pilot.press("alt+n", "H", "i")
        await settled(pilot)
        assert app.state.text == "Hi"


async def test_a_token_is_explained_against_all_before_it():
    async with workbench() as (app, pilot, engine):
        await continued(app, pilot)
        await pilot.press("right", "right", "enter")
        await settled(pilot)
        request = engine.explained[-1].request
        assert (request.generate, request.at, request.target) == (3, 3, None)
        await pilot.press("left", "left", "enter")
        await settled(pilot)
        request = engine.explained[-1].request
        assert (request.generate, request.at, request.target) == (0, 0, None)


async def test_an_alternative_is_gone_on_from_and_explained_as_text():
    async with workbench() as (app, pilot, engine):
        await continued(app, pilot)
        await pilot.press("right", "down", "enter")
        await settled(pilot)
        asked = [job for job in engine.jobs if isinstance(job, Continue)][-1]
        assert len(asked.chosen) == 2
        written = app.state.continuation.written
        assert asked.chosen == tuple(one.token.id for one in written[:2])
        await pilot.press("enter")
        await settled(pilot)
        request = engine.explained[-1].request
        assert (request.target, request.at, request.generate) == (written[1].text, 2, 0)


async def test_another_prompt_has_another_continuation():
    async with workbench() as (app, pilot, _):
        await continued(app, pilot)
        await pilot.press("right", "enter")
        await settled(pilot)
        await pilot.press("ctrl+e", "x")
        await settled(pilot)
        assert not app.query_one("#strip").display
        assert (app.state.request.generate, app.state.request.at) == (0, 0)


async def test_why_it_does_not_go_on():
    async with workbench() as (app, pilot, engine):
        await pilot.press("alt+n")
        await settled(pilot)
        assert "The prompt is empty" in text_of(app)
        engine.failing[Continue] = "fake gives rewards, it writes no text."
        await pilot.press("H", "i", "alt+n")
        await settled(pilot)
        assert "fake gives rewards" in text_of(app)


async def test_escape_stops_it_and_what_is_written_stays():
    async with workbench() as (app, pilot, engine):
        await type_and_run(pilot, app)
        engine.waiting = {Continue}
        await pilot.press("alt+n")
        await settled(pilot)
        assert "Esc Cancel" in text_of(app)
        job = app.state.continuation.job
        first, *_ = answers(job, engine.jobs[job - 1], engine.model) or []
        app.post_message(first)
        await pilot.press("escape")
        await settled(pilot)
        assert (app.state.continuation.job, engine.queued) == (0, [])
        assert len(app.state.continuation.written) == 1
        assert "Esc Cancel" not in text_of(app)
        await type_and_run(pilot, app)
        assert app.state.run.outcome == "done"
