"""What was open is open again: tabs, their text and options, what was unfolded around them."""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from textual.message import Message

from noiser.events import Work
from noiser.tried import LeftOff, Tried
from noiser_tui.history.runs import RunStore
from noiser_tui.history.session import Session, Tab
from noiser_tui.history.sessions import SessionFile
from noiser_tui.workbench import opening
from noiser_tui.workbench.desk import empty_desk
from noiser_tui.workbench.ending import save_last, stop_runs
from noiser_tui.workbench.engine import EngineTold, ExplainPrompt, JobEnded, WorkKnown
from noiser_tui.workbench.kept_tabs import LOST, STOPPED, UNFINISHED
from noiser_tui.workbench.session import session_of, with_session
from noiser_tui.workbench.state import GOES_ON
from noiser_tui.workbench.views.text import FileText
from noiser_tui.workbench.widgets.comparison_text import ComparisonText, Place
from noiser_tui.workbench.widgets.heat_map import HeatMap
from noiser_tui.workbench.widgets.prompt_editor import PromptEditor
from tests.workbench.fake import INFO, partial_of, screen_lines, script, workbench
from tests.workbench.hands import settled, text_of, type_and_run, until

LEFT_OFF = LeftOff((Tried(1, 0.5, False),), Work(700, 9), 0.5)


def kept(folder: Path) -> SessionFile:
    return SessionFile("here", folder)


async def test_tabs_reopen_where_they_were_left(tmp_path):
    async with workbench((120, 40), session=kept(tmp_path)) as (app, pilot, _):
        app.query_one(PromptEditor).text = "first prompt"
        await pilot.press("f2", *"occl", "enter", "ctrl+n", *"second prompt", "left", "left")
        await pilot.press("ctrl+n", *"third", "ctrl+pageup", "f10")
        await pilot.pause()
        left = app.desk
        await pilot.press("ctrl+q")
    async with workbench((120, 40), session=kept(tmp_path)) as (app, pilot, _):
        await pilot.pause()
        assert [one.page.text for one in app.desk.documents] == [
            one.page.text for one in left.documents
        ]
        assert [one.page.request for one in app.desk.documents] == [
            one.page.request for one in left.documents
        ]
        assert app.state.text == "second prompt"
        assert app.view.editor.cursor_location == (0, len("second prompt") - 2)
        assert not app.desk.panel_open
        assert "second prompt" in "\n".join(screen_lines(app))


async def test_every_view_stands_where_it_was_left_also_where_it_was_not_looked_at(
    tmp_path, monkeypatch
):
    monkeypatch.setenv("NOISER_DATA", str(tmp_path / "data"))
    long = " ".join(f"word{i}" for i in range(200))
    (tmp_path / "settings.toml").write_text("# one\n# two\n# three\n")
    async with workbench((80, 24), session=kept(tmp_path)) as (app, pilot, _):
        app.query_one(PromptEditor).text = long
        await pilot.press("f5", "tab", "end", "left")
        await until(pilot, lambda: app.desk.active.run)
        heat = app.view.query_one(HeatMap)
        stood = app.view.positions, heat.scroll_y
        assert stood[0]
        assert stood[1] > 0
        await pilot.press("f10")  # there is less room, and the cursor still stands in sight
        await settled(pilot)
        assert heat.scroll_y > stood[1]
        await pilot.press("f10")
        await settled(pilot)
        stood = app.view.positions, heat.scroll_y
        await pilot.press("alt+v", "down", "space", "enter")
        await until(pilot, lambda: app.desk.active.run)
        await pilot.press("down", "right", "right")
        await settled(pilot)
        place = app.view.query_one(ComparisonText).place
        assert place == Place(1, 2)
        opening.open_file(app, tmp_path / "settings.toml")
        await settled(pilot)
        await pilot.press("down", "down", "right")
        await settled(pilot)
        await pilot.press("ctrl+q")
    for _ in range(2):  # the first time only the file is looked at
        async with workbench((80, 24), session=kept(tmp_path)) as (app, pilot, _):
            assert app.view.query_one(FileText).cursor_location == (2, 1)
            await pilot.press("ctrl+q")
    async with workbench((80, 24), session=kept(tmp_path)) as (app, pilot, _):
        await pilot.press("ctrl+pageup")
        await until(pilot, lambda: app.view.query_one(ComparisonText).place == place)
        await pilot.press("ctrl+pageup")
        await until(pilot, lambda: app.view.positions == stood[0])
        heat = app.view.query_one(HeatMap)
        await until(pilot, lambda: heat.scroll_y == stood[1])


async def test_a_lone_blank_tab_is_not_come_back_to(tmp_path):
    async with workbench(session=kept(tmp_path)) as (_, pilot, __):
        await pilot.press("ctrl+q")
    assert kept(tmp_path).begun == Session()


async def test_a_run_that_was_going_is_offered_again(tmp_path):
    async with workbench(session=kept(tmp_path)) as (app, pilot, engine):
        engine.pause_at = 2
        await pilot.press(*"Hi there", "f5")
        await pilot.pause()
        app.session.save()  # as when the power goes, while it runs
        app.session.let_go({})
    async with workbench(session=kept(tmp_path)) as (app, pilot, engine):
        assert app.state.note == LOST
        await pilot.press("f5")
        await pilot.pause()
        assert [job.text for job in engine.explained] == ["Hi there"]


def test_a_prompt_from_the_command_line_is_on_top_of_what_was_open():
    session = Session(tabs=(Tab(text="before"), Tab(kind="unheard of")), active=1)
    desk = with_session(empty_desk("fake", "now"), session)
    assert [one.page.text for one in desk.documents] == ["before", "now"]
    assert desk.active.page.text == "now"


def test_views_that_are_gone_are_not_opened():
    session = replace(Session(tabs=(Tab(text="x"),)), side_bar="gone", panel="gone")
    desk = with_session(empty_desk("fake"), session)
    assert (desk.side, desk.panel) == ("explorer", "search")


async def test_what_a_run_has_when_one_leaves_is_kept_and_shown(tmp_path, monkeypatch):
    monkeypatch.setenv("NOISER_DATA", str(tmp_path / "data"))
    monkeypatch.setattr("noiser_tui.workbench.ending.LAST", 20.0)  # a loaded machine is slow
    async with workbench(session=kept(tmp_path)) as (app, pilot, engine):
        left = replace(partial_of("Hi there you", 2), left_off=LEFT_OFF)
        engine.pause_at, engine.partial = 4, left
        await pilot.press(*"Hi there you", "f5")
        await pilot.pause()
        stop_runs(app)  # as on SIGHUP
        await asyncio.to_thread(save_last, app)
    async with workbench(session=kept(tmp_path)) as (app, pilot, _):
        for _ in range(1000):
            if app.state.run.explanation is not None:
                break
            await pilot.pause(0.02)
        assert app.state.note == UNFINISHED
        assert app.state.run.explanation is not None
        assert not app.state.run.explanation.complete


async def test_a_run_that_leaving_ended_in_its_search_goes_on_in_the_place_of_what_it_left(
    tmp_path, monkeypatch
):
    monkeypatch.setenv("NOISER_DATA", str(tmp_path / "data"))
    monkeypatch.setattr("noiser_tui.workbench.ending.LAST", 20.0)
    left = replace(partial_of("Hi there you", 0), left_off=LEFT_OFF)
    async with workbench(session=kept(tmp_path)) as (app, pilot, engine):
        engine.pause_at, engine.partial = 2, left
        await type_and_run(pilot, app, "Hi there you")
        await pilot.press("ctrl+q", "ctrl+q")
        await until(pilot, lambda: app.return_code == 0)
    async with workbench(session=kept(tmp_path)) as (app, pilot, engine):
        await until(pilot, lambda: app.state.run.explanation is not None)
        assert app.state.note == UNFINISHED
        await pilot.press("f5")
        await until(pilot, lambda: app.state.run.outcome == "done")
        (job,) = engine.explained
        assert job.begun is not None
        assert job.begun.left_off == left.left_off
        await until(pilot, lambda: not app.keeping.busy)
        await pilot.press("ctrl+q")
    with RunStore() as store:
        (entry,) = store.newest()
        assert entry.complete
    async with workbench(session=kept(tmp_path)) as (app, pilot, engine):
        await until(pilot, lambda: app.state.run.explanation is not None)
        assert app.state.note == ""


async def test_a_run_that_leaving_ended_is_known_however_often_one_asks_to_leave(tmp_path):
    async with workbench(session=kept(tmp_path)) as (app, pilot, engine):
        engine.pause_at = 2
        await type_and_run(pilot, app, "Hi there you")
        stop_runs(app)
        await until(pilot, lambda: app.state.run_job == 0)
        stop_runs(app)
        (tab,) = session_of(app.desk, app.views, app.session._stopped).tabs
        assert tab.unfinished


async def test_a_run_that_is_kept_after_the_session_was_written_is_found_again(
    tmp_path, monkeypatch
):
    """The disk is slow, and the terminal is gone: the session is written before the run has its id."""
    monkeypatch.setenv("NOISER_DATA", str(tmp_path / "data"))
    monkeypatch.setattr("noiser_tui.workbench.ending.LAST", 0.1)
    add = RunStore.add

    def slowly(store: RunStore, *arguments: Any) -> Any:
        time.sleep(0.5)
        return add(store, *arguments)

    monkeypatch.setattr(RunStore, "add", slowly)
    left = replace(partial_of("Hi there you", 0), left_off=LEFT_OFF)
    async with workbench(session=kept(tmp_path)) as (app, pilot, engine):
        engine.pause_at, engine.partial = 2, left
        await type_and_run(pilot, app, "Hi there you")
        stop_runs(app)
        await asyncio.to_thread(save_last, app)
        app.exit()
    async with workbench(session=kept(tmp_path)) as (app, pilot, engine):
        await until(pilot, lambda: app.state.run.explanation is not None)
        assert app.state.begun is not None


async def test_f5_after_a_cancel_goes_on_unless_something_else_is_asked(tmp_path, monkeypatch):
    monkeypatch.setenv("NOISER_DATA", str(tmp_path / "data"))
    async with workbench() as (app, pilot, engine):
        engine.pause_at = 3
        engine.partial = replace(partial_of("Hi there you", 2), left_off=LEFT_OFF)
        await type_and_run(pilot, app, "Hi there you")
        await pilot.press("escape")
        await until(pilot, lambda: app.desk.active.run)
        await pilot.press("f5")
        await settled(pilot)
        assert engine.explained[-1].begun == engine.partial
        assert app.state.note == GOES_ON
        await pilot.press("escape")
        await settled(pilot)
        assert app.state.note != GOES_ON, "it does no more"
        app.change_request(seed=7)
        await settled(pilot)
        assert engine.explained[-1].begun is None
        engine.pause_at = None
        await type_and_run(pilot, app, "Something else")
        assert engine.explained[-1].begun is None


async def test_a_run_cancelled_before_a_token_was_scored_outlasts_a_restart(tmp_path, monkeypatch):
    monkeypatch.setenv("NOISER_DATA", str(tmp_path / "data"))
    left = replace(partial_of("Hi there you", 0), left_off=LEFT_OFF)
    async with workbench(session=kept(tmp_path)) as (app, pilot, engine):
        engine.pause_at, engine.partial = 2, left
        await type_and_run(pilot, app, "Hi there you")
        await pilot.press("escape")
        await until(pilot, lambda: app.desk.active.run)
        await pilot.press("ctrl+q")
    with RunStore() as store:
        (entry,) = store.newest()
        assert not entry.complete
    async with workbench((100, 30), session=kept(tmp_path)) as (app, pilot, engine):
        await until(pilot, lambda: app.state.run.explanation is not None)
        assert app.state.note == STOPPED
        assert app.state.run.outcome == "cancelled"
        await pilot.press("f5")
        await until(pilot, lambda: app.state.run.outcome == "done")
        (job,) = engine.explained
        assert job.begun is not None
        assert job.begun.left_off == LEFT_OFF
        await until(pilot, lambda: not app.keeping.busy)
    with RunStore() as store:
        assert [one.complete for one in store.newest()] == [True], "in the place of what there was"


async def test_what_could_not_go_on_says_why_and_leaves_what_there_was(tmp_path, monkeypatch):
    monkeypatch.setenv("NOISER_DATA", str(tmp_path / "data"))
    async with workbench((100, 30)) as (app, pilot, engine):
        engine.pause_at = 3
        engine.partial = replace(partial_of("Hi there you", 2), left_off=LEFT_OFF)
        await type_and_run(pilot, app, "Hi there you")
        await pilot.press("escape")
        await until(pilot, lambda: app.desk.active.run)
        engine.pause_at, engine.anew = None, "Its dtype is another."
        await pilot.press("f5")
        await until(pilot, lambda: app.state.run.outcome == "done" and app.desk.active.run)
        assert "It began anew: Its dtype is another." in "\n".join(screen_lines(app))
        await until(pilot, lambda: not app.keeping.busy)
    with RunStore() as store:
        assert [one.complete for one in store.newest()] == [True, False]


async def test_a_run_that_was_killed_goes_on_from_what_was_kept_on_the_way(tmp_path, monkeypatch):
    monkeypatch.setenv("NOISER_DATA", str(tmp_path / "data"))
    early = replace(partial_of("Hi there you", 0), left_off=LEFT_OFF)
    late = replace(partial_of("Hi there you", 2), left_off=LEFT_OFF)
    async with workbench(session=kept(tmp_path)) as (app, pilot, engine):
        engine.pause_at = 2
        await type_and_run(pilot, app, "Hi there you")
        for known in (early, late):
            app.engine_spoke(WorkKnown(app.state.run_job, known, goes_on=False))
            await until(pilot, lambda: app.desk.active.run and not app.keeping.busy)
        assert app.state.run.explanation is None, "what is shown is what the engine tells"
        app.session.save()  # as when the power goes, while it runs
        app.session.let_go({})
    with RunStore() as store:
        (entry,) = store.newest()
        assert store.open(entry.id) == late, "in the place of what was kept before"
    async with workbench(session=kept(tmp_path)) as (app, pilot, engine):
        await until(pilot, lambda: app.state.run.explanation is not None)
        assert app.state.note == UNFINISHED
        await pilot.press("f5")
        await until(pilot, lambda: app.state.run.outcome == "done" and not app.keeping.busy)
        assert engine.explained[-1].begun == late
    with RunStore() as store:
        assert [one.complete for one in store.newest()] == [True]


async def test_a_run_takes_the_place_of_what_was_kept_of_it_and_of_no_other(tmp_path, monkeypatch):
    monkeypatch.setenv("NOISER_DATA", str(tmp_path / "data"))
    async with workbench() as (app, pilot, engine):
        await type_and_run(pilot, app, "Hi there you")
        engine.pause_at = 2
        await pilot.press("f5")
        await settled(pilot)
        engine.partial = replace(partial_of("Hi there you", 2), left_off=LEFT_OFF)
        app.engine_spoke(WorkKnown(app.state.run_job, engine.partial, goes_on=False))
        await until(pilot, lambda: app.desk.active.run and not app.keeping.busy)
        engine.pause_at = 3
        await pilot.press("escape")
        await until(pilot, lambda: not app.state.run_job and not app.keeping.busy)
    with RunStore() as store:
        assert [one.complete for one in store.newest()] == [False, True]


async def test_draws_that_were_being_added_are_no_run_to_go_on_with(tmp_path, monkeypatch):
    monkeypatch.setenv("NOISER_DATA", str(tmp_path / "data"))
    async with workbench(session=kept(tmp_path)) as (app, pilot, engine):
        await type_and_run(pilot, app, "Hi there you")
        await until(pilot, lambda: app.desk.active.run)
        engine.pause_at = 1
        await pilot.press("ctrl+r")
        await until(pilot, lambda: app.state.adding)
        await pilot.press("ctrl+q", "ctrl+q")
        await until(pilot, lambda: app.return_code == 0)
    async with workbench(session=kept(tmp_path)) as (app, pilot, _):
        await until(pilot, lambda: app.state.run.explanation is not None)
        assert app.state.note == ""


async def test_leaving_with_a_run_under_way_keeps_it_too(tmp_path, monkeypatch):
    monkeypatch.setenv("NOISER_DATA", str(tmp_path / "data"))
    monkeypatch.setattr("noiser_tui.workbench.ending.LAST", 20.0)
    async with workbench(session=kept(tmp_path)) as (app, pilot, engine):
        engine.pause_at, engine.partial = 4, partial_of("Hi there you", 2)
        await pilot.press(*"Hi there you", "f5")
        await pilot.pause()
        await pilot.press("ctrl+q", "ctrl+q")
        for _ in range(1000):
            if app.return_code == 0:
                break
            await pilot.pause(0.02)
        assert app.return_code == 0
    with RunStore(tmp_path / "data" / "runs") as store:
        (entry,) = store.newest()
        assert not entry.complete


async def test_what_failed_and_why_is_there_again_until_it_is_run_anew(tmp_path):
    why = "The target ' Nowhere' is not one token of fake."
    async with workbench((120, 40), session=kept(tmp_path)) as (app, pilot, engine):
        engine.explain_error = why
        await pilot.press(*"Hi there", "f5")
        await settled(pilot)
        await pilot.press("ctrl+n", "ctrl+q")
    async with workbench((120, 40), session=kept(tmp_path)) as (app, pilot, engine):
        app.action_turn_tab(1)
        await settled(pilot)
        assert (app.state.error, app.state.run.outcome) == (why, "failed")
        text = "\n".join(screen_lines(app))
        assert why in text
        assert "failed" in text
        assert "⚠ 1" in text
        await pilot.press("f5")
        await settled(pilot)
        assert (app.state.error, app.state.run.outcome) == ("", "done")
        assert session_of(app.desk, {}, frozenset()).tabs[0].failed == ""


async def test_what_a_series_of_targets_had_when_it_failed_is_kept(tmp_path, monkeypatch):
    monkeypatch.setenv("NOISER_DATA", str(tmp_path / "data"))

    def answer(number: int, job: ExplainPrompt) -> list[Message]:
        read, *_, explained = script(job.text)
        told = [replace(read, steps=3), replace(explained, steps=3), replace(read, step=1, steps=3)]
        events: list[Message] = [EngineTold(number, event) for event in told]
        return [*events, JobEnded(number, job, "No memory.", model=INFO)]

    async with workbench((120, 40), session=kept(tmp_path)) as (app, pilot, engine):
        engine.answering[ExplainPrompt] = answer
        await type_and_run(pilot, app)
        await until(pilot, lambda: app.desk.active.run)
        await pilot.press("ctrl+q")
    with RunStore() as store:
        (entry,) = store.newest()
        found = store.open(entry.id)
    assert not entry.complete
    assert found.warnings[-1].message == "The run failed after 1 target: No memory."
    async with workbench((120, 40), session=kept(tmp_path)) as (app, pilot, _):
        await until(pilot, lambda: app.state.run.explanation is not None)
        assert (app.state.error, app.state.run.outcome) == ("No memory.", "failed")


STRANGE = {
    "format": "noiser-session/1",
    "tabs": [
        1,
        {"kind": "study", "path": "/a folder/that is gone"},
        {"kind": "study", "path": "\0"},
        {"kind": "explanation", "text": "\ud800 \x1b[31m", "title": "\udcff", "path": "\0"},
        {"kind": "explanation", "cursor": [99999, -5], "scroll": -(10**19), "token": -3, "step": 9},
        {"kind": "comparison", "run": "../../run"},
        {"kind": "settings"},
        {"kind": "settings"},
        {"kind": "of another version"},
    ],
    "active": -9,
    "sizes": {"panel": 10**8},
    "side_bar": "?",
    "panel": "?",
    "panel_open": True,
    "side_bar_open": True,
    "model": "\ud800",
}


@pytest.mark.parametrize(
    "written", [b"\xff\0", b"[" * 100_000, json.dumps(STRANGE).encode()], ids=["bytes", "deep", ""]
)
async def test_every_tab_of_a_damaged_session_can_be_looked_at(
    tmp_path: Path, written: bytes
) -> None:
    with SessionFile(tmp_path, tmp_path) as file:
        file.path.write_bytes(written)
    file = SessionFile(tmp_path, tmp_path)
    assert file.problems
    async with workbench((80, 24), session=file) as (app, pilot, _engine):
        for _ in app.desk.documents:
            app.action_turn_tab(1)
            await settled(pilot)
            "\n".join(screen_lines(app)).encode()
        app.session.save()
    file.close()


async def test_a_prompt_whose_file_is_another_by_now_is_marked_and_neither_is_lost(tmp_path):
    file = tmp_path / "capital.txt"
    file.write_text("The capital of France is\n")
    async with workbench(session=kept(tmp_path)) as (app, pilot, _):
        opening.open_file(app, file)
        await settled(pilot)
        await pilot.press("ctrl+q")
    file.write_text("Theirs\n")
    async with workbench(session=kept(tmp_path)) as (app, pilot, _):
        await settled(pilot)
        assert app.state.text == "The capital of France is"
        assert app.desk.active.edited
        assert "capital.txt ●" in text_of(app)
        await pilot.press("alt+w")
        await settled(pilot)
        assert file.read_text() == "Theirs\n"
        assert "again writes over it" in app.state.error
        await pilot.press("alt+w")
        await settled(pilot)
        assert file.read_text() == "The capital of France is\n"
        assert not app.desk.active.edited
        await pilot.press("ctrl+q")
    async with workbench(session=kept(tmp_path)) as (app, pilot, _):
        await settled(pilot)
        assert not app.desk.active.edited


async def edited_and_left(folder: Path, file: Path) -> None:
    """A prompt of a file is edited and left in the session, its file as it was."""
    async with workbench(session=kept(folder)) as (app, pilot, _):
        opening.open_any(app, file)
        await settled(pilot)
        if app.desk.active.kind == "explanation":
            app.view.query_one(PromptEditor).text = "Mine"
        else:
            app.view.query_one("FileText").text = "Mine"  # type: ignore[attr-defined]
        await settled(pilot)
        await pilot.press("ctrl+q")


HELD = {
    "capital.txt": "The capital of France is\n",
    "talk.json": '{"messages": [{"role": "user", "content": "The capital?"}]}',
    "settings.toml": "[explain]\n",
}
"""What a file holds of which the text is edited: a prompt, a chat, a text that is none."""


@pytest.mark.parametrize("name", HELD)
async def test_a_text_edited_and_left_has_its_changes_and_its_file_none_by_others(
    tmp_path: Path, name: str
) -> None:
    file = tmp_path / "files" / name
    file.parent.mkdir()
    file.write_bytes(HELD[name].encode())
    await edited_and_left(tmp_path, file)
    async with workbench((120, 30), session=kept(tmp_path)) as (app, pilot, _):
        await settled(pilot)
        document = app.desk.active
        assert (document.edited, document.overtaken, document.page.note) == (True, False, "")
        await pilot.press("ctrl+s")
        await settled(pilot)
        assert "Mine" in file.read_text(), "nobody else wrote there: it is written at once"
        assert not app.desk.active.edited


@pytest.mark.parametrize("name", HELD)
async def test_a_text_edited_and_left_whose_file_others_changed_is_told(
    tmp_path: Path, name: str
) -> None:
    file = tmp_path / "files" / name
    file.parent.mkdir()
    file.write_text(HELD[name])
    await edited_and_left(tmp_path, file)
    theirs = HELD[name].replace("capital", "river").replace("explain", "engine")
    file.write_text(theirs)
    async with workbench((120, 30), session=kept(tmp_path)) as (app, pilot, _):
        await settled(pilot)
        assert app.desk.active.overtaken
        assert f"{name} was changed by others meanwhile." in text_of(app)
        await pilot.press("ctrl+s")
        await settled(pilot)
        assert file.read_text() == theirs
        assert "another by now than was opened" in app.desk.active.page.error
        await pilot.press("ctrl+s")
        await settled(pilot)
        assert "Mine" in file.read_text()
        assert not app.desk.active.edited


async def test_a_session_that_does_not_tell_what_files_held_opens_as_before(tmp_path: Path) -> None:
    file = tmp_path / "capital.txt"
    file.write_text("Theirs")
    tab = {"kind": "explanation", "path": str(file), "text": "Mine"}
    with SessionFile("here", tmp_path) as one:
        written = {"format": "noiser-session/1", "tabs": [tab]}
        one.path.write_text(json.dumps(written))
    session = kept(tmp_path)
    assert session.problems == ()
    async with workbench(session=session) as (app, pilot, _):
        await settled(pilot)
        assert (app.state.text, app.desk.active.overtaken) == ("Mine", True)
        assert app.desk.active.page.note.startswith("capital.txt holds another text than this one")
        await pilot.press("ctrl+q")
    file.write_text("Mine")
    async with workbench(session=kept(tmp_path)) as (app, pilot, _):
        await settled(pilot)
        assert not app.desk.active.edited
        await pilot.press("ctrl+q")
    file.write_text("Theirs")
    async with workbench(session=kept(tmp_path)) as (app, pilot, _):
        await settled(pilot)
        assert app.desk.active.page.note.startswith("capital.txt was changed by others")


async def test_a_text_left_as_its_file_was_is_as_its_file_is_by_now(tmp_path: Path) -> None:
    files = [tmp_path / name for name in ("settings.toml", "keybindings.json")]
    for file in files:
        file.write_text("# before\n")
    async with workbench(session=kept(tmp_path)) as (app, pilot, _):
        for file in files:
            opening.open_any(app, file)
            await settled(pilot)
        await pilot.press("ctrl+q")
    for file in files:
        file.write_text("# by now\n")
    async with workbench(session=kept(tmp_path)) as (app, pilot, _):
        await settled(pilot)
        documents = [one for one in app.desk.documents if one.kind == "text"]
        assert [(one.page.text, one.edited) for one in documents] == [("# by now\n", False)] * 2
        assert app.view.query_one("FileText").text == "# by now\n"  # type: ignore[attr-defined]
        app.action_show_tab(documents[0].id)
        await settled(pilot)
        assert app.view.query_one("FileText").text == "# by now\n"  # type: ignore[attr-defined]
