"""All options on one page, marked spans, and finding a token of the coloured text."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.pilot import Pilot

from noiser.errors import WrongUse
from noiser.methods import METHODS
from noiser.request import Request
from noiser_tui.settings.edit import set_setting
from noiser_tui.settings.settings import load_settings
from noiser_tui.workbench import desk, question, state
from noiser_tui.workbench.app import Workbench
from noiser_tui.workbench.marking import chosen_span
from noiser_tui.workbench.request_options import (
    AGAINST,
    CHAT,
    OPTIONS,
    RESPONSE,
    SYSTEM,
    no_effect,
    problem,
    read_spans,
)
from noiser_tui.workbench.screens.ask import Ask
from noiser_tui.workbench.screens.options import Options
from noiser_tui.workbench.spans import spans_kept, toggled
from noiser_tui.workbench.views.explanation import ExplanationView
from noiser_tui.workbench.widgets.prompt_editor import PromptEditor
from tests.workbench.fake import workbench
from tests.workbench.hands import PROMPT, line_of, settled, text_of, type_and_run
from tests.workbench.snapshot import SIZES, Snapshot


async def change(pilot: Pilot[int], option: str, *keys: str) -> None:
    """Go to an option by its name, and answer what is asked."""
    await pilot.press(*option, "enter")
    await pilot.pause()
    await pilot.press(*keys)
    await pilot.pause()
    await pilot.press("ctrl+u")
    await pilot.pause()


def test_every_field_of_a_request_is_there_with_its_default() -> None:
    names = {field.name for field in fields(Request)}
    assert OPTIONS.keys() == names - {"marks"} | {CHAT, SYSTEM, RESPONSE, AGAINST}
    for option in OPTIONS.values():
        assert option.name not in names or option.default == getattr(Request(), option.name)
        if option.default is None or option.name == "spans":
            continue
        assert option.read(option.written(option.default)) == option.default


@pytest.mark.parametrize("method", METHODS)
def test_what_a_request_refuses_of_a_method_has_a_reason(method: str) -> None:
    given = {"samples": 5, "layer": 1, "baseline": "zero", "reduction": "l2", "reference": True}
    values = vars(Request(method=method))
    for name, value in given.items():
        refused = problem({**values, name: value})
        assert bool(refused) == bool(no_effect(name, values)), name


async def test_options_are_collected_and_there_is_one_run() -> None:
    async with workbench((100, 30)) as (app, pilot, engine):
        await type_and_run(pilot, app)
        await pilot.press("shift+f2")
        await change(pilot, "bound", *"per-token", "enter")
        await change(pilot, "draws", "end", "backspace", "backspace", *"25", "enter")
        assert len(engine.explained) == 1
        await pilot.press("escape")
        await settled(pilot)
        assert len(engine.explained) == 2
        assert engine.explained[-1].request == Request(bound="per-token", draws=25)
        await pilot.press("alt+q", "escape")
        await settled(pilot)
        assert len(engine.explained) == 2


async def test_an_answer_that_is_none_is_told_in_place() -> None:
    async with workbench((100, 30)) as (app, pilot, _):
        await pilot.press("shift+f2", *"draws", "enter")
        await pilot.pause()
        await pilot.press("end", *"x", "enter")
        await pilot.pause()
        assert isinstance(app.screen, Ask)
        assert "must be a whole number" in text_of(app)


async def test_a_combination_that_cannot_be_changes_nothing() -> None:
    async with workbench((100, 30)) as (app, pilot, engine):
        await type_and_run(pilot, app)
        await pilot.press("shift+f2")
        await change(pilot, "samples", *"5", "enter")
        assert "The method noiser takes no samples." in text_of(app)
        await pilot.press("home", "pageup", "pageup", "enter")
        await pilot.pause()
        assert isinstance(app.screen, Options), "what cannot be is not explained"
        await pilot.press("escape")
        await settled(pilot)
        assert app.state.error == "Nothing was changed. The method noiser takes no samples."
        assert app.state.request == Request()
        assert len(engine.explained) == 1


async def test_a_value_goes_back_to_its_default_and_what_a_method_lacks_goes_with_it() -> None:
    async with workbench((100, 30)) as (app, pilot, _):
        start = Request(method="lime", samples=7, seed=3)
        app.show_page(replace(app.state, request=start))
        await pilot.press("shift+f2", *"seed", "delete", "ctrl+u")
        await change(pilot, "method", *"reagent", "enter")
        await pilot.press("escape")
        await settled(pilot)
        assert app.state.request == Request(method="reagent", samples=7)
        await pilot.press("shift+f2")
        await change(pilot, "method", *"saliency", "enter")
        await pilot.press("escape")
        await settled(pilot)
        assert app.state.request == Request(method="saliency")


async def test_explain_runs_what_was_chosen_where_nothing_was_explained() -> None:
    async with workbench((100, 30)) as (app, pilot, engine):
        app.view.query_one(PromptEditor).text = PROMPT
        await pilot.press("shift+f2")
        await change(pilot, "spans", *"4:11", "enter")
        await pilot.press("pageup", "pageup", "pageup", "enter")
        await settled(pilot)
        assert engine.explained[-1].request == Request(granularity="span", spans=((4, 11),))


@pytest.mark.parametrize("size", SIZES)
async def test_the_options_as_a_picture(size: tuple[int, int], snapshot: Snapshot) -> None:
    async with workbench(size) as (app, pilot, _):
        app.show_page(replace(app.state, request=Request(bound="max", draws=20)))
        app.show_desk(replace(app.desk, panel_open=False))
        await pilot.press("shift+f2", "down", "down")
        await snapshot(pilot, "options")


async def test_the_word_at_the_cursor_is_marked_and_let_go() -> None:
    async with workbench((120, 40)) as (app, pilot, engine):
        await type_and_run(pilot, app)
        app.view.query_one(PromptEditor).move_cursor((0, 6))
        await pilot.press("alt+u")
        await settled(pilot)
        assert engine.explained[-1].request.spans == ((4, 11),)
        assert "by span (1)" in line_of(app, "options").replace("  ", " ")
        await pilot.press("alt+u")
        await settled(pilot)
        assert engine.explained[-1].request == Request()


async def test_marks_follow_the_text() -> None:
    async with workbench() as (app, _, _):
        page = replace(app.state, text=PROMPT)
        page = state.request_changed(page, Request(granularity="span", spans=((4, 11), (15, 21))))
        page = question.prompt_changed(page, "The great capital of France is")
        assert page.request.spans == ((10, 17), (21, 27))
        page = question.prompt_changed(page, "The great capital of Fr")
        assert page.request.spans == ((10, 17),)
        page = question.prompt_changed(page, "The")
        assert page.request == Request()


async def test_a_new_tab_has_no_marks_of_another_text() -> None:
    async with workbench() as (app, _, _):
        asked = Request(granularity="span", spans=((0, 3),), target="one two", at=1, draws=20)
        app.show_page(replace(app.state, text=PROMPT, request=asked))
        assert desk.blank(app.desk).request == Request(draws=20)
        assert state.model_asked(app.state, "other", 1).request.at == 0


async def test_settings_that_do_not_go_with_what_was_chosen_leave_it(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    settings = load_settings(tmp_path / "here", environ={}, user=file)
    async with workbench(settings=settings) as (app, _, _):
        assert app.configured is not None
        asked = Request(method="lime", samples=7)
        app.show_page(replace(app.state, request=asked))
        set_setting(file, "explain.method", "saliency")
        app.configured.follow()
        assert app.state.request == asked


@given(st.text("ab ", max_size=12), st.text("xy", max_size=3), st.data())
def test_a_span_that_is_kept_has_the_text_that_it_had(
    text: str, put: str, data: st.DataObject
) -> None:
    places = st.integers(0, len(text))
    start, end = sorted((data.draw(places), data.draw(places)))
    now = text[:start] + put + text[end:]
    for a in range(len(text)):
        for b in range(a + 1, len(text) + 1):
            found = spans_kept([(a, b)], text, now)
            assert all(now[c:d] == text[a:b] for c, d in found)
            # where nothing new stands there are several ways to have come from the one to the other
            if put and (b <= start or a >= end):
                assert found, "what was not touched stays"


def test_a_span_replaces_those_that_it_overlaps() -> None:
    spans = toggled(((0, 3), (4, 8)), (6, 12))
    assert spans == ((0, 3), (6, 12))
    assert toggled(spans, (6, 12)) == ((0, 3),)


def test_what_is_meant_by_a_selection() -> None:
    assert chosen_span(PROMPT, 3, 12, ()) == (4, 11)
    assert chosen_span(PROMPT, 11, 11, ()) == (4, 11)
    assert chosen_span(PROMPT, 6, 6, ((0, 11),)) == (0, 11)
    assert chosen_span("  a", 0, 0, ()) is None
    assert chosen_span("a  ", 1, 3, ()) is None


def test_spans_that_are_typed() -> None:
    assert read_spans("4:11, 0:3") == ((0, 3), (4, 11))
    assert read_spans("") == ()
    for wrong in ("4-11", "5:5", "-1:3"):
        with pytest.raises(WrongUse):
            read_spans(wrong)


async def test_a_token_is_found_by_its_text() -> None:
    async with workbench() as (app, pilot, _):
        await pilot.press("ctrl+f")
        assert "nothing to find yet" in app.state.error
        await type_and_run(pilot, app)
        await pilot.press("ctrl+f", *"France", "enter")
        await settled(pilot)
        assert isinstance(app, Workbench)
        assert isinstance(app.view, ExplanationView)
        assert app.facts()["focus"] == "heat"
        token = app.view.token
        assert token is not None
        assert app.state.run.prompt is not None
        assert app.state.run.prompt.tokens[token].text.strip() == "France"
