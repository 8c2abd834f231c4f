"""All prompts of a file: explained in turn, each kept, others served in between, stopped and gone on with."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import noiser
from noiser.errors import Cancelled
from noiser.events import Work
from noiser.model.language_model import LanguageModel
from noiser.request import Request
from noiser.tried import LeftOff, Tried
from noiser_tui.history.runs import RunStore
from noiser_tui.history.sessions import SessionFile
from noiser_tui.settings.settings import load_settings
from noiser_tui.workbench.engine import (
    ExplainList,
    JobEnded,
    ListedBegun,
    ListedExplained,
    ListedPrompt,
    UnloadModel,
    WorkKnown,
)
from noiser_tui.workbench.engine.context import Context, Held
from noiser_tui.workbench.engine.job import GoOnLater
from noiser_tui.workbench.list_room import open_list
from noiser_tui.workbench.prompt_list import PromptList
from noiser_tui.workbench.prompts_file import prompts_in
from noiser_tui.workbench.widgets.row_list import RowList
from tests.engine.test_going_on import Calls
from tests.workbench.answers import explanation_of
from tests.workbench.fake import INFO, screen_lines, workbench
from tests.workbench.hands import settled, until
from tests.workbench.test_queue import Quick, Told

LEFT_OFF = LeftOff((Tried(1, 0.5, False),), Work(700, 9), 0.5)
LINES = [
    '"The capital of France is"',
    '{"prompt": "Rivers run", "bound": "max"}',
    "{nothing",
    '"I fail"',
]


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("NOISER_DATA", str(tmp_path / "data"))
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    Path("more.jsonl").write_text("\n".join(LINES) + "\n")
    return tmp_path / "here"


def page_of(app) -> PromptList:
    page = app.desk.active.page
    assert isinstance(page, PromptList)
    return page


def standings(app) -> list[str]:
    return [one.standing for one in page_of(app).prompts]


async def opened(pilot, app) -> None:
    open_list(app, Path("more.jsonl"))
    await until(pilot, lambda: page_of(app).prompts)


async def test_every_prompt_is_explained_and_kept_and_what_failed_is_named(folder):
    async with workbench((120, 40)) as (app, pilot, engine):
        await opened(pilot, app)
        await until(pilot, lambda: all(one.run for one in page_of(app).prompts[:2]))
        assert standings(app) == ["done", "done", "unread", "failed"]
        (job,) = [one for one in engine.jobs if isinstance(one, ExplainList)]
        assert [one.request.bound for one in job.prompts] == ["min", "max", "min"]
        text = "\n".join(screen_lines(app))
        for expected in ("2 of 4 explained · 2 failed", "line 3, line 4", "⚠ 2", "F5 tries those"):
            assert expected in text
        await pilot.press("enter")
        await until(pilot, lambda: app.desk.explanation is not None)
        assert app.state.text == "The capital of France is"
    with RunStore() as store:
        assert [one.prompt for one in store.newest()] == ["Rivers run", "The capital of France is"]


async def test_of_a_run_that_was_deleted_the_prompt_opens_and_says_so(folder):
    async with workbench((120, 40)) as (app, pilot, _):
        await opened(pilot, app)
        await until(pilot, lambda: all(one.run for one in page_of(app).prompts[:2]))
        with RunStore() as other:
            other.delete(page_of(app).prompts[1].run)
        await pilot.press("down", "enter")
        await until(pilot, lambda: app.desk.explanation is not None)
        assert (app.state.text, app.state.request.bound) == ("Rivers run", "max")
        assert "it was deleted" in app.state.error


async def test_from_the_explorer_and_from_the_palette():
    async with workbench((120, 40)) as (app, pilot, engine):
        await pilot.press("f9")
        await until(pilot, lambda: app.query("#tree"))
        rows = app.query_one("#tree", RowList)
        rows.point_at([row.name for row in rows._rows].index("more.jsonl"))
        await pilot.press("a")
        await until(pilot, lambda: app.desk.active.kind == "prompts")
        await until(pilot, lambda: not page_of(app).job and page_of(app).done == 2)
        await pilot.press("ctrl+w", "f1", *"all prompts of a", "enter")
        await settled(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: app.desk.active.kind == "prompts")
        await until(pilot, lambda: page_of(app).done == 2)
        assert sum(isinstance(one, ExplainList) for one in engine.jobs) == 2


async def test_escape_stops_after_the_one_in_hand_then_that_one_and_f5_goes_on():
    async with workbench((120, 40)) as (app, pilot, engine):
        engine.waiting.add(ExplainList)
        await opened(pilot, app)
        job = page_of(app).job
        explained = next(one for one in engine.jobs if isinstance(one, ExplainList))
        app.post_message(ListedBegun(job, 0))
        await settled(pilot)
        assert standings(app)[0] == "begun"
        engine.queued.remove(job)  # it runs
        await pilot.press("escape")
        await settled(pilot)
        assert (engine.finished, engine.cancelled, page_of(app).stopping) == ([job], 0, True)
        await pilot.press("escape")
        assert engine.cancelled == 1
        app.post_message(JobEnded(job, explained, model=engine.model, cancelled=True))
        await settled(pilot)
        assert standings(app) == ["waiting", "waiting", "unread", "waiting"]
        assert "F5 goes on with the other 3" in page_of(app).note
        engine.waiting.clear()
        await pilot.press("f5")
        await until(pilot, lambda: page_of(app).done == 2)
        engine.answering[ExplainList] = lambda number, job: [ListedBegun(number, 3)]
        await pilot.press("f5")  # what failed alone
        await settled(pilot)
        again = [one for one in engine.jobs if isinstance(one, ExplainList)][-1]
        assert [one.at for one in again.prompts] == [3]


async def test_it_is_put_back_as_it_was_left(tmp_path):
    async with workbench((120, 40), session=SessionFile("here", tmp_path / "s")) as (
        app,
        pilot,
        engine,
    ):

        def two(number: int, job: ExplainList) -> list[Any]:
            one = job.prompts[0]
            return [ListedExplained(number, one.at, explanation_of(one.said))]

        engine.answering[ExplainList] = two
        await opened(pilot, app)
        await until(pilot, lambda: page_of(app).prompts[0].run)
        await pilot.press("ctrl+q")
    async with workbench((120, 40), session=SessionFile("here", tmp_path / "s")) as (
        app,
        pilot,
        engine,
    ):
        await until(pilot, lambda: page_of(app).prompts)
        assert standings(app) == ["done", "waiting", "unread", "waiting"]
        assert "1 of 4 are explained" in page_of(app).note
        await pilot.press("f5")
        await settled(pilot)
        (job,) = [one for one in engine.jobs if isinstance(one, ExplainList)]
        assert [one.at for one in job.prompts] == [1, 3]
        Path("more.jsonl").write_text('"Another"\n')
        await pilot.press("ctrl+q")
    async with workbench((120, 40), session=SessionFile("here", tmp_path / "s")) as (app, pilot, _):
        await until(pilot, lambda: page_of(app).prompts)
        assert standings(app) == ["waiting"]
        assert "has changed" in page_of(app).note


@pytest.mark.parametrize("first", [True, False])
async def test_the_one_in_hand_is_kept_on_the_way_and_goes_on_in_its_place(tmp_path, first):
    """As after a kill -9, in the first prompt and in a later one."""
    left = replace(explanation_of("x"), complete=False, left_off=LEFT_OFF)
    session, at = partial(SessionFile, "here", tmp_path / "s"), 0 if first else 1
    async with workbench((120, 40), session=session()) as (app, pilot, engine):
        engine.waiting.add(ExplainList)
        await opened(pilot, app)
        job = page_of(app).job
        if not first:
            app.post_message(ListedExplained(job, 0, explanation_of("x")))
        app.post_message(ListedBegun(job, at))
        for work in (1, 2):
            now = replace(left, work=Work(work, 1))
            app.post_message(WorkKnown(job, now, at=at))
            await until(pilot, lambda: page_of(app).prompts[at].run and not app.keeping.busy)
        assert standings(app)[at] == "begun"
        app.session.save()  # as when the process is killed then
        app.session.let_go({})
    with RunStore() as store:
        assert len(store.newest()) == at + 1
    async with workbench((120, 40), session=session()) as (app, pilot, engine):
        await until(pilot, lambda: page_of(app).prompts)
        assert standings(app)[at] == "waiting"
        assert f"F5 goes on with the other {3 - at}, 1 of them begun" in page_of(app).note
        engine.answering[ExplainList] = lambda number, job: [
            ListedExplained(number, one.at, explanation_of(one.said)) for one in job.prompts
        ]
        await pilot.press("f5")
        await until(pilot, lambda: page_of(app).done == 3 and not app.keeping.busy)
        (asked,) = [job for job in engine.jobs if isinstance(job, ExplainList)]
        begun = [one.begun for one in asked.prompts]
        assert begun[0] == replace(left, work=Work(2, 1))
        assert begun[1:] == [None] * (2 - at)
        assert len({one.run for one in page_of(app).prompts}) == 4, "runs of their own, and none"
    with RunStore() as store:
        assert [one.complete for one in store.newest()] == [True] * 3


@pytest.mark.parametrize("at_once", [False, True])
async def test_one_that_fails_after_it_was_begun_is_a_failure_after_a_restart(at_once, tmp_path):
    left = replace(explanation_of("x"), complete=False, left_off=LEFT_OFF)
    session = partial(SessionFile, "here", tmp_path / "s")
    async with workbench((120, 40), session=session()) as (app, pilot, engine):
        engine.waiting.add(ExplainList)
        await opened(pilot, app)
        job = page_of(app).job
        app.post_message(WorkKnown(job, left, at=0))
        if not at_once:
            await until(pilot, lambda: page_of(app).prompts[0].run)
        app.post_message(ListedExplained(job, 0, None, "No memory."))
        await settled(pilot)
        await until(pilot, lambda: not app.keeping.busy)
        await pilot.press("ctrl+q", "ctrl+q")
    async with workbench((120, 40), session=session()) as (app, pilot, engine):
        await until(pilot, lambda: page_of(app).prompts)
        assert standings(app)[0] == "failed"


def test_each_says_where_it_is_and_goes_on_from_there(
    model: LanguageModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A cancel leaves what there is of the one in hand, and that goes on to the same."""
    prompts = (ListedPrompt(3, "Rivers run to the sea", Request()),)
    whole = noiser.explain(model, "Rivers run to the sea")
    calls, told = Calls(monkeypatch), list[Any]()
    with pytest.raises(Cancelled):
        ExplainList(prompts, model.info.name).run(
            Context(1, calls.again(6), told.append, Held(model))
        )
    (left,) = [one for one in told if isinstance(one, WorkKnown)]
    assert left.at == 3
    assert isinstance(left.left, noiser.Explanation)
    assert left.left.left_off is not None
    again = (replace(prompts[0], begun=left.left),)
    calls.again()
    told.clear()
    job = ExplainList(again, model.info.name)
    job.run(Context(2, threading.Event(), told.append, Held(model)))
    (made,) = [one.explanation for one in told if isinstance(one, ListedExplained)]
    assert replace(made, work=Work(), seconds=0) == replace(whole, work=Work(), seconds=0)
    assert made.work.calls > left.left.left_off.work.calls


async def test_after_a_restart_done_lines_keep_their_target_and_another_dtype_asks(
    tmp_path, monkeypatch
):
    session = partial(SessionFile, "here", tmp_path / "s")

    def one(number: int, job: ExplainList) -> list[Any]:
        first = job.prompts[0]
        return [ListedExplained(number, first.at, explanation_of(first.said))]

    async with workbench((120, 40), session=session()) as (app, pilot, engine):
        engine.answering[ExplainList] = one
        await opened(pilot, app)
        await until(pilot, lambda: page_of(app).prompts[0].run)
        target = page_of(app).prompts[0].found
        assert target
        await pilot.press("ctrl+q")
    monkeypatch.setattr("tests.workbench.fake.INFO", replace(INFO, dtype="bfloat16"))
    async with workbench((120, 40), session=session()) as (app, pilot, engine):
        await until(pilot, lambda: page_of(app).prompts)
        assert page_of(app).prompts[0].found == target
        await pilot.press("f5")
        await until(pilot, lambda: len(app.screen_stack) == 2)
        assert "its dtype is 'float32', here it is 'bfloat16'" in "\n".join(screen_lines(app))
        await pilot.press("enter")  # leave it so
        await settled(pilot)
        assert "another model" in page_of(app).note
        assert not [job for job in engine.jobs if isinstance(job, ExplainList)]
        await pilot.press("f5", "down", "enter")
        await settled(pilot)
        (job,) = [job for job in engine.jobs if isinstance(job, ExplainList)]
        assert ([one.at for one in job.prompts], job.made_with) == ([0, 1, 3], {})
        await pilot.press("ctrl+q")
    async with workbench((120, 40), session=session()) as (app, pilot, engine):
        await until(pilot, lambda: page_of(app).prompts)
        engine.waiting.add(ExplainList)
        engine.answering.clear()
        app.desk = replace(
            app.desk, load_job=99
        )  # the model is not there yet: the engine will know
        await pilot.press("f5")
        await settled(pilot)
        assert len(app.screen_stack) == 1


async def test_leaving_asks_once_and_a_file_that_cannot_be_read_is_a_sentence(tmp_path):
    async with workbench() as (app, pilot, engine):
        engine.waiting.add(ExplainList)
        await opened(pilot, app)
        await pilot.press("ctrl+q")
        await settled(pilot)
        assert len(app.screen_stack) == 2
        await pilot.press("escape")
        open_list(app, Path("nowhere.jsonl"))
        await until(pilot, lambda: page_of(app).error)
        assert "nowhere.jsonl" in page_of(app).error


async def test_the_settings_name_the_devices_and_how_many_runs_are_kept():
    given = {"engine.devices": "cpu, cpu", "files.history": 3}
    async with workbench(settings=load_settings(given=given)) as (app, pilot, engine):
        engine.waiting.add(ExplainList)
        await opened(pilot, app)
        (job,) = [one for one in engine.jobs if isinstance(one, ExplainList)]
        assert (job.devices, page_of(app).lanes) == (("cpu", "cpu"), 2)
        assert "newest 3 outlast" in page_of(app).note


@pytest.mark.parametrize("size", [(60, 16), (80, 24), (300, 100)])
async def test_it_is_drawn_at_any_size(size):
    async with workbench(size) as (app, pilot, _):
        await opened(pilot, app)
        await until(pilot, lambda: page_of(app).done == 2)
        for key in ("down", "down", "end", "enter"):
            await pilot.press(key)
        assert screen_lines(app)


def test_files_of_every_form_are_listed(folder):
    (folder / "list.json").write_text(json.dumps([{"prompt": "In a list", "id": 7}]))
    (one,) = prompts_in(folder / "list.json", Request(bound="max"))
    assert (one.name, one.said, one.request.bound) == ("sample 7", "In a list", "max")
    (folder / "chat.jsonl").write_text('{"messages": [{"role": "user", "content": "Hi"}]}\n""\n')
    chat, empty = prompts_in(folder / "chat.jsonl", Request())
    assert (chat.text, empty.standing) == ("Hi", "unread")


# The job on the built-in model


@pytest.fixture(scope="module")
def model() -> LanguageModel:
    return noiser.load("built-in", device="cpu")


PROMPTS = tuple(
    ListedPrompt(i, text, Request(draws=3))
    for i, text in enumerate(("The capital of France is", "", "The sea is", "Rivers run"))
)


def context(posted: list[Any], held: Held, **flags: Any) -> Context:
    return Context(1, threading.Event(), posted.append, held, **flags)


def explained(posted: list[Any]) -> dict[int, Any]:
    return {one.at: one for one in posted if isinstance(one, ListedExplained)}


@pytest.mark.parametrize("devices", [(), ("cpu", "cpu")])
def test_each_is_what_explaining_it_alone_gives(
    model: LanguageModel, devices: tuple[str, ...]
) -> None:
    posted: list[Any] = []
    held = Held(model)
    ExplainList(PROMPTS, "built-in", devices).run(context(posted, held))
    found = explained(posted)
    assert list(found) == [0, 1, 2, 3]
    assert found[1].explanation is None
    assert "empty" in found[1].error
    for i in (0, 2, 3):
        alone = noiser.explain(model, PROMPTS[i].said, PROMPTS[i].request)
        assert replace(found[i].explanation, seconds=0, work=alone.work) == replace(
            alone, seconds=0
        )
    assert {one.at for one in posted if isinstance(one, ListedBegun)} == {0, 2, 3}
    assert held.copies == ()


def test_it_makes_way_after_each_prompt_and_ends_after_the_one_in_hand(
    model: LanguageModel,
) -> None:
    posted: list[Any] = []
    with pytest.raises(GoOnLater) as later:
        ExplainList(PROMPTS, "built-in").run(context(posted, Held(model), others_wait=lambda: True))
    assert list(explained(posted)) == [0]
    assert later.value.rest == ExplainList(PROMPTS[1:], "built-in")
    enough = threading.Event()

    def post(message: Any) -> None:
        posted.append(message)
        enough.set()

    posted.clear()
    with pytest.raises(Cancelled):
        ExplainList(PROMPTS, "built-in").run(
            Context(1, threading.Event(), post, Held(model), enough)
        )
    assert list(explained(posted)) == [0]


def test_another_model_is_refused(model: LanguageModel) -> None:
    with pytest.raises(noiser.NoiserError, match="begun with other"):
        ExplainList(PROMPTS, "other").run(context([], Held(model)))
    half = {"name": "built-in", "dtype": "float16", "revision": None, "quantization": None}
    with pytest.raises(noiser.NoiserError, match="its dtype is 'float16', here it is 'float32'"):
        ExplainList(PROMPTS, "built-in", made_with=half).run(context([], Held(model)))


def test_others_run_in_between_under_one_number(engine: tuple[Any, Told]) -> None:
    thread, told = engine
    job = ExplainList(PROMPTS, "built-in")
    number = thread.submit(job)
    quick = thread.submit(Quick())
    thread.start()
    told.wait(lambda messages: sum(isinstance(m, JobEnded) for m in messages) == 2)
    ends = [m.number for m in told.messages if isinstance(m, JobEnded)]
    assert sorted(ends) == [number, quick]


@pytest.fixture
def engine(model: LanguageModel) -> tuple[Any, Told]:
    from noiser_tui.workbench.engine import EngineThread

    told = Told()
    thread = EngineThread(told)
    thread._held.model = model
    return thread, told


def test_one_that_made_way_is_taken_back_at_once(engine: tuple[Any, Told]) -> None:
    from tests.workbench.test_queue import Held as Waits

    thread, told = engine
    waits = Waits()
    number = thread.submit(ExplainList(PROMPTS, "built-in"))
    thread.submit(waits)
    thread.start()
    told.wait(lambda messages: any(getattr(m, "waiting", ()) == (number,) for m in messages[2:]))
    thread.finish(number)
    told.wait(lambda messages: any(isinstance(m, JobEnded) for m in messages))
    assert told.ends()[number].cancelled
    waits.go.set()


def test_unloading_lets_the_copies_go(model: LanguageModel) -> None:
    held = Held(model, copies=(model,))
    UnloadModel().run(context([], held))
    assert held.copies == ()
