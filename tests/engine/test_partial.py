"""A cancelled run gives what was known by then, and says that it is not all."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from noiser.errors import Cancelled
from noiser.events import Event, Explained, SamplesRun, SearchNarrowed, TokensScored, ZoomedIn
from noiser.explainer import explain
from noiser.explanation import Explanation
from noiser.opening import parse
from noiser.record import to_json
from noiser.request import Request
from tests.tiny import tiny

PROMPT = "Rivers run to the sea. Mountains stay where they are, mostly."


def cancelled_at(kind: type[Event], count: int = 1, **options: Any) -> Explanation | None:
    """What is left of a run that is cancelled when the `count`-th event of a kind comes."""
    cancel, seen = threading.Event(), list[Event]()

    def listen(event: Event) -> None:
        seen.extend([event] if isinstance(event, kind) else [])
        if len(seen) == count:
            cancel.set()

    with pytest.raises(Cancelled) as caught:
        explain(
            tiny("llama"),
            PROMPT,
            Request(**options),
            cancel=cancel,
            emit=listen,
            positions_per_batch=40,
        )
    partial = caught.value.partial
    if partial is not None:
        assert partial.complete is False
        assert any("Cancelled" in w.message for w in partial.warnings)
        assert parse(to_json(partial).encode(), "it") == partial
    return partial


def test_in_the_search_the_brackets_are_kept() -> None:
    partial = cancelled_at(SearchNarrowed, 4)
    assert partial is not None
    assert partial.alpha is None
    assert all(token.score is None and token.raw is None for token in partial.tokens)
    whole = explain(tiny("llama"), PROMPT, Request(bound="per-token"))
    narrowed = [t for t in partial.tokens if t.alpha is not None and t.alpha != (0.0, 1.0)]
    assert narrowed
    for token, own in zip(partial.tokens, whole.tokens, strict=True):
        assert token.alpha is not None
        assert own.scale is not None
        assert token.alpha[0] <= own.scale


def test_in_the_scoring_what_is_scored_is_kept_and_is_as_it_would_have_been() -> None:
    partial = cancelled_at(TokensScored, 2)
    assert partial is not None
    whole = explain(tiny("llama"), PROMPT)
    assert partial.alpha == whole.alpha
    scored = [i for i, token in enumerate(partial.tokens) if token.raw is not None]
    assert 0 < len(scored) < len(partial.tokens)
    for i in scored:
        assert partial.tokens[i].raw == pytest.approx(whole.tokens[i].raw, abs=1e-12)
    total = sum(token.score or 0.0 for token in partial.tokens)
    assert total == pytest.approx(1.0)
    assert all(partial.tokens[i].score is None for i in range(len(whole.tokens)) if i not in scored)


def test_occlusion_keeps_what_it_has() -> None:
    partial = cancelled_at(TokensScored, 1, method="occlusion")
    assert partial is not None
    assert 0 < sum(token.raw is not None for token in partial.tokens) < len(partial.tokens)


@pytest.mark.parametrize("method", ["lime", "reagent"])
def test_scores_of_some_samples_are_kept_as_they_stood(method: str) -> None:
    told: list[SamplesRun] = []

    cancel = threading.Event()

    def listen(event: Event) -> None:
        if isinstance(event, SamplesRun) and event.raw:
            told.append(event)
            if len(told) == 2:
                cancel.set()

    with pytest.raises(Cancelled) as caught:
        explain(tiny("llama"), PROMPT, Request(method=method), cancel=cancel, emit=listen)
    partial = caught.value.partial
    assert partial is not None
    assert {i: token.raw for i, token in enumerate(partial.tokens)} == told[-1].raw
    assert all(token.interval is None for token in partial.tokens)
    assert [w.message for w in partial.warnings] == [
        "Cancelled before all samples ran: the scores are as they stood by then."
    ]


@pytest.mark.parametrize("method", ["lime", "reagent"])
def test_before_the_first_scores_there_are_none(method: str) -> None:
    cancel = threading.Event()
    cancel.set()
    with pytest.raises(Cancelled) as caught:
        explain(tiny("llama"), PROMPT, Request(method=method), cancel=cancel)
    assert caught.value.partial is not None
    (warning,) = caught.value.partial.warnings
    assert warning.message == "Cancelled before any token was scored."


def test_a_generation_keeps_its_tokens_and_the_beginnings_of_the_next() -> None:
    cancel, told = threading.Event(), list[Event]()

    def listen(event: Event) -> None:
        told.append(event)
        if isinstance(event, SearchNarrowed) and any(isinstance(e, Explained) for e in told):
            cancel.set()

    with pytest.raises(Cancelled) as caught:
        explain(tiny("llama"), PROMPT, Request(generate=3), cancel=cancel, emit=listen)
    partial = caught.value.partial
    assert partial is not None
    (second,) = partial.continuation
    assert partial.alpha is not None
    assert second.alpha is None
    assert "after 1 of 3 generated tokens" in partial.warnings[-1].message


def test_cancelled_in_the_zoom_the_units_stay_scored() -> None:
    partial = cancelled_at(ZoomedIn, granularity="sentence", zoom=1)
    assert partial is not None
    assert partial.zoom is None
    assert sum(unit.score or 0.0 for unit in partial.units) == pytest.approx(1.0)


def test_with_nothing_known_nothing_is_kept() -> None:
    cancel = threading.Event()
    cancel.set()
    with pytest.raises(Cancelled) as caught:
        explain(tiny("llama"), PROMPT, cancel=cancel)
    assert caught.value.partial is None
