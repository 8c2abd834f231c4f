"""Rewards in the workbench: a response to the prompt, another to hold it against, sessions and saved runs."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from textual.widgets import TextArea

import noiser
from noiser.chat import Chat, Message
from noiser.errors import Cancelled, WrongUse
from noiser.events import Explained, PromptRead, TokensScored
from noiser.export import save
from noiser.record import from_record
from noiser.record import to_json as record_to_json
from noiser.request import Request
from noiser_tui.history.session import from_json, to_json
from noiser_tui.workbench import desk, inspecting, opening, response_room
from noiser_tui.workbench.chat_form import ChatForm
from noiser_tui.workbench.engine import (
    Continue,
    EngineTold,
    EstimateCost,
    ExplainPrompt,
    Job,
    JobEnded,
    ReadPrompt,
    WentOn,
)
from noiser_tui.workbench.engine.context import Context, Held
from noiser_tui.workbench.reopened_run import page_of, put_back
from noiser_tui.workbench.response_form import Responded, ResponseForm, prompts_of, responded_in
from noiser_tui.workbench.session import session_of, with_session
from noiser_tui.workbench.state import State, run_asked
from noiser_tui.workbench.widgets.prompt_editor import PromptEditor
from tests.tiny import make_reward, make_tiny
from tests.workbench.answers import explanation_of
from tests.workbench.fake import workbench
from tests.workbench.hands import PROMPT, line_of, settled, text_of, until
from tests.workbench.snapshot import SIZES, Snapshot

GOOD, BAD = " Paris, of course.", " Rome and live"
FIXED = Request(bound="norm-l2", draws=3)


async def command(pilot, *words: str) -> None:
    await pilot.press("f1", *" ".join(words), "enter")
    await settled(pilot)


async def with_prompt(app, pilot, model: str = "tiny-reward") -> None:
    app.load_model(model)
    await until(pilot, lambda: app.state.phase == "ready" and app.state.model.name == model)
    app.view.query_one(PromptEditor).text = PROMPT
    await settled(pilot)


async def test_one_command_asks_for_the_response_and_explains_its_reward() -> None:
    async with workbench((120, 40)) as (app, pilot, engine):
        await with_prompt(app, pilot)
        await command(pilot, "explain a response")
        await pilot.press(*GOOD, "enter")
        await settled(pilot)
        (job,) = engine.explained
        assert job.text == Responded(PROMPT, GOOD) == app.state.asked
        assert job.request.bound == "norm-l2"
        assert "response “ Paris, of course.” against none" in line_of(app, "response")
        text = text_of(app)
        for said in ("reward 1.32", "› reward", "target reward", "reward rests on", " course."):
            assert said in text, said
        assert "next token" not in text
        assert not app.state.edited
        await pilot.press("tab", "right", "enter")
        await settled(pilot)
        assert "(0.0900 to 0.1100) of the reward" in text_of(app)


async def test_a_model_that_gives_no_rewards_says_so_before_a_response_is_asked_for() -> None:
    async with workbench((120, 40)) as (app, pilot, engine):
        await with_prompt(app, pilot, "tiny")
        await command(pilot, "explain a response")
        assert not app.facts()["modal"]
        assert app.state.error == "tiny gives no rewards: load a reward model (Alt+M)."
        await with_prompt(app, pilot)
        app.view.query_one(PromptEditor).text = ""
        await command(pilot, "explain a response")
        assert not app.facts()["modal"]
        assert app.state.error.startswith("The prompt is empty")
        assert not engine.explained


async def test_the_other_response_makes_it_a_margin_of_two_texts() -> None:
    async with workbench((80, 24)) as (app, pilot, engine):
        await with_prompt(app, pilot)
        await command(pilot, "set the response")
        await pilot.press(*GOOD, "enter")
        await command(pilot, "set the other")
        await pilot.press(*BAD, "ctrl+j", *"well", "enter")
        await settled(pilot)
        assert not engine.explained
        await pilot.press("f5")
        await settled(pilot)
        assert engine.explained[-1].text == Responded(PROMPT, GOOD, f"{BAD}\nwell")
        text = text_of(app)
        assert "margin 0.5" in text
        assert "preferred with probability 0.6225" in text
        assert "against “ Rome and live⏎well”" in line_of(app, "response")
        assert [one.explanation.explains for one in app.state.run.done] == ["margin"] * 2
        assert app.state.run.saved.explains == "margin"
        assert app.state.run.prompt.text.endswith(GOOD)
        await pilot.press("alt+right")
        await settled(pilot)
        assert app.state.run.prompt.text.endswith("well")
        assert "the prompt with the other response" in app.state.note
        await command(pilot, "no response")
        assert app.state.asked == PROMPT
        assert app.state.request.bound == "min"
        assert not app.view.query_one("#response").display


async def test_what_a_reward_is_not_asked_is_refused_before_the_run() -> None:
    async with workbench((120, 40)) as (app, pilot, engine):
        await with_prompt(app, pilot)
        await pilot.press("f5")
        await settled(pilot)
        assert "none to flip" in app.state.error
        response_room.use(app, ResponseForm(GOOD, BAD))
        await pilot.press("f5")
        await settled(pilot)
        (ran,) = engine.explained
        kept = app.state.run
        for changes, why in (
            ({"bound": "max"}, "none to flip"),
            ({"method": "reagent"}, "explains predictions"),
            ({"method": "random"}, "the same whatever"),
            ({"method": "saliency"}, "has no sign"),
            ({"granularity": "word"}, "token by token"),
            ({"target": " Paris"}, "give no target"),
        ):
            app.change_request(**changes)
            await settled(pilot)
            assert why in app.state.error
            assert app.state.request == ran.request
        response_room.use(app, ResponseForm(GOOD, GOOD))
        await pilot.press("f5")
        await pilot.press("alt+n")
        await settled(pilot)
        assert "there is no next token" in app.state.error
        assert engine.explained == [ran]
        assert not [one for one in engine.jobs if isinstance(one, Continue)]
        assert app.state.run == kept
        await pilot.press("alt+v")
        await settled(pilot)
        assert "not compared" in app.state.error
        response_room.use(app, ResponseForm(GOOD, BAD))
        await pilot.press("ctrl+r")
        await settled(pilot)
        assert "takes no further draws" in app.state.error


async def test_the_bound_of_a_reward_does_not_follow_to_a_language_model() -> None:
    async with workbench((120, 40)) as (app, pilot, _):
        await with_prompt(app, pilot)
        await command(pilot, "explain a response")
        await pilot.press(*GOOD, "enter")
        await settled(pilot)
        assert app.state.request.bound == "norm-l2"
        assert desk.blank(app.desk).request.bound == "norm-l2"
        app.load_model("tiny")
        await until(pilot, lambda: app.state.phase == "ready" and app.state.model.name == "tiny")
        await pilot.press("ctrl+n")
        await settled(pilot)
        assert app.state.request.bound == "min"


async def test_a_language_model_says_at_once_that_it_gives_no_rewards() -> None:
    async with workbench((120, 40)) as (app, pilot, engine):
        await with_prompt(app, pilot, "fake")
        inspecting.read_ahead(app)
        await until(pilot, lambda: app.state.reading.next_tokens)
        await command(pilot, "set the response")
        await pilot.press(*GOOD, "enter")
        await settled(pilot)
        assert "fake gives no rewards: load a reward model" in app.state.error
        assert "a response is explained: no next token" in text_of(app)
        assert not engine.explained
        app.load_model("tiny-reward")
        await until(pilot, lambda: app.state.phase == "ready")
        await pilot.press("f5")
        await settled(pilot)
        assert app.state.run.explanation.explains == "reward"


async def test_both_are_options_and_the_estimate_and_the_tokens_are_of_both_texts() -> None:
    async with workbench((120, 40)) as (app, pilot, engine):
        await with_prompt(app, pilot)
        await pilot.press("shift+f2", *"response", "enter")
        await settled(pilot)
        await pilot.press(*GOOD, "enter")
        await settled(pilot)
        assert "the bound" not in text_of(app)
        await pilot.press("ctrl+u", *"against", "enter")
        await settled(pilot)
        app.screen.query_one(TextArea).text = BAD
        await pilot.press("enter")
        await settled(pilot)
        await pilot.press("escape")
        await settled(pilot)
        asked = Responded(PROMPT, GOOD, BAD)
        assert app.state.asked == asked
        assert app.state.request == Request(bound="norm-l2")
        inspecting.read_ahead(app)
        await until(pilot, lambda: app.state.reading.read == asked)
        await pilot.press("ctrl+t")
        await settled(pilot)
        assert [one.text for one in engine.jobs if isinstance(one, EstimateCost)] == [asked]


async def test_a_response_comes_back_with_the_session_and_with_its_run(tmp_path: Path) -> None:
    async with workbench((120, 40)) as (app, pilot, _engine):
        form, said = ResponseForm(GOOD, f"{BAD}\nwell"), ChatForm(on=True)
        page = replace(desk.blank(app.desk, PROMPT), chat=said, response=form)
        app.show_page(page)
        session, problems = from_json(to_json(session_of(app.desk, {}, frozenset())))
        assert not problems
        back = with_session(desk.empty_desk("fake"), session).active.page
        assert isinstance(back, State)
        assert back.asked == page.asked
        assert back.asked == Responded(Chat((Message("user", PROMPT),)), *vars(form).values())
        save(explanation_of(page.asked), tmp_path / "margin.json")
        opening.open_any(app, tmp_path / "margin.json")
        await settled(pilot)
        assert app.state.asked == page.asked
        assert "margin, text 1 of 2" in text_of(app)


@pytest.mark.parametrize("prompt", [PROMPT, Chat((Message("user", PROMPT),))])
@pytest.mark.parametrize("other", ["", BAD])
def test_a_saved_response_is_asked_again_as_it_was(prompt: str | Chat, other: str) -> None:
    asked = Responded(prompt, GOOD, other)
    page = page_of(explanation_of(asked), State("fake"))
    assert (page.text, page.asked, page.run.asked) == (PROMPT, asked, asked)
    assert page.run.measure == asked.measure == page.measure


def test_a_reward_of_a_text_alone_is_no_response() -> None:
    made = noiser.explain(make_reward("llama"), PROMPT, FIXED)
    assert responded_in(made) is None
    page = page_of(made, State("fake"))
    assert (page.asked, page.run.measure) == (PROMPT, "reward")


@pytest.mark.parametrize("size", SIZES)
async def test_a_margin_as_a_picture(size: tuple[int, int], snapshot: Snapshot) -> None:
    async with workbench(size) as (app, pilot, _):
        await with_prompt(app, pilot)
        long = " Rome, where the senators meet and the people live."
        response_room.use(app, ResponseForm(GOOD, long))
        await pilot.press("f5")
        await settled(pilot)
        await pilot.press("tab", "right")
        await snapshot(pilot, "margin")


def posted(job: Job, model: Any, cancel: threading.Event | None = None) -> list[Any]:
    messages: list[Any] = []
    job.run(Context(1, cancel or threading.Event(), messages.append, Held(model)))
    return messages


@pytest.mark.parametrize("other", ["", BAD])
def test_the_real_engine_explains_what_noiser_does(other: str) -> None:
    model, asked = make_reward("llama"), Responded(PROMPT, GOOD, other)
    read, *more = posted(ReadPrompt(asked, Request()), model)
    assert (read.text, read.prompt) == (asked, prompts_of(model, asked)[0])
    assert not more
    form = ResponseForm(GOOD, other)
    page = State(model.info.name, model.info, PROMPT, response=form, request=FIXED)
    page = run_asked(page, 1)
    told = posted(ExplainPrompt(asked, FIXED), model)
    assert told[0].costs.fits(asked, FIXED)
    for message in told:
        page = page.heard(message)
    given = (model, PROMPT, GOOD)
    made = (
        noiser.explain_margin(*given, other, FIXED)
        if other
        else noiser.explain_reward(*given, FIXED)
    )
    assert page.run.saved.tokens == made.tokens
    assert [one.tokens for one in page.run.saved.continuation] == [
        one.tokens for one in made.continuation
    ]
    assert (page.run.saved.reward, page.run.measure) == (made.reward, asked.measure)
    assert page.asked == page.run.asked
    again = page_of(page.run.saved, State(model.info.name))
    assert (again.asked, again.request) == (asked, replace(FIXED, aggregate="joint"))


def test_cancelled_between_the_texts_it_shows_the_first_alone() -> None:
    model, asked = make_reward("llama"), Responded(PROMPT, GOOD, BAD)
    page = State(model.info.name, model.info, PROMPT, response=ResponseForm(GOOD, BAD))
    page, cancel, job = run_asked(page, 1), threading.Event(), ExplainPrompt(asked, FIXED)
    messages: list[Any] = []

    def hear(message: Any) -> None:
        messages.append(message)
        if isinstance(message, EngineTold) and isinstance(message.event, Explained):
            cancel.set()

    with pytest.raises(Cancelled) as caught:
        job.run(Context(1, cancel, hear, Held(model)))
    ended = JobEnded(1, job, model=model.info, cancelled=True, partial=caught.value.partial)
    for message in (*messages, ended):
        page = page.heard(message)
    assert page.run.measure == "reward"
    assert not page.run.explanation.complete
    assert page.run.prompt.text == page.run.explanation.prompt


def test_the_real_engine_refuses_before_anything_runs() -> None:
    for request, model, why in (
        (Request(), make_reward("llama"), "none to flip"),
        (FIXED, make_tiny("llama"), "gives no rewards"),
    ):
        told: list[Any] = []
        job = ExplainPrompt(Responded(PROMPT, GOOD), request, preview=False)
        with pytest.raises(WrongUse, match=why):
            job.run(Context(1, threading.Event(), told.append, Held(model)))
        assert not [one for one in told if isinstance(one, EngineTold)]


@pytest.mark.parametrize(("other", "texts"), [("", 0), (BAD, 0), (BAD, 1)])
def test_what_a_cancel_left_goes_on_also_where_it_is_read_from_its_record(
    other: str, texts: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the first text, where its record tells of that one only, and in the other one."""
    monkeypatch.setattr("noiser.call_budget.CPU_POSITIONS", 20)
    monkeypatch.setattr("noiser_tui.workbench.engine.rationing.PROGRESS_INTERVAL", 0.0)
    model, asked = make_reward("llama"), Responded(PROMPT, GOOD, other)
    form = ResponseForm(GOOD, other)
    page = State(model.info.name, model.info, PROMPT, response=form, request=FIXED)
    page, cancel, job = run_asked(page, 1), threading.Event(), ExplainPrompt(asked, FIXED)
    scored = 0

    def hear(message: Any) -> None:
        nonlocal page, scored
        page = page.heard(message)
        event = message.event if isinstance(message, EngineTold) else None
        if isinstance(event, PromptRead) and event.step == texts:
            scored = 1
        if isinstance(event, TokensScored) and scored:
            cancel.set()

    with pytest.raises(Cancelled) as caught:
        job.run(Context(1, cancel, hear, Held(model)))
    left = caught.value.partial
    page = page.heard(JobEnded(1, job, model=model.info, cancelled=True, partial=left))
    assert page.begun == left
    session, problems = from_json(
        to_json(session_of(desk.opened(desk.empty_desk(model.info.name), page), {}, frozenset()))
    )
    assert not problems
    tab = with_session(desk.empty_desk(model.info.name), session).documents[1].page
    assert isinstance(tab, State)
    again = put_back(tab, from_record(json.loads(record_to_json(left))))
    assert again.begun == left
    assert not again.edited
    told = posted(ExplainPrompt(asked, FIXED, begun=again.begun), model)
    assert any(isinstance(one, WentOn) and not one.anew for one in told)
    again = replace(run_asked(again, 1), run_job=1)
    for message in told:
        again = again.heard(message)
    given = (model, PROMPT, GOOD)
    whole = (
        noiser.explain_margin(*given, other, FIXED)
        if other
        else noiser.explain_reward(*given, FIXED)
    )
    assert again.run.saved.tokens == whole.tokens
    assert again.run.saved.reward == whole.reward
