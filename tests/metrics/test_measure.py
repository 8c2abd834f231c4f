"""Measuring as a user does: what is refused, what it costs, how it stops, what it becomes as JSON."""

from __future__ import annotations

import json
import threading
from dataclasses import replace

import pytest

import noiser
from noiser.errors import Cancelled, WrongUse
from noiser.events import Event, TargetMeasured
from noiser.explainer import explain
from noiser.record import from_record, to_record
from noiser.request import Request
from tests.metrics.cases import quick
from tests.tiny import tiny


def test_it_measures_what_is_asked_for_and_goes_into_json() -> None:
    model = tiny("qwen2", bos=False)
    run = from_record(json.loads(json.dumps(to_record(quick(model)))))
    found = noiser.measure(model, run, ("hard", "curves"), percents=(50,), grain="word")
    assert (found.soft, found.method) == (None, "random")
    record = json.loads(found.to_json())
    assert record["format"] == "noiser-metrics/1"
    assert record["hard"]["grain"] == "word"
    assert record["curves"]["deletion"][0]["values"]
    assert record["work"]["token_forwards"] == found.work.token_forwards > 0
    # what the hard metric asked for lies on the curves, and is not run again
    alone = noiser.measure(model, run, ("curves",), grain="word")
    assert found.work.token_forwards <= alone.work.token_forwards + 2 * len(run.tokens)


def test_an_answer_of_several_tokens_is_its_tokens() -> None:
    model = tiny("qwen2", bos=False)
    run = explain(model, "The capital of", Request(method="random", target=" Rome and Paris"))
    events: list[Event] = []
    found = noiser.measure(model, run, ("hard",), emit=events.append)
    assert [one.text for one in found.targets] == [one.text for one in run.whole]
    steps = [one.step for one in events if isinstance(one, TargetMeasured)]
    assert steps == list(range(len(run.whole)))


def test_what_cannot_be_measured_is_refused_before_it_runs() -> None:
    model = tiny("qwen2", bos=False)
    run = quick(model)
    with pytest.raises(WrongUse, match="another model: its name"):
        noiser.measure(tiny("llama"), run)
    other = replace(run.target, probability=0.99)
    with pytest.raises(WrongUse, match="another model: its probability"):
        noiser.measure(model, replace(run, target=other))
    with pytest.raises(WrongUse, match="cancelled"):
        noiser.measure(model, replace(run, complete=False))
    with pytest.raises(WrongUse, match="reward"):
        noiser.measure(model, replace(run, explains="reward"))
    bare = tuple(replace(token, score=None) for token in run.tokens)
    with pytest.raises(WrongUse, match="no scores"):
        noiser.measure(model, replace(run, tokens=bare))
    for wrong in (
        {"metrics": ["sotf"]},
        {"metrics": []},
        {"masks": 0},
        {"percents": [0]},
        {"seed": -1},
    ):
        with pytest.raises(WrongUse):
            noiser.measure(model, run, **wrong)  # type: ignore[arg-type]


def test_it_stops_within_a_batch() -> None:
    model = tiny("qwen2", bos=False)
    run = explain(model, "The capital of", Request(method="random", generate=3))
    cancel = threading.Event()
    with pytest.raises(Cancelled):
        noiser.measure(model, run, cancel=cancel, emit=lambda _: cancel.set())


def test_small_batches_give_the_same_numbers() -> None:
    model = tiny("qwen2", bos=False)
    run = quick(model)
    whole = noiser.measure(model, run)
    parts = noiser.measure(model, run, positions_per_batch=20)
    assert parts.work.calls > whole.work.calls
    assert parts.soft is not None
    assert whole.soft is not None
    assert parts.soft.sufficiency.value == pytest.approx(whole.soft.sufficiency.value, abs=1e-9)
    assert parts.curves is not None
    assert whole.curves is not None
    assert parts.curves.deletion[0].values == pytest.approx(whole.curves.deletion[0].values)
