"""The engine's thread: jobs in order, progress rationed, a cancel that reaches what runs."""

from __future__ import annotations

import queue
from dataclasses import replace
from typing import Any

import pytest

import noiser.estimator
from noiser.events import (
    Explained,
    PromptRead,
    SamplesRun,
    ScalesTried,
    SearchNarrowed,
    TokensScored,
    Work,
)
from noiser.explainer import explain
from noiser.methods import METHODS
from noiser.model.loading import load as load_model
from noiser.request import Request
from noiser_tui.workbench.engine import (
    AddDraws,
    CompareRows,
    CurveDrawn,
    DrawCurve,
    EngineEstimated,
    EngineThread,
    EngineTold,
    EstimateCost,
    ExplainPrompt,
    JobEnded,
    LoadModel,
    MeasureMetrics,
    QueueChanged,
)
from noiser_tui.workbench.engine.rationing import Rationed
from tests.tiny import save_tiny


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(save_tiny(tmp_path_factory.mktemp("model")))


class Post:
    """Keeps the messages and waits for the end of a job."""

    def __init__(self) -> None:
        self.messages: queue.Queue[Any] = queue.Queue()
        self.seen: list[Any] = []

    def __call__(self, message: Any) -> None:
        self.messages.put(message)

    def wait_for(self, kind: type, number: int) -> Any:
        while True:
            message = self.messages.get(timeout=60)
            self.seen.append(message)
            if isinstance(message, kind) and message.number == number:
                return message
            over = isinstance(message, JobEnded) and message.number == number
            assert not over, f"ended before: {message.error}"


def test_jobs_run_in_order_and_tell_everything(model: str) -> None:
    post = Post()
    engine = EngineThread(post)
    load = engine.submit(LoadModel(model, {"device": "cpu"}))
    run = engine.submit(ExplainPrompt("The capital of France", Request()))
    engine.start()
    assert post.wait_for(JobEnded, load).error is None
    assert post.wait_for(JobEnded, run).error is None
    told = [m.event for m in post.seen if isinstance(m, EngineTold) and m.number == run]
    assert isinstance(told[-1], Explained)
    steps = [event.step for event in told if isinstance(event, SearchNarrowed)]
    all_of_them: list[Any] = []
    explain(load_model(model), "The capital of France", Request(), emit=all_of_them.append)
    every = [event.step for event in all_of_them if isinstance(event, SearchNarrowed)]
    assert steps == every, "no step of the search is held back"


@pytest.mark.parametrize("by", ["cancel", "another model"])
def test_what_runs_is_cancelled(model: str, by: str) -> None:
    post = Post()
    engine = EngineThread(post)
    engine.submit(LoadModel(model, {"device": "cpu"}))
    run = engine.submit(ExplainPrompt("the sea " * 30, Request(bound="per-token")))
    engine.start()
    post.wait_for(EngineTold, run)
    if by == "cancel":
        engine.cancel()
    else:
        engine.submit(LoadModel(model, {"device": "cpu"}), instead_of=run)
    assert post.wait_for(JobEnded, run).cancelled


def test_what_was_known_when_a_run_was_cancelled_comes_with_its_end(model: str) -> None:
    post = Post()
    engine = EngineThread(post)
    engine.submit(LoadModel(model, {"device": "cpu"}))
    run = engine.submit(ExplainPrompt("the sea " * 30, Request(bound="per-token")))
    engine.start()
    while not isinstance(post.wait_for(EngineTold, run).event, SearchNarrowed):
        pass
    engine.cancel()
    partial = post.wait_for(JobEnded, run).partial
    assert partial.complete is False
    assert "Cancelled" in partial.warnings[-1].message


def test_an_estimate_measures_a_model_once_and_covers_every_method(
    model: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    measured = []
    real = noiser.estimator.measure
    monkeypatch.setattr(
        "noiser.estimator.measure", lambda *given: (measured.append(1), real(*given))[1]
    )
    post = Post()
    engine = EngineThread(post)
    engine.submit(LoadModel(model, {"device": "cpu"}))
    asked = engine.submit(EstimateCost("The capital of France", Request()))
    engine.start()
    costs = post.wait_for(EngineEstimated, asked).costs
    assert post.wait_for(JobEnded, asked).error is None
    assert not [m for m in post.seen if isinstance(m, EngineTold) and m.number == asked]
    assert set(costs.by_method) == set(METHODS)
    assert costs.own.token_forwards > costs.by_method["occlusion"].token_forwards > 0
    assert "the exact search takes" in costs.no_preview
    run = engine.submit(ExplainPrompt("The capital of", Request(bound="max")))
    again = post.wait_for(EngineEstimated, run).costs
    assert "bound min only, not max" in again.no_preview
    assert post.wait_for(JobEnded, run).error is None
    assert len(measured) == 1


def previewed(model: str, monkeypatch: pytest.MonkeyPatch, text: str) -> tuple[Any, Post, int]:
    """A run with a preview, however short, up to the preview's end."""
    monkeypatch.setattr("noiser_tui.workbench.costs.WORTH", 0.0)
    post = Post()
    engine = EngineThread(post)
    engine.submit(LoadModel(model, {"device": "cpu"}))
    run = engine.submit(ExplainPrompt(text, Request()))
    engine.start()
    while not isinstance((told := post.wait_for(EngineTold, run)).event, Explained):
        assert told.preview
    assert told.preview
    assert told.event.explanation.search == "fast"
    return engine, post, run


def test_the_preview_comes_first_and_the_exact_run_is_as_without_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text = "The capital of France is"
    _, post, run = previewed("built-in", monkeypatch, text)
    preview = post.seen[-1].event.explanation
    assert isinstance(post.wait_for(EngineTold, run).event, PromptRead)
    while not isinstance((told := post.wait_for(EngineTold, run)).event, Explained):
        assert not told.preview
    exact = told.event.explanation
    loaded = load_model("built-in", device="cpu")
    for made, request in ((preview, Request(search="fast")), (exact, Request())):
        assert replace(made, seconds=0.0) == replace(explain(loaded, text, request), seconds=0.0)
    assert exact.alpha == preview.alpha
    for one, other in zip(exact.tokens, preview.tokens, strict=True):
        assert one.raw == pytest.approx(other.raw, abs=1e-6)
    assert post.wait_for(JobEnded, run).partial is None


def test_the_refinement_can_be_cancelled(model: str, monkeypatch: pytest.MonkeyPatch) -> None:
    engine, post, run = previewed(model, monkeypatch, "the sea " * 60)
    engine.cancel()
    ended = post.wait_for(JobEnded, run)
    assert (ended.cancelled, ended.error) == (True, None)


def test_a_failure_is_a_sentence_and_the_next_job_runs(model: str) -> None:
    post = Post()
    engine = EngineThread(post)
    first = engine.submit(LoadModel("./nowhere"))
    early = engine.submit(ExplainPrompt("x", Request()))
    good = engine.submit(LoadModel(model, {"device": "cpu"}))
    engine.start()
    assert "no folder" in post.wait_for(JobEnded, first).error
    assert "No model" in post.wait_for(JobEnded, early).error
    assert post.wait_for(JobEnded, good).error is None


def test_a_run_that_fails_leaves_what_it_was_to_go_on_from(model: str) -> None:
    begun = explain(load_model(model, device="cpu"), "x", Request(method="random"))
    post = Post()
    engine = EngineThread(post)
    asked = engine.submit(ExplainPrompt("x", Request(), begun=begun))
    engine.start()
    ended = post.wait_for(JobEnded, asked)
    assert "No model" in ended.error
    assert ended.partial is begun


def test_progress_is_rationed_and_its_end_is_told() -> None:
    told: list[Any] = []
    emit = Rationed(told.append)
    for i in range(1000):
        emit(ScalesTried(i, 1000, Work()))
    step = SearchNarrowed(1, 10, {}, (), (), Work())
    emit(step)
    for i in range(1000):
        emit(TokensScored(i, 1000, {i: float(i)}, Work()))
    emit(step)
    tried = [event for event in told if isinstance(event, ScalesTried)]
    scored = [event for event in told if isinstance(event, TokensScored)]
    assert len(tried) < 50
    assert len(scored) < 50
    assert told.count(step) == 2
    assert {i for event in scored for i in event.raw} == set(range(1000)), "no score is lost"
    assert told[-1] is step
    told.clear()
    for i in range(1000):
        emit(SamplesRun(i, 1000, {0: float(i)} if i == 500 else {}, Work()))
    emit(step)
    assert len(told) < 50
    assert [event.raw for event in told if event is not step and event.raw][-1] == {0: 500.0}


def test_draws_are_added_to_an_explanation(model: str) -> None:
    post = Post()
    engine = EngineThread(post)
    engine.submit(LoadModel(model, {"device": "cpu"}))
    run = engine.submit(ExplainPrompt("The capital of France", Request(draws=2)))
    engine.start()
    post.wait_for(JobEnded, run)
    (first,) = (m.event for m in post.seen if isinstance(getattr(m, "event", None), Explained))
    job = engine.submit(AddDraws(first.explanation, 8))
    assert post.wait_for(JobEnded, job).error is None
    *_, last = (m.event for m in post.seen if isinstance(m, EngineTold) and m.number == job)
    assert isinstance(last, Explained)
    assert (last.explanation.draws, last.explanation.search_draws) == (8, 2)


def test_a_comparison_is_cancelled_by_number_and_a_curve_goes_before_what_waits(model: str) -> None:
    post = Post()
    engine = EngineThread(post)
    engine.submit(LoadModel(model, {"device": "cpu"}))
    short = engine.submit(ExplainPrompt("The sea is", Request(draws=2)))
    engine.start()
    post.wait_for(JobEnded, short)
    made = next(m.event for m in post.seen if isinstance(getattr(m, "event", None), Explained))
    text = "the sea " * 30
    rows = engine.submit(CompareRows(text, Request(bound="per-token"), ("noiser", "random")))
    post.wait_for(EngineTold, rows)
    run = engine.submit(ExplainPrompt(text, Request(bound="per-token")))
    curve = engine.submit(DrawCurve(made.explanation, 1))
    engine.cancel(rows)
    assert post.wait_for(JobEnded, rows).cancelled
    assert post.wait_for(CurveDrawn, curve).curve.positions == (1,)
    post.wait_for(EngineTold, run)
    engine.cancel(run)
    assert post.wait_for(JobEnded, run).cancelled
    changes = [m for m in post.seen if isinstance(m, QueueChanged)]
    assert (curve, (run,)) in [(m.running, m.waiting) for m in changes]
    assert (run, ()) in [(m.running, m.waiting) for m in changes]


def test_metrics_are_cancelled_within_one_batch(model: str) -> None:
    post = Post()
    engine = EngineThread(post)
    engine.submit(LoadModel(model, {"device": "cpu"}))
    run = engine.submit(ExplainPrompt("the sea " * 30, Request(bound="none", draws=2)))
    engine.start()
    post.wait_for(JobEnded, run)
    made = next(m.event for m in post.seen if isinstance(getattr(m, "event", None), Explained))
    many = engine.submit(MeasureMetrics(made.explanation, masks=100_000))
    while not any(isinstance(m, QueueChanged) and m.running == many for m in post.seen):
        post.seen.append(post.messages.get(timeout=60))
    engine.cancel(many)
    assert post.wait_for(JobEnded, many).cancelled
