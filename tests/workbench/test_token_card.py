"""The card of the token under the cursor: beside the text, over it, and its curve."""

from __future__ import annotations

import pytest

from noiser_tui.look.curve import Plot, column_of, curve_lines
from noiser_tui.workbench.engine import DrawCurve, ReadPrompt
from noiser_tui.workbench.screens.details import Details
from tests.workbench.fake import workbench
from tests.workbench.hands import lines_of, settled, text_of, type_and_run
from tests.workbench.snapshot import SIZES, Snapshot


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is asked after a while is asked at once."""
    for pause in ("TYPED", "RESTED"):
        monkeypatch.setattr(f"noiser_tui.workbench.views.explanation.{pause}", 0.001)


async def drawn(app, pilot) -> None:
    """Wait for the curve."""
    for _ in range(100):
        await pilot.pause(0.01)
        if app.state.trace.curve is not None or app.state.trace.error:
            break
    await settled(pilot)


async def test_the_card_stands_beside_the_text_while_the_keys_are_there(at_once):
    async with workbench((120, 40)) as (app, pilot, engine):
        await type_and_run(pilot, app)
        assert not app.query_one("#card").display
        await pilot.press("tab", "home", "right")
        await drawn(app, pilot)
        text = "\n".join(lines_of(app, "card"))
        for part in (
            "“The”",
            "0.400 ± 0.010",
            "0.0859–0.0869",
            "id        10",
            "chars 0:3",
            "0.98┤",
        ):
            assert part in text
        asked = [job for job in engine.jobs if isinstance(job, DrawCurve)]
        assert asked[-1].position == 1
        await pilot.press("shift+tab")
        await settled(pilot)
        assert not app.query_one("#card").display
        assert app.query_one("#ranking").display


async def test_a_curve_is_asked_for_where_the_cursor_rests_and_once():
    async with workbench((120, 40)) as (app, pilot, engine):
        await type_and_run(pilot, app)
        await pilot.press("tab", "home", "right", "right")
        view = app.view
        view._ask_curve()
        await settled(pilot)
        view._ask_curve()
        await settled(pilot)
        assert [job.position for job in engine.jobs if isinstance(job, DrawCurve)] == [2]


@pytest.mark.parametrize("size", [(60, 16), *SIZES])
async def test_all_about_a_token_over_everything(size, snapshot: Snapshot):
    async with workbench(size) as (app, pilot, _):
        await type_and_run(pilot, app)
        await pilot.press("tab", "home", "right")
        await settled(pilot)
        await pilot.press("enter")
        await drawn(app, pilot)
        assert isinstance(app.screen, Details)
        await snapshot(pilot, "details")
        await pilot.press("escape")
        await settled(pilot)
        assert not isinstance(app.screen, Details)


async def test_why_there_is_no_curve():
    async with workbench() as (app, pilot, engine):
        engine.failing[DrawCurve] = "This run was made with other."
        await type_and_run(pilot, app)
        await pilot.press("tab")
        await settled(pilot)
        await pilot.press("enter")
        await drawn(app, pilot)
        assert "no curve: This run was made with other." in text_of(app)
        assert not app.state.error


async def test_next_tokens_are_told_while_typing_and_never_beside_a_run(at_once):
    async with workbench() as (app, pilot, engine):
        await pilot.press(*"Hi the")
        for _ in range(50):
            await pilot.pause(0.01)
            if app.state.reading.text == "Hi the":
                break
        await settled(pilot)
        asked = [job.text for job in engine.jobs if isinstance(job, ReadPrompt)]
        assert asked[-1] == "Hi the"
        assert len(asked) == len(set(asked))
        assert "▸“ t0”" in lines_of(app, "next")[0]
        assert "3 tokens · 6 characters" in text_of(app)
        engine.pause_at = 2
        await pilot.press("f5")
        await pilot.pause(0.05)
        assert engine.jobs[-1] is engine.explained[-1]


async def test_a_next_token_is_chosen_before_the_first_run_and_held_against_another(at_once):
    async with workbench((120, 40)) as (app, pilot, engine):
        await pilot.press(*"Hi the")
        for _ in range(50):
            await pilot.pause(0.01)
            if app.state.reading.text == "Hi the":
                break
        ids = [f"id:{token.id}" for token in app.state.reading.next_tokens]
        app.query_one("#next").focus()
        await settled(pilot)
        await pilot.press("down", "enter")
        await settled(pilot)
        assert app.state.request.target == ids[1]
        await pilot.press("down", "c")
        await settled(pilot)
        assert app.state.request.contrast == ids[2]
        lines = lines_of(app, "next")
        assert "▸ 2" in lines[2]
        assert "⇄ 3" in lines[3]
        await pilot.press("f5")
        await settled(pilot)
        assert engine.explained[-1].request.target == ids[1]
        assert engine.explained[-1].request.contrast == ids[2]


async def test_the_target_is_no_contrast_of_itself():
    async with workbench((120, 40)) as (app, pilot, _):
        await type_and_run(pilot, app)
        app.query_one("#next").focus()
        await settled(pilot)
        await pilot.press("down", "enter")
        await settled(pilot)
        await pilot.press("c")
        await settled(pilot)
        assert app.state.request.contrast is None
        assert "That is the target" in text_of(app)


def test_a_falling_curve_falls_and_its_mark_stands_where_it_is():
    xs = [2.0**-i for i in range(10, -1, -1)]
    plot = Plot(xs, [1 - x for x in xs], None, 0.25)
    for glyphs in (False, True):
        lines = [
            "".join(text for text, _ in line) for line in curve_lines(plot, 30, 5, glyphs=glyphs)
        ]
        assert [len(line) for line in lines] == [30] * 5
        assert lines[0][0] not in " ┆"
        assert lines[0][-1] == " "
    assert column_of(plot, xs[0], 30) == 0
    assert column_of(plot, 1.0, 30) == 29
    assert column_of(plot, 2.0**-5, 31) == 15


def test_a_curve_that_is_flat_is_a_line():
    lines = curve_lines(Plot([0.1, 1.0], [0.5, 0.5]), 10, 1)
    assert "".join(text for text, _ in lines[0]).strip("⠉⠒⠤⣀") == ""
