"""Choosing options from lists; what was chosen for one text is let go with it."""

from __future__ import annotations

import pytest
from textual.widgets import OptionList

from noiser_tui.workbench.choices import by_family
from noiser_tui.workbench.screens.pick import Choice, Pick
from tests.workbench.fake import screen_lines, workbench
from tests.workbench.hands import PROMPT, settled, text_of, type_and_run, until


@pytest.mark.parametrize(
    ("key", "typed", "field", "value"),
    [
        ("f2", "occl", "method", "occlusion"),
        ("f3", "per-token", "bound", "per-token"),
        ("f4", "inf", "norm", "inf"),
        ("f6", " t1", "target", "id:8"),
        ("f7", "Rome", "contrast", "Rome"),
    ],
)
async def test_a_list_chooses_and_explains_again(key, typed, field, value):
    async with workbench() as (app, pilot, engine):
        await type_and_run(pilot, app)
        await pilot.press(key, *typed, "enter")
        await pilot.pause()
        assert getattr(app.state.request, field) == value
        assert getattr(engine.explained[-1].request, field) == value
        assert len(engine.explained) == 2


async def test_a_list_is_left_by_escape_without_a_change():
    async with workbench() as (app, pilot, engine):
        await type_and_run(pilot, app)
        await pilot.press("f2", "down", "escape")
        await pilot.pause()
        assert app.state.request.method == "noiser"
        assert len(engine.explained) == 1


async def test_a_new_prompt_lets_go_of_the_old_target():
    async with workbench() as (app, pilot, _engine):
        await type_and_run(pilot, app)
        await pilot.press("f6", *" t1", "enter")
        await pilot.pause()
        await pilot.press("x")
        await pilot.pause()
        assert app.state.request.target is None


async def test_a_target_is_not_taken_over_to_an_example():
    async with workbench() as (app, pilot, engine):
        await type_and_run(pilot, app)
        await pilot.press("f6", *" t1", "enter")
        await pilot.pause()
        assert engine.explained[-1].request.target == "id:8"
        await pilot.press("ctrl+o", "down", "enter")
        await pilot.pause()
        await pilot.pause()
        assert engine.explained[-1].text != PROMPT
        assert engine.explained[-1].request.target is None


async def test_keys_before_a_list_stands_and_after_it_is_answered_do_no_harm():
    async with workbench() as (app, pilot, _engine):
        early = Pick("Early", [Choice("one", "One"), Choice("two", "Two")])
        shown = app.push_screen(early)
        assert await app.run_action("screen.move(1)") is False
        await shown
        await pilot.press("escape")
        assert not early.check_action("move", (1,))


@pytest.mark.parametrize("size", [(60, 16), (80, 24), (120, 40)])
@pytest.mark.parametrize("key", ["f2", "alt+v"])
async def test_methods_stand_under_their_families_and_each_is_told_whole(key, size):
    async with workbench(size) as (app, pilot, _):
        await pilot.press(*"Hi there", key)
        await until(pilot, lambda: app.screen.query("#whole"))
        await settled(pilot)
        assert "PERTURBATION" in text_of(app)
        listed = app.screen.query_one(OptionList)
        groups = [one.kind for one in by_family()]
        assert groups == sorted(groups, key=list(dict.fromkeys(groups)).index)
        for method in by_family():
            assert listed.highlighted is not None
            box = app.screen.query_one("#pick").region
            lines = screen_lines(app)[box.y + 2 : box.bottom - 1]
            shown = " ".join(" ".join(one[box.x + 1 : box.right - 1] for one in lines).split())
            assert (
                f"{method.name} {method.what}" in shown or f"{method.name}: {method.what}" in shown
            )
            await pilot.press("down")
