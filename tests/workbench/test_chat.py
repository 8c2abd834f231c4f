"""Chats in the workbench: the text as the user's message, files of messages, sessions and saved runs."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from textual.widgets.text_area import Selection

from noiser.chat import Chat, Message, make_chat
from noiser.errors import WrongUse
from noiser.model.language_model import LanguageModel
from noiser.request import Request
from noiser_tui.cli import asking
from noiser_tui.history.session import from_json, to_json
from noiser_tui.workbench import (
    chat_room,
    desk,
    explorer_tree,
    inspecting,
    marking,
    opening,
    question,
)
from noiser_tui.workbench.chat_form import ChatForm, chat_in, form_of
from noiser_tui.workbench.comparison_page import ComparisonPage
from noiser_tui.workbench.engine import (
    CompareRows,
    Continue,
    EstimateCost,
    ExplainPrompt,
    Job,
    ReadPrompt,
)
from noiser_tui.workbench.engine.context import Context, Held
from noiser_tui.workbench.reopened_run import page_of
from noiser_tui.workbench.session import session_of, with_session
from noiser_tui.workbench.state import State
from noiser_tui.workbench.ways import Ways
from noiser_tui.workbench.widgets.prompt_editor import PromptEditor
from tests.tiny import make_tiny
from tests.workbench.answers import explanation_of
from tests.workbench.fake import workbench
from tests.workbench.hands import PROMPT, line_of, settled, text_of, until

TEMPLATE = (
    "{% for m in messages %}[{{ m.role }}] {{ m.content }}\n{% endfor %}"
    "{% if add_generation_prompt %}[assistant]{% endif %}"
)
TALK = [
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": "Where is Paris?"},
    {"role": "assistant", "content": "In France."},
    {"role": "user", "content": "And Rome?"},
]


def chat(*contents: str) -> Chat:
    """What the user says, after what the system says where two are given."""
    roles = ("system", "user")[2 - len(contents) :]
    return Chat(tuple(map(Message, roles, contents)))


async def command(pilot, *words: str) -> None:
    await pilot.press("f1", *" ".join(words), "enter")
    await settled(pilot)


async def test_the_text_is_what_the_user_says_until_it_is_turned_off() -> None:
    async with workbench((120, 40)) as (app, pilot, engine):
        app.view.query_one(PromptEditor).text = PROMPT
        await command(pilot, "as a chat")
        assert "Chat: the user says" in text_of(app)
        await pilot.press("f5")
        await settled(pilot)
        assert engine.explained[-1].text == chat(PROMPT)
        assert "[assistant]" in text_of(app)
        assert not app.state.edited
        assert app.state.run.explanation.messages == chat(PROMPT).messages
        await command(pilot, "as a chat")
        assert app.state.edited
        await pilot.press("f5")
        await settled(pilot)
        assert engine.explained[-1].text == PROMPT
        assert "[assistant]" not in text_of(app)


async def test_the_system_message_comes_first_and_can_be_taken_away() -> None:
    async with workbench((120, 40)) as (app, pilot, _engine):
        app.view.query_one(PromptEditor).text = PROMPT
        await command(pilot, "system message")
        await pilot.press(*"Be brief.", "enter")
        await settled(pilot)
        assert "system set" in text_of(app)
        assert app.state.asked == chat("Be brief.", PROMPT)
        await command(pilot, "system message")
        await pilot.press("ctrl+u", *["backspace"] * 9, "enter")
        await settled(pilot)
        assert app.state.asked == chat(PROMPT)


async def test_both_are_options_and_everything_else_is_asked_about_the_chat() -> None:
    async with workbench((120, 40)) as (app, pilot, engine):
        app.view.query_one(PromptEditor).text = PROMPT
        await pilot.press("shift+f2", *"chat", "enter")
        await pilot.pause()
        await pilot.press("ctrl+u", *"system", "enter")
        await pilot.pause()
        await pilot.press(*"Hush", "enter")
        await pilot.pause()
        await pilot.press("escape")
        await settled(pilot)
        said = chat("Hush", PROMPT)
        assert app.state.asked == said
        assert app.state.request == Request()
        await pilot.press("ctrl+t")
        await settled(pilot)
        assert "token-forwards" in app.state.note or "expected" in app.state.note.lower()
        await pilot.press("alt+n")
        await settled(pilot)
        assert app.state.continuation.text == said
        assert " Paris" in text_of(app)
        inspecting.read_ahead(app)
        await until(pilot, lambda: app.state.reading.text == said)
        asked = [one.text for one in engine.jobs if isinstance(one, (EstimateCost, Continue))]
        assert asked == [said, said]


async def test_a_comparison_of_a_chat_is_of_the_chat() -> None:
    async with workbench((120, 40)) as (app, pilot, engine):
        chat_room.use(app, ChatForm(on=True))
        app.view.query_one(PromptEditor).text = PROMPT
        await settled(pilot)
        from noiser_tui.workbench.compare_room import start

        start(app, app.state.said, Ways(bounds=("min", "max")))
        await settled(pilot)
        page = app.desk.active.page
        assert isinstance(page, ComparisonPage)
        (job,) = (one for one in engine.jobs if isinstance(one, CompareRows))
        assert job.text == page.asked == chat(PROMPT)
        assert page.text == PROMPT


async def test_a_model_without_a_template_says_so() -> None:
    sentence = "fake has no chat template: it is no chat model, give it a plain prompt."
    async with workbench((120, 40)) as (app, pilot, engine):
        engine.failing = {ExplainPrompt: sentence, ReadPrompt: sentence}
        chat_room.use(app, ChatForm(on=True))
        app.view.query_one(PromptEditor).text = PROMPT
        await settled(pilot)
        inspecting.read_ahead(app)
        await until(pilot, lambda: app.state.error == sentence)
        await pilot.press("f5")
        await settled(pilot)
        assert app.state.error == sentence


async def test_a_text_is_marked_wherever_it_is_said_as_the_command_line_marks_it() -> None:
    async with workbench((120, 40)) as (app, pilot, engine):
        talk = make_chat([*TALK[:3], {"role": "user", "content": "And Paris?"}])
        app.open_page(chat_room.chat_page(app, talk))
        await settled(pilot)
        await pilot.press("f5")
        await settled(pilot)
        app.view.query_one(PromptEditor).selection = Selection((0, 4), (0, 9))
        await pilot.press("alt+u")
        await settled(pilot)
        marked = Request(**asking.units("token", None, ["Paris"]))
        assert engine.explained[-1].request == app.state.request == marked
        assert "by span (1)" in line_of(app, "options").replace("  ", " ")
        page = question.prompt_changed(app.state, "And Oslo?")
        assert page.request == marked  # it is said before, too
        page = replace(page, request=replace(marked, marks=("Paris", "And")))
        assert question.prompt_changed(page, "Or Oslo?").request == marked
        assert question.chat_changed(page, ChatForm()).request == Request()
        app.view.query_one(PromptEditor).move_cursor((0, 6))  # within it
        await pilot.press("alt+u")
        await settled(pilot)
        assert engine.explained[-1].request == Request()


def test_marks_of_a_run_that_is_opened_again_are_texts_of_it() -> None:
    page = page_of(explanation_of(chat("Where is Paris?")), State("fake"))
    text = page.run.prompt.text
    at = text.index("Paris")
    request = Request(granularity="span", spans=((at, at + 5),))
    assert marking.marks_of(replace(page, request=request)) == ("Paris",)


@pytest.fixture
def talks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "talk.json").write_text(json.dumps({"messages": TALK}))
    (tmp_path / "bare.json").write_text(json.dumps(TALK[1:2]))
    lines = [{"messages": TALK}, {"messages": TALK[:2]}]
    (tmp_path / "talks.jsonl").write_text("\n".join(map(json.dumps, lines)) + "\n")
    (tmp_path / "wrong.json").write_text(
        json.dumps({"messages": [{"role": "cat", "content": "m"}]})
    )
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_files_of_messages_are_told_from_runs_and_samples(talks: Path) -> None:
    for name in ("talk.json", "bare.json"):
        assert isinstance(chat_in((talks / name).read_bytes()), Chat)
    assert chat_in(b'[{"prompt": "One"}]') is None
    assert chat_in(b'{"format": "noiser/1", "messages": []}') is None
    assert chat_in(b"\xff") is None
    nodes = {one.name: one for one in explorer_tree.folder_nodes(talks)}
    assert {name for name, one in nodes.items() if one.branch} == {"talks.jsonl"}
    first, second = explorer_tree.children(f"table:{talks / 'talks.jsonl'}")
    assert (first.name, second.name) == ("And Rome?", "Where is Paris?")
    assert first.opens.text == make_chat(TALK)
    (talks / "talks.jsonl").write_text(json.dumps({"messages": TALK}) + '\n{"prompt": "x"}\n')
    with pytest.raises(WrongUse, match=r"talks\.jsonl: line 2 is no chat"):
        explorer_tree.children(f"table:{talks / 'talks.jsonl'}")


async def test_a_file_of_messages_opens_runs_and_is_written_back(talks: Path) -> None:
    async with workbench((120, 40)) as (app, pilot, engine):
        opening.open_any(app, talks / "talk.json")
        await settled(pilot)
        assert app.view.query_one(PromptEditor).text == "And Rome?"
        assert "Chat: the user says · system set · after 2 messages" in text_of(app)
        await pilot.press("f5")
        await settled(pilot)
        assert engine.explained[-1].text == make_chat(TALK)
        app.view.query_one(PromptEditor).text = "And Oslo?"
        await settled(pilot)
        await pilot.press("ctrl+s")
        await settled(pilot)
        assert not app.desk.active.edited
        kept = json.loads((talks / "talk.json").read_text())
        assert kept == {"messages": [*TALK[:3], {"role": "user", "content": "And Oslo?"}]}
        opening.open_any(app, talks / "wrong.json")
        await settled(pilot)
        assert "role" in app.state.error


@pytest.mark.parametrize("others", ['{"messages": [{"role": "user", "content": "Mine"}]}', "notes"])
async def test_a_chat_that_others_changed_is_not_written_over_unasked(
    talks: Path, others: str
) -> None:
    async with workbench((120, 40)) as (app, pilot, _):
        file = talks / "talk.json"
        opening.open_any(app, file)
        await settled(pilot)
        app.view.query_one(PromptEditor).text = "And Oslo?"
        await settled(pilot)
        file.write_text(others)
        opening._write(app, file)
        assert "another by now" in app.state.error
        assert file.read_text() == others
        opening._write(app, file)
        assert json.loads(file.read_text())["messages"][-1]["content"] == "And Oslo?"
        opening._write(app, file)
        assert not app.desk.active.edited


async def test_a_chat_comes_back_with_the_session() -> None:
    async with workbench((120, 40)) as (app, _pilot, _engine):
        form, text = form_of(make_chat(TALK).messages)
        app.show_page(replace(desk.blank(app.desk, text), chat=form))
        session, problems = from_json(to_json(session_of(app.desk, {}, frozenset())))
        assert not problems
        back = with_session(desk.empty_desk("fake"), session).active.page
        assert isinstance(back, State)
        assert back.asked == make_chat(TALK)


def test_a_saved_chat_is_asked_again_as_it_was() -> None:
    page = page_of(explanation_of(make_chat(TALK)), State("fake"))
    assert (page.text, page.asked, page.run.asked) == ("And Rome?", *[make_chat(TALK)] * 2)
    plain = page_of(explanation_of(PROMPT), State("fake"))
    assert (plain.asked, plain.chat) == (PROMPT, ChatForm())


@pytest.fixture(scope="module")
def model() -> LanguageModel:
    """A tiny random model of its own, with a chat template."""
    made = make_tiny("qwen2", bos=False)
    words = made.tokenizer
    copied = type(words)(tokenizer_object=words.backend_tokenizer)
    copied.chat_template = TEMPLATE
    return LanguageModel(made.network, copied, made.info)


def posted(job: Job, held: Held) -> list[Any]:
    messages: list[Any] = []
    job.run(Context(1, threading.Event(), messages.append, held))
    return messages


def test_the_real_engine_explains_what_was_said_in_the_template(model: LanguageModel) -> None:
    form = ChatForm(on=True).with_system("Be brief.")
    page = State(model.info.name, text="Where does code live?", chat=form)
    request = Request(draws=1, steps=2, specials="exclude")
    read, _ = posted(ReadPrompt(page.asked, request), Held(model))
    assert (read.text, read.prompt.messages) == (page.asked, page.asked.messages)
    told = posted(ExplainPrompt(page.asked, request, preview=False), Held(model))
    made = told[-1].event.explanation
    assert told[0].costs.fits(page.asked, request)
    assert made.prompt == "[system] Be brief.\n[user] Where does code live?\n[assistant]"
    assert {one.role for one in made.tokens} == {"content", "template"}
    again = page_of(made, State(model.info.name))
    assert again.asked == page.asked == again.run.asked
    assert again.chat == form


def test_the_real_engine_refuses_a_chat_where_there_is_no_template() -> None:
    with pytest.raises(WrongUse, match="has no chat template"):
        posted(ExplainPrompt(chat("Hi"), Request()), Held(make_tiny("qwen2", bos=False)))
