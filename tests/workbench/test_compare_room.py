"""Comparisons in the workbench: chosen, filling in, walked, opened, saved and kept."""

from __future__ import annotations

import json
import threading
from dataclasses import replace

import pytest
from textual import events
from textual.message import Message

from noiser.comparison.result import CANCELLED, Row
from noiser.comparison.together import compare_runs, put_together
from noiser.errors import WrongUse
from noiser.events import Warned, Work
from noiser.explanation import Explanation
from noiser.tried import LeftOff, Tried
from noiser_tui.history.runs import RunStore
from noiser_tui.history.sessions import SessionFile
from noiser_tui.workbench import kept_runs
from noiser_tui.workbench.comparison_page import ComparisonPage, finished_page
from noiser_tui.workbench.engine import Compared, CompareRows, RowCompared, WorkKnown
from noiser_tui.workbench.kept_tabs import CANCELLED as CANCELLED_NOTE
from noiser_tui.workbench.kept_tabs import UNFINISHED
from noiser_tui.workbench.problems import problems
from noiser_tui.workbench.screens.pick_many import PickMany
from noiser_tui.workbench.widgets.comparison_text import ComparisonText, Place
from noiser_tui.workbench.widgets.plain_text import Line
from noiser_tui.workbench.widgets.row_list import RowList
from tests.comparison.rows import compared
from tests.workbench.answers import answers, explanation_of
from tests.workbench.fake import screen_lines, workbench
from tests.workbench.hands import lines_of, settled, text_of
from tests.workbench.test_runs_room import until

PROMPT = "The capital of France is"
LEFT_OFF = LeftOff((Tried(1, 0.5, False),), Work(700, 9), 0.5)
SIZES = [(60, 16), (80, 24), (120, 40), (300, 100)]


@pytest.fixture(autouse=True)
def data(tmp_path, monkeypatch):
    monkeypatch.setenv("NOISER_DATA", str(tmp_path / "data"))


async def compare_three(pilot, app, text: str = PROMPT) -> None:
    await pilot.press(*text)
    await pilot.press("alt+v")
    await until(pilot, lambda: isinstance(app.screen, PickMany))
    await pilot.press("down", "space", *"saliency", "space", "enter")
    await settled(pilot)


def page(app) -> ComparisonPage:
    found = app.desk.active.page
    assert isinstance(found, ComparisonPage)
    return found


def half(rows: int):
    """Answers of an engine that is cancelled after so many rows."""

    def answer(number: int, job: CompareRows) -> list[Message]:
        told = answers(number, job, None) or []
        if not rows:
            return []
        *_, last = told
        assert isinstance(last, Compared)
        gone = (
            replace(one, explanation=None, error=CANCELLED) for one in last.comparison.rows[rows:]
        )
        kept = {one.label: one.explanation for one in last.comparison.rows[:rows]}
        made = compared(kept | {one.label: CANCELLED for one in gone})
        left = replace(last.comparison, rows=made.rows, agreement=made.agreement, complete=False)
        named = zip(left.rows, last.comparison.rows, strict=True)
        rows_ = tuple(replace(a, model=b.model, method=b.method, bound=b.bound) for a, b in named)
        return [Compared(number, replace(left, rows=rows_))]

    return answer


@pytest.mark.parametrize("rows", [0, 1])
async def test_after_a_restart_it_is_what_it_was_and_f5_makes_the_rows_that_are_left(
    tmp_path, rows
):
    async with workbench((100, 30), session=SessionFile("here", tmp_path)) as (app, pilot, engine):
        await pilot.press("ctrl+n")
        app.change_request(seed=7)
        engine.answering[CompareRows] = half(rows)
        await compare_three(pilot, app)
        await until(pilot, lambda: not page(app).job and not app.keeping.busy)
        before = page(app)
        assert len(before.left) == 3 - rows
        await pilot.press("ctrl+q")
    async with workbench((100, 30), session=SessionFile("here", tmp_path)) as (app, pilot, engine):
        await until(pilot, lambda: page(app).slots and (page(app).comparison or not rows))
        now = page(app)
        assert (now.ways, now.request, now.over, now.left) == (
            before.ways,
            before.request,
            before.over,
            before.left,
        )
        assert now.note == CANCELLED_NOTE
        assert "F5 Go on" in text_of(app)
        await pilot.press("f5")
        await until(pilot, lambda: page(app).comparison and page(app).comparison.complete)
        (job,) = (one for one in engine.jobs if isinstance(one, CompareRows))
        assert (job.text, job.methods) == (PROMPT, ("noiser", "occlusion", "saliency"))
        assert job.request.seed == 7
        assert (job.begun is None) == (rows == 0)
        assert page(app).left == ()
        await until(pilot, lambda: not app.keeping.busy)
        await pilot.press("f5")  # there is nothing left to make
        await settled(pilot)
        assert len([one for one in engine.jobs if isinstance(one, CompareRows)]) == 1
    with RunStore() as store:
        assert [one.complete for one in store.newest()] == [True], "in the place of what there was"


async def test_f5_makes_no_rows_anew_while_those_of_the_last_session_are_being_read(
    tmp_path, monkeypatch
):
    async with workbench((100, 30), session=SessionFile("here", tmp_path)) as (app, pilot, engine):
        engine.answering[CompareRows] = half(2)
        await compare_three(pilot, app)
        await until(pilot, lambda: not page(app).job and not app.keeping.busy)
        await pilot.press("ctrl+q")
    read, go = kept_runs.open_kept, threading.Event()

    def slowly(run, store):
        assert go.wait(20)
        return read(run, store)

    monkeypatch.setattr(kept_runs, "open_kept", slowly)
    async with workbench((100, 30), session=SessionFile("here", tmp_path)) as (app, pilot, engine):
        await until(pilot, lambda: isinstance(app.desk.active.page, ComparisonPage))
        await pilot.press("f5")
        await settled(pilot)
        assert not any(isinstance(one, CompareRows) for one in engine.jobs)
        go.set()
        await until(pilot, lambda: page(app).comparison is not None and not app.keeping.busy)
        await pilot.press("f5")
        await until(pilot, lambda: any(isinstance(one, CompareRows) for one in engine.jobs))
        (job,) = (one for one in engine.jobs if isinstance(one, CompareRows))
        assert job.begun is not None


def known_of(number: int, job: CompareRows, begun: Explanation) -> WorkKnown:
    """What a cancel would leave when one row is there and the next is begun."""
    (told,) = half(1)(number, job)
    assert isinstance(told, Compared)
    first, second, third = told.comparison.rows
    rows = (first, replace(second, begun=begun), third)
    return WorkKnown(number, replace(told.comparison, rows=rows))


async def test_rows_that_are_there_and_the_one_in_hand_are_kept_before_all_are_there(tmp_path):
    left = replace(explanation_of(PROMPT), complete=False, left_off=LEFT_OFF)
    async with workbench((100, 30), session=SessionFile("here", tmp_path)) as (app, pilot, engine):
        engine.waiting = {CompareRows}
        await compare_three(pilot, app)
        number = page(app).job
        for _ in range(2):
            app.post_message(known_of(number, engine.jobs[number - 1], left))
            await until(pilot, lambda: app.desk.active.run and not app.keeping.busy)
        app.session.save()  # as when the process is killed then
        app.session.let_go({})
    async with workbench((100, 30), session=SessionFile("here", tmp_path)) as (app, pilot, engine):
        await until(pilot, lambda: page(app).comparison)
        assert page(app).note == UNFINISHED
        assert [one.row.explanation is not None for one in page(app).slots] == [True, False, False]
        await pilot.press("f5")
        await until(pilot, lambda: page(app).comparison and page(app).comparison.complete)
        (job,) = (one for one in engine.jobs if isinstance(one, CompareRows))
        assert job.begun is not None
        assert job.begun.rows[1].begun == left
        await until(pilot, lambda: not app.keeping.busy)
    with RunStore() as store:
        assert [one.complete for one in store.newest()] == [True]


@pytest.mark.parametrize("size", SIZES[::3])
async def test_one_of_which_only_the_first_row_is_begun_is_shown_and_goes_on(size):
    begun = replace(explanation_of(PROMPT * 20), complete=False, left_off=LEFT_OFF)
    rows = [
        Row("noiser", "fake", "noiser", "min", error=CANCELLED, begun=begun),
        Row("occlusion", "fake", "occlusion", None, error=CANCELLED),
    ]
    found = put_together(rows, top=None, complete=False, seconds=1.0, environment={})
    async with workbench(size) as (app, pilot, _):
        app.open_page(finished_page(found))
        await settled(pilot)
        for key in ("down", "right", "end", "enter"):
            await pilot.press(key)
            await settled(pilot)
        assert page(app).left == ("noiser", "occlusion")
        assert page(app).text == PROMPT * 20
        assert "F5 Go on" in text_of(app)


async def test_one_that_is_left_while_it_is_made_is_offered_again(tmp_path):
    async with workbench((100, 30), session=SessionFile("here", tmp_path)) as (app, pilot, engine):
        engine.waiting = {CompareRows}
        await compare_three(pilot, app)
        await pilot.press("ctrl+q", "ctrl+q")
        await until(pilot, lambda: app.return_code == 0)
    async with workbench((100, 30), session=SessionFile("here", tmp_path)) as (app, pilot, engine):
        await until(pilot, lambda: page(app).slots)
        assert "F5 begins it anew" in page(app).note
        await pilot.press("f5")
        await until(pilot, lambda: page(app).comparison)


@pytest.mark.parametrize("size", SIZES)
async def test_chosen_methods_become_rows_over_one_text_with_their_agreement(size):
    async with workbench(size) as (app, pilot, engine):
        await compare_three(pilot, app)
        (job,) = (one for one in engine.jobs if isinstance(one, CompareRows))
        assert (job.text, job.methods) == (PROMPT, ("noiser", "occlusion", "saliency"))
        await until(pilot, lambda: page(app).comparison)
        text = text_of(app)
        for expected in ("1 noiser", "2 occlusion", "3 saliency", "⇄ methods on", "in 3 ways"):
            assert expected in text
        assert "Kendall" in text or size == (60, 16)
        assert sum(line.count("France") for line in lines_of(app, "comparison-text")) == 1


async def test_rows_fill_in_as_they_are_made_and_a_cancel_leaves_those_that_are_there():
    async with workbench((100, 30)) as (app, pilot, engine):
        engine.waiting = {CompareRows}
        await compare_three(pilot, app)
        assert "waits" in text_of(app)
        number = page(app).job
        told = answers(number, engine.jobs[number - 1], engine.model) or []
        for message in told[
            : next(i for i, m in enumerate(told) if isinstance(m, RowCompared)) + 2
        ]:
            app.post_message(message)
        await settled(pilot)
        assert page(app).slots[0].row is not None
        assert page(app).comparison is None
        await until(pilot, lambda: "1 of 3 methods explained" in text_of(app))
        text = text_of(app)
        assert "▸ begins" in text
        assert "row 2 of 3" in text
        await pilot.press("escape")
        await settled(pilot)
        assert page(app).job == 0
        assert page(app).slots[0].row is not None
        assert "the rows that were finished stay" in text_of(app)


async def test_the_cursor_tells_each_rows_number_and_enter_opens_the_row():
    async with workbench((100, 30)) as (app, pilot, _):
        await compare_three(pilot, app)
        await until(pilot, lambda: page(app).comparison)
        await pilot.press("right", "down")
        place = app.query_one(ComparisonText).place
        assert place == Place(1, 1)
        scores = page(app).comparison.agreement.scores
        (line, *_) = lines_of(app, "comparison-numbers")
        assert (
            line.split()
            == (
                f"“The” 2 occlusion {scores[1][1]:.3f} 1 noiser {scores[0][1]:.3f} "
                f"3 saliency {scores[2][1]:.3f}"
            ).split()
        )
        await pilot.press("enter")
        await settled(pilot)
        assert app.state.run.explanation.method == "occlusion"
        assert app.desk.active.title == "occlusion"


async def test_a_comparison_is_kept_reopens_and_is_saved(tmp_path):
    async with workbench((100, 30)) as (app, pilot, _):
        await compare_three(pilot, app)
        await until(pilot, lambda: app.desk.active.run)
        comparison = page(app).comparison
        await pilot.press("ctrl+s")
        await until(pilot, lambda: len(app.screen_stack) == 2)
        app.screen.query_one(Line).value = str(tmp_path / "saved.json")
        await pilot.press("enter")
        await until(pilot, lambda: (tmp_path / "saved.json").is_file())
    assert json.loads((tmp_path / "saved.json").read_text())["format"] == "noiser-compare/1"
    async with workbench((100, 30)) as (app, pilot, _):
        await pilot.press("alt+r")
        await until(pilot, lambda: app.query("#runs-list") and app.desk.shelf.others)
        assert any("⇄ The capital" in line for line in screen_lines(app))
        await pilot.press("enter")
        await until(pilot, lambda: app.desk.active.kind == "comparison")
        assert page(app).comparison == comparison


async def test_marked_runs_are_compared_without_running_anything():
    with RunStore() as store:
        for method in ("noiser", "occlusion"):
            entry = store.add(replace(explanation_of(PROMPT), method=method))
            store.mark(entry.id)
    async with workbench((100, 30)) as (app, pilot, engine):
        await pilot.press("alt+c")
        await until(pilot, lambda: "MARKED (2)" in text_of(app))
        await pilot.press("enter")
        await until(pilot, lambda: app.desk.active.kind == "comparison")
        assert [one.label for one in page(app).slots] == ["noiser", "occlusion"]
        assert not [one for one in engine.jobs if isinstance(one, CompareRows)]
        await until(pilot, lambda: app.desk.active.run and not app.side_bar.has_focus_within)
        await pilot.press("alt+c", "end", "space")
        await until(pilot, lambda: len(app.desk.shelf.marked) == 1)
        assert app.query_one("#compare-list", RowList)._rows[2].name == "MARKED (1)"


async def test_marks_that_cannot_be_compared_are_a_sentence():
    with RunStore() as store:
        for text in ("one text", "another text"):
            store.mark(store.add(explanation_of(text)).id)
    async with workbench((100, 30)) as (app, pilot, _):
        await app.action_do("compare_marked")
        await until(pilot, lambda: "different prompts" in text_of(app))
        assert app.desk.active.kind == "explanation"


async def test_one_row_is_refused_and_nothing_is_asked():
    async with workbench((100, 30)) as (app, pilot, engine):
        await pilot.press(*"Hi there", "alt+v")
        await until(pilot, lambda: isinstance(app.screen, PickMany))
        await pilot.press("enter")
        await settled(pilot)
        assert isinstance(app.screen, PickMany)
        assert "with Space" in text_of(app)
        assert not [one for one in engine.jobs if isinstance(one, CompareRows)]


async def test_many_are_picked_by_typing():
    async with workbench((100, 30)) as (app, pilot, engine):
        await pilot.press(*"Hi there", "alt+v")
        await until(pilot, lambda: isinstance(app.screen, PickMany))
        await pilot.press(*"max", "space", *(["backspace"] * 3), *"occlusion", "space", "enter")
        await settled(pilot)
        (job,) = (one for one in engine.jobs if isinstance(one, CompareRows))
        assert "max" in job.bounds
        assert "occlusion" in job.methods


async def test_keys_that_come_together_are_obeyed_in_their_order():
    async with workbench((100, 30)) as (app, pilot, engine):
        await pilot.press(*"Hi there", "alt+v")
        await until(pilot, lambda: isinstance(app.screen, PickMany))
        for key in ("down", "space", "down", "space", "enter"):
            app.post_message(events.Key(key, " " if key == "space" else None))
        await until(pilot, lambda: any(isinstance(one, CompareRows) for one in engine.jobs))
        (job,) = (one for one in engine.jobs if isinstance(one, CompareRows))
        assert job.methods == ("noiser", "occlusion", "lime")


async def test_a_comparison_comes_back_with_the_session(tmp_path):
    async with workbench((100, 30), session=SessionFile("here", tmp_path)) as (app, pilot, _):
        await compare_three(pilot, app)
        await until(pilot, lambda: app.desk.active.run)
        comparison, title = page(app).comparison, app.desk.active.title
        assert title.startswith("methods on ")
        await pilot.press("ctrl+q")
    async with workbench((100, 30), session=SessionFile("here", tmp_path)) as (app, pilot, _):
        await until(pilot, lambda: page(app).comparison)
        assert page(app).comparison == comparison
        assert app.desk.active.title == title


async def test_long_texts_and_many_rows_scroll_and_failed_rows_say_so():
    text = " ".join(f"word{i}" for i in range(300))
    rows = {f"way {i}": explanation_of(text) for i in range(12)}
    made = compared({**rows, "broken": "It failed."})
    async with workbench((60, 16)) as (app, pilot, _):
        app.open_page(finished_page(made))
        await settled(pilot)
        for _ in range(40):
            await pilot.press("down")
        shown = app.query_one(ComparisonText)
        assert shown.scroll_offset.y > 0
        assert shown.place.row != 0
        await pilot.press("end", "right", "home", "pagedown")
        await settled(pilot)
        assert all(slot.row is not None for slot in page(app).slots)


def test_runs_are_called_by_what_tells_them_apart():
    one = explanation_of(PROMPT)
    other = replace(one, method="occlusion", seed=2, model={**one.model, "name": "org/other"})
    made = compare_runs([one, other, replace(other, seed=3)])
    assert [row.label for row in made.rows] == [
        "fake noiser seed 1",
        "other occlusion seed 2",
        "other occlusion seed 3",
    ]
    assert [row.label for row in compare_runs([one, one]).rows] == ["noiser (1)", "noiser (2)"]
    assert made.agreement.tau[1][2] == pytest.approx(1.0)
    with pytest.raises(WrongUse, match="different prompts"):
        compare_runs([one, explanation_of("another text")])
    with pytest.raises(WrongUse, match="one run only"):
        compare_runs([one])


async def test_what_its_rows_warn_of_are_problems_and_enter_goes_to_row_and_token():
    warned = replace(
        explanation_of(PROMPT),
        warnings=(Warned("No noise on this token flips the prediction.", 2), Warned("Look twice.")),
    )
    rows = {"noiser": explanation_of(PROMPT), "lime": "No such method.", "occlusion": warned}
    async with workbench((120, 34)) as (app, pilot, _):
        app.open_page(finished_page(compared(rows | {"saliency": CANCELLED})))
        await settled(pilot)
        await pilot.press("alt+p")
        await settled(pilot)
        found = problems(app.desk)
        assert [(one.where, one.row) for one in found] == [
            ("lime", 1),
            ("occlusion", 2),
            ("occlusion", 2),
        ], "a row that is left is no problem"
        assert "PROBLEMS 3" in text_of(app)
        assert "⚠ 3" in text_of(app)
        text = app.view.query_one(ComparisonText)
        await pilot.press("down", "enter")
        segments = page(app).laid.segments
        assert (text.place.row, segments[text.place.segment].text.strip()) == (2, "capital")
        await pilot.press("home", "enter")
        assert text.place.row == 1
        await pilot.press("ctrl+w")
        assert problems(app.desk) == ()
