"""The history of runs in the workbench: what is kept, listed, opened and changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from textual import events

from noiser_tui.history.entry import Entry, id_at
from noiser_tui.history.runs import RunStore
from noiser_tui.workbench import kept_runs, runs_room
from noiser_tui.workbench.adding import add_draws
from noiser_tui.workbench.reopened_run import run_of
from noiser_tui.workbench.run import Run, run_told
from noiser_tui.workbench.shelf import Shelf, day_name, how_made
from noiser_tui.workbench.state import State
from noiser_tui.workbench.widgets.plain_text import Line
from noiser_tui.workbench.widgets.prompt_editor import PromptEditor
from noiser_tui.workbench.widgets.row_list import RowList
from tests.export.example import example, zoomed
from tests.workbench.answers import explanation_of
from tests.workbench.fake import partial_of, screen_lines, script, workbench
from tests.workbench.hands import until

SIZES = [(60, 16), (80, 24), (120, 40), (300, 100)]


@pytest.fixture(autouse=True)
def data(tmp_path, monkeypatch):
    monkeypatch.setenv("NOISER_DATA", str(tmp_path))
    return tmp_path


async def explain(pilot, app, text: str) -> None:
    app.query_one(PromptEditor).text = text
    await pilot.press("f5")
    await until(pilot, lambda: app.desk.active.run)


def kept(*texts: str) -> list[str]:
    with RunStore() as store:
        return [store.add(explanation_of(text)).id for text in texts]


def names(app) -> list[str]:
    return [row.name for row in app.query_one("#runs-list", RowList)._rows if not row.heading]


async def listed(pilot, app, count: int) -> None:
    await pilot.press("alt+r")
    await until(pilot, lambda: app.query("#runs-list") and len(names(app)) == count)


async def test_what_was_explained_is_in_the_store_and_the_tab_knows_its_run():
    async with workbench() as (app, pilot, _):
        await explain(pilot, app, "The capital of France is")
        run = app.desk.active.run
    with RunStore() as store:
        assert [one.id for one in store.newest()] == [run]
        assert store.open(run) == explanation_of("The capital of France is")


async def test_more_draws_replace_the_record_and_a_new_run_is_one_more():
    async with workbench() as (app, pilot, _):
        await explain(pilot, app, "Hi there")
        first = app.desk.active.run
        add_draws(app)
        await until(pilot, lambda: app.state.run.explanation.draws == 40)
        await explain(pilot, app, "Hi there")
        await until(pilot, lambda: app.desk.active.run != first)
    with RunStore() as store:
        assert [one.id for one in store.newest()][1] == first
        assert store.open(first).draws == 40


async def test_what_another_workbench_deleted_is_a_new_run_once_more_is_known_of_it():
    async with workbench() as (app, pilot, _):
        await explain(pilot, app, "Hi there")
        first = app.desk.active.run
        with RunStore() as other:
            other.delete(first)
        add_draws(app)
        await until(pilot, lambda: app.desk.active.run != first)
        assert "not kept" not in app.state.note
    with RunStore() as store:
        (entry,) = store.newest()
        assert store.open(entry.id).draws == 40
        store.restore(first)
        assert store.open(first).draws == 10


async def test_a_cancelled_run_is_kept_with_what_was_known_and_without_scores_not_at_all():
    async with workbench() as (app, pilot, engine):
        engine.pause_at = 3
        for scored in (0, 2):
            engine.partial = partial_of("Hi there you", scored)
            app.query_one(PromptEditor).text = "Hi there you"
            await pilot.press("f5")
            await pilot.pause()
            await pilot.press("escape")
            await pilot.pause()
        await until(pilot, lambda: app.desk.active.run)
    with RunStore() as store:
        (entry,) = store.newest()
    assert not entry.complete


async def test_a_store_that_cannot_be_used_is_one_sentence(data):
    (data / "runs").write_text("in the way")
    async with workbench() as (app, pilot, _):
        app.query_one(PromptEditor).text = "Hi there"
        await pilot.press("f5")
        await until(pilot, lambda: "This run is not kept" in app.state.note)
        assert app.state.run.outcome == "done"


@pytest.mark.parametrize("size", SIZES)
async def test_the_list_by_days_with_the_one_under_the_cursor_in_words(size):
    kept("An older prompt", "The capital of France is")
    async with workbench(size) as (app, pilot, _):
        await listed(pilot, app, 2)
        assert names(app) == ["The capital of France is", "An older prompt"]
        text = "\n".join(screen_lines(app))
        assert "TODAY" in text
        assert "“ Paris”  noiser/min" in text


@pytest.mark.parametrize("size", SIZES)
async def test_a_run_that_has_a_name_still_says_what_it_explains(size):
    (run,) = kept("The capital of France is known to " + "very " * 20 + "many")
    with RunStore() as store:
        store.rename(run, "mine")
    async with workbench(size) as (app, pilot, _):
        await listed(pilot, app, 1)
        assert names(app) == ["mine"]
        text = "\n".join(screen_lines(app))
        assert "The capital of" in text
        assert "“ Paris”  noiser/min" in text
        told = app.query_one("#runs-words")
        said = [line.text for line in map(told.render_line, range(told.size.height))]
        assert sum("…" in line for line in said) == 1, "cut, and said so"


async def test_a_run_opens_as_if_it_had_been_made_now_and_only_once():
    with RunStore() as store:
        store.add(replace(explanation_of("The capital of France is"), model={"name": "tiny"}))
    async with workbench((120, 40)) as (app, pilot, engine):
        await listed(pilot, app, 1)
        await pilot.press("enter")
        await until(pilot, lambda: app.desk.active.run)
        assert app.state.text == "The capital of France is"
        text = "\n".join(screen_lines(app))
        for expected in ("by tiny", "α* 0.0859", "“ Paris”", "decided by", "done"):
            assert expected in text
        assert not engine.explained
        before = app.desk.documents
        runs_room.open_run(app, app.desk.active.run)
        await pilot.pause()
        assert app.desk.documents == before
        app.view.focus_first()
        await pilot.press("f5")
        await pilot.pause()
        assert [job.text for job in engine.explained] == ["The capital of France is"]


async def test_search_narrows_while_typing():
    kept("The sea is blue", "The capital of France is", "Sea and sand")
    async with workbench() as (app, pilot, _):
        await listed(pilot, app, 3)
        await pilot.press("slash", *"sea")
        assert isinstance(app.focused, Line)
        await until(pilot, lambda: names(app) == ["Sea and sand", "The sea is blue"])
        await pilot.press("enter", "enter")
        await until(pilot, lambda: app.desk.active.run)
        assert app.state.text == "Sea and sand"


async def test_rename_pin_mark_delete_and_undo():
    first, _ = kept("The older one", "The newer one")
    async with workbench() as (app, pilot, _):
        await listed(pilot, app, 2)
        await pilot.press("down", "p")
        await until(pilot, lambda: app.desk.shelf.pinned)
        assert names(app) == ["The older one", "The newer one"]
        await pilot.press("space")
        await until(pilot, lambda: app.desk.shelf.marked)
        await pilot.press("r", *(["backspace"] * 13), *"Mine", "enter")
        await until(pilot, lambda: "Mine" in names(app))
        assert any("★+ Mine" in line for line in screen_lines(app))
        await pilot.press("delete")
        await until(pilot, lambda: names(app) == ["The newer one"])
        assert any("Deleted: Mine. u brings it back." in line.text for line in app.desk.output)
        await pilot.press("u")
        await until(pilot, lambda: names(app) == ["Mine", "The newer one"])
    with RunStore() as store:
        entry = store.entry(first)
    assert (entry.title, entry.pinned, entry.marked) == ("Mine", True, True)


async def test_the_second_mark_says_how_to_compare():
    kept("The older one", "The newer one")
    async with workbench() as (app, pilot, _):
        await listed(pilot, app, 2)
        await pilot.press("space")
        await until(pilot, lambda: len(app.desk.shelf.marked) == 1)
        assert not any("marked" in line.text for line in app.desk.output)
        await pilot.press("down", "space")
        await until(pilot, lambda: len(app.desk.shelf.marked) == 2)
        assert any("Alt+D compares them" in line.text for line in app.desk.output)


async def test_export_writes_a_file(tmp_path):
    kept("The capital of France is")
    async with workbench() as (app, pilot, _):
        await listed(pilot, app, 1)
        await pilot.press("e")
        await until(pilot, lambda: len(app.screen_stack) == 2)
        app.screen.query_one(Line).value = str(tmp_path / "run.html")
        await pilot.press("enter")
        await until(pilot, lambda: (tmp_path / "run.html").is_file())


async def test_new_runs_of_others_appear_and_pages_are_read_as_one_goes(monkeypatch):
    monkeypatch.setattr(kept_runs, "PAGE", 3)
    kept(*(f"prompt {i}" for i in range(8)))
    async with workbench() as (app, pilot, _):
        app.desk = replace(app.desk, shelf=Shelf(wanted=3))
        await pilot.press("alt+r")
        await until(pilot, lambda: len(app.desk.shelf.others) == 8)  # all within sight
        kept("by somebody else")
        kept_runs.refresh(app)
        await until(pilot, lambda: "by somebody else" in names(app))


def test_a_comparison_of_models_names_them_all():
    made = Entry(
        "20261122-034400-000000",
        "comparison",
        *(
            "",
            "The end",
            "built-in, org/small",
            "noiser",
            "min",
            " Paris",
            None,
            True,
            False,
            False,
        ),
        size=1,
    )
    assert how_made(made)[1].strip() == "built-in, small"


def test_days_have_names():
    today = date(2026, 11, 21)
    assert day_name(today, today) == "Today"
    assert day_name(today - timedelta(days=1), today) == "Yesterday"
    assert day_name(date(2026, 11, 2), today) == "Mon 02 Nov"
    assert day_name(date(2025, 11, 2), today) == "02 Nov 2025"


def test_thousands_of_rows_are_headed_by_their_days():
    start = datetime(2026, 11, 21, 12, tzinfo=UTC)
    entries = tuple(
        Entry(
            id_at(start - timedelta(hours=6 * i)), "explanation", "", f"p{i}", "tiny", "noiser",
            "min", " x", None, True, False, False, 10,
        )
        for i in range(4000)
    )  # fmt: skip
    chat = replace(entries[0], role="user")
    _, row = Shelf(others=(chat,)).rows(start.date())
    assert row.name == "user: p0", "what somebody said in a chat is told from a prompt"
    rows = Shelf(others=entries, total=5000).rows(date(2026, 11, 21))
    assert sum(row.heading for row in rows) > 1000
    assert rows[-1].name == "… 1000 more"


@pytest.mark.parametrize("explanation", [explanation_of("The capital of France is"), zoomed()])
def test_a_reopened_run_is_the_one_that_was_told(explanation):
    again = run_of(explanation)
    assert again.explanation is explanation
    assert again.saved == explanation
    assert again.outcome == "done"
    assert again.prompt is not None
    assert again.prompt.text == explanation.prompt


def test_a_reopened_run_of_a_script_has_what_the_script_told():
    explanation = explanation_of("The capital of France is")
    told = Run()
    for event in script(explanation.prompt, explanation):
        told = run_told(told, event)
    again = run_of(explanation)
    assert again.raw == told.raw
    assert (again.target, again.next_tokens, again.work) == (
        told.target,
        told.next_tokens,
        explanation.work,
    )
    assert again.search is not None
    assert again.search.leaders == explanation.leaders


def test_several_targets_are_walked_as_before():
    more = replace(example(["a", " b"]), continuation=(example(["a", " b", " c"]),))
    again = run_of(more)
    assert len(again.done) == 2
    assert again.at == 0
    assert again.saved == more
    assert again.text == "a b"
    partial = replace(more, complete=False)
    assert run_of(partial).saved == partial


async def test_nothing_typed_into_a_line_or_a_prompt_does_anything_to_a_run():
    kept("one")
    async with workbench() as (app, pilot, _):
        await listed(pilot, app, 1)
        await pilot.press("slash", "p", "u", "m", "delete")
        assert app.query_one("#runs-search", Line).value == "pum"
        app.view.focus_first()
        await pilot.press("p", "e", "delete")
        assert isinstance(app.desk.active.page, State)
        assert app.query_one(PromptEditor).text == "pe"
    with RunStore() as store:
        assert [one.pinned for one in store.newest()] == [False]


async def test_letters_that_come_with_the_slash_are_searched_for():
    kept("The sea is blue", "The capital of France is")
    async with workbench() as (app, pilot, _):
        await listed(pilot, app, 2)
        for key in ("slash", "s", "e", "a"):
            app.post_message(events.Key(key, None if key == "slash" else key))
        await until(pilot, lambda: names(app) == ["The sea is blue"])
        assert len(app.screen_stack) == 1


def test_a_token_that_was_left_alone_is_not_said_never_to_flip():
    explanation = explanation_of("The capital of France is")
    tokens = tuple(
        replace(token, alpha=alpha)
        for token, alpha in zip(
            explanation.tokens,
            [(0.5, 1.0), (0.25, 0.5), (0.0859375, 0.0869140625), (0.5, 1.0), (0.5, 1.0), None],
            strict=True,
        )
    )
    again = run_of(replace(explanation, tokens=tokens, leaders=(2,)))
    assert again.search is not None
    out = {i: bracket.out_at for i, bracket in again.search.brackets.items()}
    assert out == {0: 1, 1: 2, 2: None, 3: 1, 4: 1}


async def test_quick_open_finds_the_runs_of_sessions_before():
    kept("An older prompt", "The capital of France is")
    async with workbench() as (app, pilot, _):
        await until(pilot, lambda: app.desk.shelf.known)
        await pilot.press("ctrl+p", *"older run", "enter")
        await until(pilot, lambda: app.desk.active.run)
        assert app.state.text == "An older prompt"


async def test_quick_open_finds_runs(monkeypatch):
    monkeypatch.setattr(kept_runs, "SOON", 0.01)
    (run,) = kept("The sea is blue")
    async with workbench() as (app, pilot, _):
        await until(pilot, lambda: app.desk.shelf.known)
        await pilot.press("ctrl+p", *"sea is", "enter")
        await until(pilot, lambda: app.desk.active.run == run)
        assert app.state.text == "The sea is blue"
