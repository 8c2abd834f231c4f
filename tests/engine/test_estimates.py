"""What a run will cost, told before it: exact where it can be, within twice where the search decides."""

from __future__ import annotations

import pytest

import noiser
from noiser.explainer import explain
from noiser.request import Request
from tests.engine.cases import model_of
from tests.tiny import make_tiny, tiny

LONG = "Rivers run to the sea. Mountains stay where they are, mostly. Numbers like 123 stay too."


@pytest.mark.parametrize("family", ["llama", "qwen2"])
@pytest.mark.parametrize(
    "request_", [Request(bound="none"), Request(method="occlusion"), Request(method="random")]
)
def test_without_a_search_the_work_is_known(family: str, request_: Request) -> None:
    told = noiser.estimate(tiny(family), LONG, request_)
    came = explain(tiny(family), LONG, request_)
    assert told.token_forwards == came.work.token_forwards
    assert came.work.calls / 2 <= told.calls <= 2 * came.work.calls


@pytest.mark.parametrize("granularity", ["word", "sentence"])
def test_units_are_counted_from_their_first_tokens(granularity: str) -> None:
    request = Request(bound="none", granularity=granularity)
    told = noiser.estimate(tiny("llama"), LONG, request)
    assert told.token_forwards == explain(tiny("llama"), LONG, request).work.token_forwards


@pytest.mark.parametrize(
    "request_",
    [Request(), Request(search="fast"), Request(bound="per-token"), Request(bound="max")],
)
def test_with_a_search_within_twice(request_: Request) -> None:
    prompt = "Last night the orchestra played a piece. The capital of France is"
    told = noiser.estimate(model_of("built-in"), prompt, request_)
    came = explain(model_of("built-in"), prompt, request_)
    assert 0.5 < told.token_forwards / came.work.token_forwards < 2
    assert 0.4 < told.calls / came.work.calls < 2.5


@pytest.mark.parametrize("method", ["lime", "reagent"])
@pytest.mark.parametrize("granularity", ["token", "word"])
def test_samples_within_twice(method: str, granularity: str) -> None:
    """ReAGent's own luck aside: with few updates hardly a probe ends."""
    samples = 8 if method == "reagent" else None
    request = Request(method=method, samples=samples, granularity=granularity)
    told = noiser.estimate(model_of("built-in"), LONG, request)
    came = explain(model_of("built-in"), LONG, request)
    assert 0.5 < told.token_forwards / came.work.token_forwards < 2
    assert 0.4 < told.calls / came.work.calls < 2.5


def test_whole_rows_cost_more() -> None:
    model = make_tiny("llama")
    packed = noiser.estimate(model, LONG, Request(bound="none"))
    model.__dict__["prefix_fault"] = "of this test"
    whole = noiser.estimate(model, LONG, Request(bound="none"))
    assert whole.token_forwards > 1.5 * packed.token_forwards
    assert whole.token_forwards == explain(model, LONG, Request(bound="none")).work.token_forwards


def test_a_generation_is_the_sum_of_its_targets() -> None:
    model = tiny("llama")
    one = noiser.estimate(model, LONG, Request(bound="none"))
    three = noiser.estimate(model, LONG, Request(bound="none", generate=3))
    assert 3 * one.token_forwards < three.token_forwards < 4 * one.token_forwards
    assert three.seconds > one.seconds
    assert model.speed is not None, "measured once for the session"
