"""What was measured outlasts a restart, with its intervals; what was under way is offered again."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from textual.message import Message

from noiser.errors import Cancelled, NoiserError
from noiser.metrics.begun import MetricsBegun, TargetBegun
from noiser.record import render
from noiser_tui.history.run_files import RunFiles
from noiser_tui.history.runs import RunStore
from noiser_tui.history.sessions import SessionFile
from noiser_tui.workbench import kept_measures, opening
from noiser_tui.workbench.ending import save_last, stop_runs
from noiser_tui.workbench.engine import AskJudge, MeasureMetrics, MetricMeasured, WorkKnown
from noiser_tui.workbench.engine.context import Context, Held
from noiser_tui.workbench.kept_measures import from_json, to_json
from noiser_tui.workbench.measured import LEFT, Measured
from tests.engine.test_going_on import Calls
from tests.history.runs import explained
from tests.metrics.cases import quick
from tests.tiny import tiny
from tests.workbench.answers import answers
from tests.workbench.fake import workbench
from tests.workbench.hands import settled, text_of, type_and_run, until


@pytest.fixture(autouse=True)
def own_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOISER_DATA", str(tmp_path / "data"))
    monkeypatch.setattr("noiser_tui.workbench.ending.LAST", 20.0)  # a loaded machine is slow


def kept(folder: Path) -> SessionFile:
    return SessionFile("here", folder)


def first_only(number: int, job: MeasureMetrics) -> list[Message]:
    """What is posted of a measurement that is ended after its first metric."""
    return (answers(number, job) or [])[:1]


async def test_all_that_was_measured_is_shown_again_with_its_intervals(tmp_path):
    async with workbench((120, 40), session=kept(tmp_path)) as (app, pilot, _):
        await type_and_run(pilot, app)
        await pilot.press("alt+x")
        await settled(pilot)
        await pilot.press("alt+y")
        await until(pilot, lambda: app.state.measured.verdict and not app.keeping.busy)
        measured, shown = app.state.measured, text_of(app)
        assert "0.570–0.670" in shown
        await pilot.press("ctrl+q")
    async with workbench((120, 40), session=kept(tmp_path)) as (app, pilot, engine):
        await until(pilot, lambda: app.state.measured.known)
        assert app.state.measured == measured
        assert app.state.note == ""
        for told in ("0.570–0.670", "deletion 0.210", "whole prompt    ✓ yes"):
            assert told in shown
            assert told in text_of(app)
        assert not engine.explained, "nothing is computed again"


async def test_a_run_from_the_list_has_what_was_measured_of_it(tmp_path):
    async with workbench((120, 40)) as (app, pilot, _):
        await type_and_run(pilot, app)
        await pilot.press("alt+x")
        await until(pilot, lambda: app.state.measured.curves and not app.keeping.busy)
        measured = app.state.measured
        await pilot.press("ctrl+n", "ctrl+pageup", "ctrl+w", "alt+r")
        await settled(pilot)
        await pilot.press("down", "enter")
        await until(pilot, lambda: app.state.measured.known)
        assert app.state.measured == measured


async def test_metrics_that_the_end_came_upon_are_offered_and_only_the_rest_is_measured(tmp_path):
    async with workbench((120, 40), session=kept(tmp_path)) as (app, pilot, engine):
        await type_and_run(pilot, app)
        engine.waiting.add(MeasureMetrics)
        await pilot.press("alt+x")
        await settled(pilot)
        for message in first_only(app.state.job, engine.jobs[-1]):  # type: ignore[arg-type]
            app.engine_spoke(message)  # type: ignore[arg-type]
        stop_runs(app)  # as on SIGHUP
        await asyncio.to_thread(save_last, app)
    async with workbench((120, 40), session=kept(tmp_path)) as (app, pilot, engine):
        await until(pilot, lambda: app.state.measured.known)
        assert app.state.note == LEFT["measuring"]
        assert app.state.measured.missing == ("hard", "curves")
        soft = app.state.measured.soft
        await pilot.press("alt+x")
        await settled(pilot)
        (job,) = (one for one in engine.jobs if isinstance(one, MeasureMetrics))
        assert job.metrics == ("hard", "curves")
        assert app.state.measured.soft == soft
        assert app.state.measured.missing == ()
        assert LEFT["measuring"] not in text_of(app)


BEGUN = MetricsBegun("mark", (TargetBegun(((0.25, None), (0.5, 0.75)), ((0, 2, 0.125),)),))


async def test_a_metric_that_was_cut_goes_on_and_is_known_after_a_kill(tmp_path):
    async with workbench((120, 40), session=kept(tmp_path)) as (app, pilot, engine):
        await type_and_run(pilot, app)
        await until(pilot, lambda: app.desk.active.run)
        engine.waiting.add(MeasureMetrics)
        await pilot.press("alt+x")
        await settled(pilot)
        app.post_message(WorkKnown(app.state.job, replace(BEGUN, targets=())))
        app.post_message(WorkKnown(app.state.job, BEGUN))
        await until(pilot, lambda: app.state.measured.begun == BEGUN and not app.keeping.busy)
        app.session.save()  # as when the process is killed then
        app.session.let_go({})
    async with workbench((120, 40), session=kept(tmp_path)) as (app, pilot, engine):
        await until(pilot, lambda: app.state.measured.begun)
        assert app.state.note == LEFT["measuring"]
        engine.waiting.add(MeasureMetrics)
        await pilot.press("alt+x")
        await settled(pilot)
        await pilot.press("escape")
        await settled(pilot)
        told = "of the metrics, none is measured, soft in part. Alt+X measures the rest."
        assert told in app.state.note
        engine.waiting.clear()
        await pilot.press("alt+x")
        await settled(pilot)
        jobs = [one for one in engine.jobs if isinstance(one, MeasureMetrics)]
        assert [one.begun for one in jobs] == [BEGUN, BEGUN]
        assert [one.metrics for one in jobs] == [("soft", "hard", "curves")] * 2
        assert (app.state.measured.begun, app.state.measured.missing) == (None, ())
        app.show_page(replace(app.state, measured=replace(app.state.measured, begun=BEGUN)))
        await pilot.press("alt+x")  # all of them again
        await settled(pilot)
        assert app.state.measured.begun is None


async def test_what_was_begun_by_other_options_is_not_gone_on_with(tmp_path):
    async with workbench((120, 40)) as (app, pilot, engine):
        await type_and_run(pilot, app)
        other = replace(app.values.metrics, masks=3)
        app.show_page(replace(app.state, measured=Measured(by=other, begun=BEGUN)))
        engine.waiting.add(MeasureMetrics)
        await pilot.press("alt+x")
        await settled(pilot)
        (job,) = (one for one in engine.jobs if isinstance(one, MeasureMetrics))
        assert job.begun is None
        assert app.state.measured.begun is None


def test_the_engine_says_what_a_metric_has_left_and_begins_others_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    model, calls = tiny("llama"), Calls(monkeypatch)
    job = MeasureMetrics(quick(model), metrics=("soft", "hard"))
    whole, cut, rest, anew = ([], [], [], [])  # type: tuple[list[Any], ...]

    def run(job: MeasureMetrics, told: list[Any], stop_at: int = -1) -> None:
        monkeypatch.setattr("noiser.call_budget.CPU_POSITIONS", 200)
        job.run(Context(1, calls.again(stop_at), told.append, Held(model)))

    run(job, whole)
    with pytest.raises(Cancelled):
        run(job, cut, stop_at=3)
    (left,) = (one.left for one in cut if isinstance(one, WorkKnown))
    run(replace(job, begun=left), rest)
    run(replace(job, begun=replace(left, of="another")), anew)

    def found(told: list[Any]) -> list[object]:
        known = [one for one in told if isinstance(one, MetricMeasured)]
        return [(one.metric, one.found.soft, one.found.hard) for one in known]

    assert [one[0] for one in found(whole)] == ["soft", "hard"]
    assert found(rest) == found(whole) == found(anew)


@pytest.mark.parametrize("how", ["measured", "begun"])
async def test_a_record_that_was_opened_is_kept_with_what_is_measured_of_it(tmp_path, how):
    file = tmp_path / "run.json"
    file.write_text(render(explained("one")))
    async with workbench((120, 40), session=kept(tmp_path)) as (app, pilot, engine):
        opening.open_any(app, file)
        await until(pilot, lambda: app.state.run.explanation)
        assert not app.desk.active.run
        if how == "begun":
            engine.waiting.add(MeasureMetrics)
        await pilot.press("alt+x")
        await settled(pilot)
        for _ in range(2 if how == "begun" else 0):
            app.post_message(WorkKnown(app.state.job, BEGUN))
        await until(pilot, lambda: app.desk.active.run and not app.keeping.busy)
        measured = app.state.measured
        app.session.save()
        app.session.let_go({})
    with RunStore() as store:
        assert len(store.newest()) == 1
    file.unlink()
    async with workbench((120, 40), session=kept(tmp_path)) as (app, pilot, _):
        await until(pilot, lambda: app.state.measured.by)
        assert app.state.run.explanation == explained("one")
        assert app.state.measured.curves == measured.curves
        assert app.state.measured.begun == measured.begun
        assert (app.state.note == LEFT["measuring"]) == (how == "begun")


async def test_with_other_options_all_is_measured_again(tmp_path):
    async with workbench((120, 40)) as (app, pilot, engine):
        await type_and_run(pilot, app)
        engine.answering[MeasureMetrics] = first_only
        await pilot.press("alt+x")
        await settled(pilot)
        measured = app.state.measured
        assert measured.by is not None
        before = replace(measured, by=replace(measured.by, masks=3))
        app.show_page(replace(app.state, measured=before))
        await pilot.press("alt+x")
        await settled(pilot)
        job = [one for one in engine.jobs if isinstance(one, MeasureMetrics)][-1]
        assert job.metrics == ("soft", "hard", "curves")


async def test_a_judge_that_the_end_came_upon_is_offered_again(tmp_path):
    async with workbench((120, 40), session=kept(tmp_path)) as (app, pilot, engine):
        await type_and_run(pilot, app)
        engine.waiting.add(AskJudge)
        await pilot.press("alt+y")
        await settled(pilot)
        stop_runs(app)
        await asyncio.to_thread(save_last, app)
    async with workbench((120, 40), session=kept(tmp_path)) as (app, pilot, _):
        await until(pilot, lambda: app.state.run.explanation is not None)
        assert app.state.note == LEFT["asking the judge"]
        await pilot.press("alt+y")
        await settled(pilot)
        assert app.state.measured.verdict is not None
        assert app.state.measured.left == ""


async def test_what_was_measured_goes_with_its_scores_and_with_its_run(tmp_path):
    async with workbench((120, 40), session=kept(tmp_path)) as (app, pilot, _):
        await type_and_run(pilot, app)
        await until(pilot, lambda: app.desk.active.run)
        await pilot.press("alt+x")
        await until(pilot, lambda: app.state.measured.curves and not app.keeping.busy)
        await pilot.press("ctrl+r")  # more draws: other scores in the place of these
        await until(pilot, lambda: not app.state.measured.known and not app.keeping.busy)
        await pilot.press("ctrl+q")
    async with workbench((120, 40), session=kept(tmp_path)) as (app, pilot, _):
        await until(pilot, lambda: app.state.run.explanation is not None)
        assert not app.state.measured.known
    with RunStore() as store:
        (entry,) = store.newest()
        assert store.measured(entry.id) is None
        store.keep_measured(entry.id, "{}")
        store.delete(entry.id)
        assert store.measured(entry.id) == b"{}", "it can be brought back"
        store._files.empty_bin(-1)
        assert list(store.folder.glob("*.measured.json")) == []


@pytest.mark.parametrize("damage", [b"{", b"[]", b'{"format": "noiser-measured/1", "soft": 3}'])
async def test_a_damaged_file_costs_no_more_than_itself(tmp_path, damage):
    with pytest.raises(NoiserError, match="What was measured of this run is damaged"):
        from_json(damage)
    async with workbench((120, 40), session=kept(tmp_path)) as (app, pilot, _):
        await type_and_run(pilot, app)
        await until(pilot, lambda: app.desk.active.run)
        await pilot.press("ctrl+q")
    with RunStore() as store:
        store.keep_measured(store.newest()[0].id, damage.decode())
    async with workbench((120, 40), session=kept(tmp_path)) as (app, pilot, _):
        await until(pilot, lambda: app.state.run.explanation is not None)
        assert "is damaged" in app.state.note
        assert not app.state.measured.known
        assert from_json(to_json(app.state.measured).encode()) == app.state.measured


@pytest.mark.parametrize("there", [b"{", b'{"format": "noiser-measured/2", "soft": [1]}'])
def test_what_cannot_be_read_is_left_aside_and_not_written_over(
    there: bytes, tmp_path: Path
) -> None:
    store = RunStore(tmp_path)
    run = store.add(explained("one")).id
    store.keep_measured(run, there.decode())
    assert kept_measures.read(store, run)[1]
    kept_measures.write(store, run, Measured())
    assert kept_measures.read(store, run) == (Measured(), "")
    assert [path.read_bytes() for path in tmp_path.rglob("*.aside")] == [there]


def test_a_record_that_cannot_be_written_keeps_what_was_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = RunStore(tmp_path)
    saved = explained("one")
    run = store.add(saved).id
    store.keep_measured(run, "{}")

    def full(*_: object) -> None:
        raise NoiserError("no space is left")

    with monkeypatch.context() as patch:
        patch.setattr(RunFiles, "write", full)
        with pytest.raises(NoiserError, match="no space"):
            store.replace(run, saved)
    assert store.measured(run) == b"{}"
    store.replace(run, saved)
    assert store.measured(run) is None
