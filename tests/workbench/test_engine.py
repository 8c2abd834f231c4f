"""The engine's thread: jobs in order, progress rationed, a cancel that reaches what runs."""

from __future__ import annotations

import queue
from typing import Any

import pytest

from noiser.events import Explained, ScalesTried, SearchNarrowed, TokensScored, Work
from noiser.request import Request
from noiser_tui.workbench.engine import EngineThread, _Rationed
from noiser_tui.workbench.jobs import EngineTold, ExplainPrompt, JobEnded, LoadModel
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
    assert steps == list(range(1, len(steps) + 1)), "no step of the search is held back"


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
        engine.submit(LoadModel(model, {"device": "cpu"}))
    assert post.wait_for(JobEnded, run).cancelled


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


def test_progress_is_rationed_and_its_end_is_told() -> None:
    told: list[Any] = []
    emit = _Rationed(told.append)
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
