"""How a comparison is made: options of single methods, and how many of the highest its rows share."""

from __future__ import annotations

from dataclasses import replace

import pytest

from noiser_tui.workbench.compare_options import _use_top
from noiser_tui.workbench.comparison_page import ComparisonPage, finished_page
from noiser_tui.workbench.engine import CompareRows
from noiser_tui.workbench.screens.ask import Ask
from noiser_tui.workbench.screens.compare_form import MORE, CompareForm, filled, ways_from
from noiser_tui.workbench.screens.pick_many import PickMany
from noiser_tui.workbench.ways import Ways, in_words, ways_of
from noiser_tui.workbench.widgets.plain_text import Line
from tests.comparison.rows import compared
from tests.workbench.answers import explanation_of
from tests.workbench.fake import workbench
from tests.workbench.hands import settled, text_of, type_and_run, until
from tests.workbench.snapshot import SIZES, Snapshot
from tests.workbench.test_compare_room import PROMPT, compare_three, page

WAYS = Ways(
    ("noiser", "lime"),
    ("min",),
    ("fake",),
    {"lime": {"samples": 500, "baseline": "mean"}},
    3,
)


@pytest.fixture(autouse=True)
def data(tmp_path, monkeypatch):
    monkeypatch.setenv("NOISER_DATA", str(tmp_path / "data"))


def asked(engine) -> CompareRows:
    return [one for one in engine.jobs if isinstance(one, CompareRows)][-1]


def test_a_form_holds_what_was_asked_and_options_of_other_methods_are_let_go():
    assert ways_from(filled(WAYS)) == WAYS
    assert in_words(WAYS) == "lime samples 500, baseline mean · top 3 in common"
    assert replace(WAYS, methods=("noiser", "random")).given == {}
    assert in_words(Ways(("noiser",), own=WAYS.own)) == ""
    assert WAYS.only_top_differs(replace(WAYS, top=None))
    assert ways_from({**filled(WAYS), MORE: ("org/other",)}).models == ("fake", "org/other")
    assert not WAYS.only_top_differs(replace(WAYS, own={"lime": {"samples": 5}}))


def test_what_was_used_is_read_back_from_the_rows_as_far_as_it_can_be_asked_for():
    one = explanation_of(PROMPT)
    made = compared(
        {
            "lime": replace(
                one, method="lime", options={"samples": 200, "baseline": "unk", "foretold": 0.7}
            ),
            "value_zeroing": replace(one, method="value_zeroing", options={"layer": "all"}),
        },
        top=2,
    )
    found = ways_of(made)
    assert found.own == {"lime": {"samples": 200, "baseline": "unk"}}
    assert (found.methods, found.top) == (("lime", "value_zeroing"), 2)


async def test_options_of_one_method_and_how_many_on_top_reach_the_engine_and_the_page():
    async with workbench((100, 36)) as (app, pilot, engine):
        engine.waiting = {CompareRows}
        await type_and_run(pilot, app)
        await app.action_do("compare_with")
        await until(pilot, lambda: isinstance(app.screen, CompareForm))
        await pilot.press("enter")
        assert "There is one row only" in text_of(app)
        await pilot.press("down", "enter")
        await until(pilot, lambda: isinstance(app.screen, PickMany))
        await pilot.press(*"occlusion", "space", "enter")
        await until(pilot, lambda: isinstance(app.screen, CompareForm))
        await pilot.press(*"occlusion.", "enter", *"zero", "enter")
        await settled(pilot)
        await pilot.press(*["backspace"] * 10, *"top", "enter")
        line = app.screen.query_one(Line)
        line.value = "0"
        await pilot.press("enter")
        assert "must be from 1" in text_of(app)
        line.value = "3"
        await pilot.press("enter")
        await settled(pilot)
        await pilot.press(*["backspace"] * 3, "pageup", "enter")
        await settled(pilot)
        job = asked(engine)
        assert (job.methods, job.top) == (("noiser", "occlusion"), 3)
        assert job.own == {"occlusion": {"baseline": "zero"}}
        assert "0 of 2 methods explained · occlusion baseline zero · top 3 in common" in text_of(
            app
        )
        engine.answer(page(app).job)
        await until(pilot, lambda: page(app).comparison)
        assert "top 3 in common" in text_of(app)
        await pilot.press("alt+v")  # chosen anew, the options stay
        await until(pilot, lambda: isinstance(app.screen, PickMany))
        await pilot.press("down", "space", "down", "space", "enter")
        await settled(pilot)
        assert asked(engine).methods == ("noiser", "occlusion", "lime")
        assert asked(engine).own == job.own


async def test_another_number_on_top_is_compared_again_without_running_anything():
    async with workbench((100, 36)) as (app, pilot, engine):
        await compare_three(pilot, app)
        await until(pilot, lambda: app.desk.active.run)
        before, run = page(app).comparison, app.desk.active.run
        await pilot.press("t")
        await until(pilot, lambda: isinstance(app.screen, Ask))
        app.screen.query_one(Line).value = "4"
        await pilot.press("enter")
        await until(pilot, lambda: "top 4 in common" in text_of(app))
        now = page(app).comparison
        assert now.agreement.top == 4
        assert (now.rows, now.agreement.tau) == (before.rows, before.agreement.tau)
        await pilot.press("shift+f2")
        await until(pilot, lambda: isinstance(app.screen, CompareForm))
        assert "● top" in text_of(app)
        await pilot.press(*"top", "delete", *["backspace"] * 3, "pageup", "enter")
        await until(pilot, lambda: "top 2 in common" in text_of(app))  # a quarter of six
        assert sum(isinstance(one, CompareRows) for one in engine.jobs) == 1
        assert len(app.desk.documents) == 2
        await until(pilot, lambda: app.desk.active.run == run)  # and is kept in its place


async def test_while_rows_are_made_there_is_nothing_to_compare_yet():
    async with workbench((100, 36)) as (app, pilot, engine):
        engine.waiting = {CompareRows}
        await compare_three(pilot, app)
        await app.action_do("compare_top")
        await until(pilot, lambda: "The rows are not there yet" in text_of(app))
        _use_top(app, 3)
        assert isinstance(app.desk.active.page, ComparisonPage)
        assert app.desk.active.page.comparison is None
        await until(pilot, lambda: "Esc Cancel" in text_of(app))


@pytest.mark.parametrize("size", SIZES)
async def test_the_list(size: tuple[int, int], snapshot: Snapshot) -> None:
    one = explanation_of(PROMPT)
    lime = replace(one, method="lime", options={"samples": 500, "baseline": "mean"})
    made = compared({"noiser": one, "lime": lime}, top=3)
    rows = tuple(replace(row, method=row.label) for row in made.rows)
    async with workbench(size) as (app, pilot, _):
        app.open_page(finished_page(replace(made, rows=rows)))
        await settled(pilot)
        await pilot.press("shift+f2")
        await until(pilot, lambda: isinstance(app.screen, CompareForm))
        await pilot.press("end", *["down"] * 5)
        await snapshot(pilot, "compare-options")
