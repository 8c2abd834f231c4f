"""The search in the panel: its two scales and their ruler, and its steps looked at again."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.style import Style

from noiser.events import Bracket, SearchNarrowed, Work
from noiser.tried import LeftOff, Tried
from noiser_tui.workbench import search_room
from noiser_tui.workbench.panes.brackets import drawn, place, ruler
from noiser_tui.workbench.reopened_run import page_of
from noiser_tui.workbench.replay import MOST, recorded, replayed
from noiser_tui.workbench.run import Run
from noiser_tui.workbench.state import State
from tests.workbench.answers import explanation_of
from tests.workbench.fake import partial_of, workbench
from tests.workbench.hands import PROMPT, by_sentence, line_of, lines_of, settled, type_and_run

SHARES = st.floats(0.0, 1.0)


@given(SHARES, SHARES, st.integers(8, 300), st.booleans())
def test_a_bracket_fills_its_width_and_lies_where_the_axis_says(one, other, width, linear):
    low, high = sorted((one, other))
    text = "".join(
        part.text for part in drawn(Bracket(low, high), width, Style(), Style(), linear=linear)
    )
    assert len(text) == width
    assert (text.count("├"), text.count("┤")) == (1, 1)
    if high - low > 0.5 and linear:
        assert text.index("├") == round(low * (width - 1))
        assert text.index("┤") == round(high * (width - 1))


@pytest.mark.parametrize("linear", [False, True])
@pytest.mark.parametrize("width", [8, 20, 40, 60, 200])
def test_the_ruler_is_as_wide_as_the_brackets_and_its_ticks_stand_at_their_scales(width, linear):
    text = ruler(width, linear=linear)
    assert len(text) == width
    assert text.endswith(" 1│")
    for at, char in enumerate(text[:-1]):
        if char == "│":
            label = text[at + 1 :].split("│")[0].split()[0]
            assert place(float(label), width, linear=linear) == at


async def test_left_and_right_step_through_the_search_where_the_pane_has_the_keys():
    async with workbench() as (app, pilot, _):
        await type_and_run(pilot, app)
        await pilot.press("alt+h")
        await settled(pilot)
        assert "α* 0.0859" in line_of(app, "search")
        seen = []
        for key in ("left", "left", "left", "right", "right", "home", "end"):
            await pilot.press(key)
            await settled(pilot)
            seen.append(line_of(app, "search").split("   ")[0].strip())
        ended = "step 2/10"
        last, first = "step 2/10 (replay)", "step 1/10 (replay)"
        assert seen == [last, first, first, last, ended, first, ended]
        assert app.state.run.explanation is not None, "the scores stay"


async def test_a_replay_plays_to_the_end_and_esc_stops_it(monkeypatch):
    monkeypatch.setattr(search_room, "PACE", 60.0)
    async with workbench() as (app, pilot, _):
        await type_and_run(pilot, app)
        await pilot.press("alt+a")
        assert (app.state.replay, app.state.playing) == (1, True)
        await pilot.press("escape")
        assert (app.state.replay, app.state.playing) == (1, False)
        monkeypatch.setattr(search_room, "PACE", 0.01)
        await pilot.press("alt+a")
        for _ in range(100):
            await asyncio.sleep(0.01)
            if not app.state.playing:
                break
        assert (app.state.replay, app.state.playing) == (0, False)
        monkeypatch.setattr(search_room, "PACE", 60.0)
        await pilot.press("alt+a", "f5")
        await settled(pilot)
        assert app.state.replay == 0, "a new run has another search"


async def test_a_replay_names_units_before_they_are_looked_into():
    async with workbench((120, 34)) as (app, pilot, _):
        await by_sentence(pilot, app)
        await pilot.press("alt+h", "home")
        await settled(pilot)
        assert "The <cat> sat." in "\n".join(lines_of(app, "search"))
        await pilot.press("right")
        await settled(pilot)
        assert "The <cat> sat." not in "\n".join(lines_of(app, "search"))


async def test_the_scale_is_logarithmic_or_linear():
    async with workbench((120, 34)) as (app, pilot, _):
        await type_and_run(pilot, app)
        assert "α, log      │0.001" in lines_of(app, "search")[1]
        assert "logarithmic" in line_of(app, "panel-header")
        await pilot.press("alt+l")
        await settled(pilot)
        assert "α, linear   │0 " in lines_of(app, "search")[1]
        assert "linear" in line_of(app, "panel-header")


async def test_without_steps_it_says_why():
    async with workbench((120, 34)) as (app, pilot, _):
        await pilot.press("alt+a")
        assert "explain a prompt first" in app.state.error
        app.open_page(page_of(explanation_of(PROMPT), app.state))
        await settled(pilot)
        assert "no steps" in "\n".join(lines_of(app, "search"))
        await pilot.press("alt+a")
        assert "no steps" in app.state.error


async def test_a_run_that_was_stopped_in_its_search_is_not_said_to_search_nothing():
    off = LeftOff((Tried(1, 0.5, False),), Work(700, 9), 0.5)
    left = replace(partial_of(PROMPT, 0), left_off=off)
    async with workbench((120, 34)) as (app, pilot, _):
        app.open_page(page_of(left, app.state))
        await settled(pilot)
        assert "The search was stopped on the way" in lines_of(app, "search")[0]
        app.open_page(page_of(replace(left, bound="norm-l2"), app.state))
        await settled(pilot)
        assert "searches no scale here" in lines_of(app, "search")[0]


@pytest.mark.parametrize(
    ("ends", "step"),
    [
        ((0.25, 1.0), 2),  # held at a quarter, never tried at a half
        ((3 / 16, 0.25), 4),
        ((0.0, 0.5), 1),
        ((2.0**-10, 1.0), 10),
        ((2.0**-10, 2.0**-9), None),  # halved to the end
    ],
)
def test_a_reopened_bracket_was_left_alone_at_the_step_of_its_finer_end(ends, step):
    made = explanation_of(PROMPT)
    tokens = tuple(replace(one, alpha=ends) for one in made.tokens)
    search = page_of(replace(made, tokens=tokens), State("fake")).run.search
    assert search is not None
    assert {one.out_at for one in search.brackets.values()} == {step}


async def test_scales_below_a_thousandth_stand_apart_from_what_became_of_their_token():
    made = explanation_of(PROMPT)
    tiny = tuple(replace(one, alpha=(2.0**-10, 1.0)) for one in made.tokens)
    async with workbench((120, 34)) as (app, pilot, _):
        app.open_page(page_of(replace(made, tokens=tiny), app.state))
        await settled(pilot)
        shown = "\n".join(lines_of(app, "search"))
        assert "9.8e−04–1.0000 " in shown


def test_only_so_many_steps_are_kept():
    run = Run()
    for step in range(1, MOST + 10):
        search = SearchNarrowed(step, 10, {}, (), (), Work())
        run = replace(run, steps=recorded(run, search))
    assert len(run.steps) == MOST
    assert run.steps[-1].search.step == MOST + 9
    state = State("fake", run=run, replay=MOST)
    shown = replayed(state).run.search
    assert shown is not None
    assert shown.step == MOST + 9
    assert replayed(replace(state, replay=MOST + 1)).run is run
