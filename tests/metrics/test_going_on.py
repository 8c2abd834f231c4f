"""Metrics that were cancelled go on, and what comes of them is what undisturbed ones give."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from typing import Any

import pytest
from pydantic import TypeAdapter

import noiser
from noiser.errors import MeasuringCancelled, WrongUse
from noiser.events import Work
from noiser.explanation import Explanation
from noiser.metrics.begun import MetricsBegun
from noiser.metrics.results import Metrics
from noiser.model.language_model import LanguageModel
from noiser.snapshots import Snapshots
from tests.engine.test_going_on import Calls
from tests.metrics.cases import quick
from tests.tiny import tiny

PROMPT = "Rivers run to the sea. Mountains stay where they are, mostly."
SMALL = 40
"""Positions of a batch, so that every metric takes several."""
WAYS: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({}, {"metrics": ("soft",), "masks": 5}),
    ({"specials": "exclude"}, {"metrics": ("soft",), "reference": True}),
    ({}, {"metrics": ("hard",)}),
    ({"contrast": "id:5"}, {"metrics": ("curves",), "grain": "word"}),
    ({"generate": 2}, {"metrics": ("curves",), "baseline": "mean"}),
    ({"generate": 3}, {"masks": 3}),
    ({"target": "sea and"}, {"metrics": ("hard", "soft"), "masks": 3}),
]


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Calls:
    return Calls(monkeypatch)


def same(found: Metrics) -> Metrics:
    """All of it but what differs from run to run."""
    return replace(found, work=Work(), seconds=0.0)


def read(begun: MetricsBegun) -> MetricsBegun:
    """What was begun, as a file gives it back."""
    return TypeAdapter(MetricsBegun).validate_python(json.loads(json.dumps(asdict(begun))))


def measured(model: LanguageModel, run: Explanation, **options: Any) -> Metrics:
    return noiser.measure(model, run, positions_per_batch=SMALL, **options)


def interrupted(model: LanguageModel, run: Explanation, **options: Any) -> MetricsBegun:
    with pytest.raises(MeasuringCancelled) as caught:
        measured(model, run, **options)
    return read(caught.value.begun)


@pytest.mark.parametrize(("asked", "options"), WAYS, ids=str)
def test_what_comes_of_them_is_the_same_to_the_last_bit(
    asked: dict[str, Any], options: dict[str, Any], calls: Calls
) -> None:
    """In float32, where other batches round otherwise."""
    model = tiny("llama", dtype="float32")
    run = quick(model, PROMPT, **asked)
    undisturbed = measured(model, run, cancel=calls.again(), **options)
    count = calls.made
    assert count > 2
    for at in {count // 2, count - 2} - {0}:
        begun = interrupted(model, run, cancel=calls.again(at), **options)
        assert begun.known
        went_on = measured(model, run, begun=begun, cancel=calls.again(), **options)
        assert same(went_on) == same(undisturbed)


@pytest.mark.parametrize("metric", ["soft", "curves"])
def test_what_was_run_is_not_run_again(metric: str, calls: Calls) -> None:
    model = tiny("llama")
    run = quick(model, PROMPT)
    whole = measured(model, run, metrics=(metric,), cancel=calls.again())
    at = int(0.8 * calls.made)
    count, cancel = calls.made, calls.again(at)
    begun = interrupted(model, run, metrics=(metric,), cancel=cancel)
    found = measured(model, run, metrics=(metric,), begun=begun, cancel=calls.again())
    assert calls.made <= count - at + 2  # the clean prompt, and the call that was cut
    assert found.work.token_forwards > whole.work.token_forwards
    assert found.seconds > begun.seconds > 0


def test_they_can_be_interrupted_again_and_again(calls: Calls) -> None:
    model = tiny("llama", dtype="float32")
    run = quick(model, PROMPT, generate=2)
    undisturbed, found = measured(model, run, masks=3, cancel=calls.again()), None
    begun: MetricsBegun | None = None
    rounds = 0
    while found is None and rounds < 200:
        rounds += 1
        try:
            found = measured(model, run, masks=3, begun=begun, cancel=calls.again(4))
        except MeasuringCancelled as cancelled:
            begun = cancelled.begun
    assert rounds > 4
    assert found is not None
    assert same(found) == same(undisturbed)


def test_they_go_on_from_what_was_kept_now_and_then(
    calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a kill -9; who is watched so comes to the same, too."""
    monkeypatch.setattr("noiser.snapshots.SHARE", 0)
    model = tiny("llama", dtype="float32")
    run = quick(model, PROMPT, generate=2)
    undisturbed = measured(model, run, masks=3)
    kept: list[MetricsBegun] = []
    keep = Snapshots(kept.append, every=0.0)
    assert same(measured(model, run, masks=3, keep=keep)) == same(undisturbed)
    assert len(kept) > 4
    for begun in (kept[0], kept[len(kept) // 2], kept[-1]):
        assert begun.known
        assert same(measured(model, run, masks=3, begun=read(begun))) == same(undisturbed)


def test_they_do_not_go_on_from_others(calls: Calls) -> None:
    model = tiny("llama")
    run = quick(model, PROMPT)
    begun = interrupted(model, run, metrics=("soft",), cancel=calls.again(3))
    tokens = tuple(replace(one, score=0.5) for one in run.tokens)
    others: list[tuple[Explanation, dict[str, Any]]] = [
        (run, {"metrics": ("soft",), "masks": 3}),
        (run, {"metrics": ("soft",), "seed": 2}),
        (run, {"metrics": ("hard",)}),
        (replace(run, tokens=tokens), {"metrics": ("soft",)}),
        (quick(model, "Another prompt"), {"metrics": ("soft",)}),
    ]
    for other, options in others:
        with pytest.raises(WrongUse, match="of another run, or by other options"):
            measured(model, other, begun=begun, **options)
    with pytest.raises(ValueError, match="not of as many masks"):
        read(replace(begun, targets=({"distances": [[0.1], [0.1, 0.2]]},)))  # type: ignore[arg-type]
