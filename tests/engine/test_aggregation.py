"""Units scored by a rule over single tokens: the rule by hand, and what the record then holds."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from noiser.aggregation import AGGREGATES, aggregate
from noiser.errors import Cancelled, WrongUse
from noiser.estimator import estimate
from noiser.events import PromptRead, TokensScored
from noiser.explainer import explain
from noiser.explanation import Explanation
from noiser.export import wording
from noiser.methods import METHODS
from noiser.record import from_record, to_json
from noiser.redraw import more_draws
from noiser.reopened import request_of
from noiser.request import Request
from noiser.scores import ends, resample
from tests.tiny import tiny

PROMPT = "Tabs, emoji and code live in text"
MODEL = tiny("qwen2")
RULES = ("sum", "mean", "max")


def explained(**options: Any) -> Explanation:
    return explain(MODEL, PROMPT, Request(**{"draws": 4, "steps": 5, **options}))


def test_the_rules_by_hand() -> None:
    values = np.array([[1.0, -3.0, 2.0, 0.5], [0.0, 1.0, -1.0, 2.0]])
    units = [(0, 1, 2), (3,)]
    assert aggregate(values, units, "sum").tolist() == [[0.0, 0.5], [0.0, 2.0]]
    assert aggregate(values, units, "mean").tolist() == [[0.0, 0.5], [0.0, 2.0]]
    assert aggregate(values, units, "max").tolist() == [[-3.0, 0.5], [1.0, 2.0]]
    assert np.isnan(aggregate(np.array([1.0, np.nan]), [(0, 1)], "max")).all()
    with pytest.raises(ValueError, match="no rule"):
        aggregate(values, units, "joint")


@given(values=arrays.arrays(float, 6, elements=st.floats(-1, 1)))
def test_a_unit_of_one_token_has_its_number_and_units_lie_between(values: np.ndarray) -> None:
    alone = [(i,) for i in range(6)]
    for rule in RULES:
        assert (aggregate(values, alone, rule) == values).all()
    whole = [tuple(range(6))]
    assert aggregate(values, whole, "sum")[0] == pytest.approx(
        6 * aggregate(values, whole, "mean")[0]
    )
    assert abs(aggregate(values, whole, "max")[0]) == np.abs(values).max()


@pytest.mark.parametrize("normalisation", ["positive", "raw"])
@pytest.mark.parametrize("rule", RULES)
def test_units_are_the_rule_over_what_tokens_lose_by_themselves(
    rule: str, normalisation: str
) -> None:
    tokens = explained(normalisation=normalisation)
    units = explained(granularity="word", aggregate=rule, normalisation=normalisation)
    raw = np.array([token.raw for token in tokens.tokens])
    assert [token.raw for token in units.tokens] == raw.tolist()
    assert (units.alpha, units.leaders) == (tokens.alpha, tokens.leaders)
    assert (units.aggregate, units.granularity) == (rule, "word")
    by_hand = {
        "sum": lambda some: some.sum(),
        "mean": lambda some: some.mean(),
        "max": lambda some: max(some, key=abs),
    }[rule]
    of_units = np.array([by_hand(raw[u.first : u.last + 1]) for u in units.units])
    assert [u.raw for u in units.units] == pytest.approx(of_units.tolist(), abs=1e-15)
    kept = np.maximum(of_units, 0) / np.maximum(of_units, 0).sum()
    expected = kept if normalisation == "positive" else of_units
    assert [u.score for u in units.units] == pytest.approx(expected.tolist(), abs=1e-12)
    for unit in units.units:  # a unit's tokens divide its score
        own = units.tokens[unit.first : unit.last + 1]
        assert sum(one.score for one in own) == pytest.approx(unit.score, abs=1e-12)
        assert all(one.score * unit.score >= 0 for one in own)


def test_intervals_are_the_rule_over_every_resample() -> None:
    for rule in RULES:
        made = explained(granularity="word", aggregate=rule, normalisation="raw")
        assert made.losses is not None
        drawn = resample(np.array(made.losses), made.seed)
        spans = [range(u.first, u.last + 1) for u in made.units]
        expected = ends(aggregate(drawn, spans, rule))
        for unit, (low, high) in zip(made.units, expected, strict=True):
            assert unit.interval == pytest.approx((low, high), abs=1e-12)
            assert unit.losses is not None
            assert np.mean(unit.losses) == pytest.approx(unit.raw, abs=1e-12)


def test_auto_is_joint_where_the_method_can_and_else_the_sum(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert explained(granularity="word") == replace(
        explained(granularity="word", aggregate="joint"),
        seconds=pytest.approx(0, abs=1e9),
    )
    monkeypatch.setitem(METHODS, "occlusion", replace(METHODS["occlusion"], joint=False))
    summed = explained(method="occlusion", granularity="word")
    assert summed.aggregate == "sum"
    with pytest.raises(WrongUse, match="scores tokens one by one"):
        Request(method="occlusion", granularity="word", aggregate="joint")
    with pytest.raises(WrongUse, match="nothing to look into"):
        Request(method="occlusion", granularity="word", zoom=1)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"aggregate": "median", "granularity": "word"}, "Unknown aggregate 'median'"),
        ({"aggregate": "sum"}, "choose a granularity"),
        ({"aggregate": "sum", "granularity": "word", "zoom": 1}, "nothing to look into"),
    ],
)
def test_requests_that_cannot_be_meant(options: dict[str, Any], says: str) -> None:
    with pytest.raises(WrongUse) as caught:
        Request(**options)
    assert says in str(caught.value)


@pytest.mark.parametrize("rule", RULES)
def test_excluded_tokens_belong_to_no_unit(rule: str) -> None:
    made = explained(granularity="word", aggregate=rule, specials="exclude")
    assert made.tokens[0].special
    assert made.units[0].raw is made.tokens[0].raw is None
    assert all(unit.raw is not None for unit in made.units[1:])
    told = [warning.message for warning in made.warnings]
    assert "1 special token was left out of the noise and the scores." in told
    assert not any("scored as one" in message for message in told)


def test_the_record_says_the_rule_and_old_records_were_joint() -> None:
    made = explained(granularity="sentence", aggregate="max")
    record = json.loads(to_json(made))
    assert from_record(record) == made
    assert "by sentence (max of its tokens)" in wording.settings(made)
    leader = made.tokens[made.leaders[0]].text
    assert f'decided by "{leader}"' in wording.found(made) or made.saturated
    for key in ("aggregate", "spans", "messages"):
        del record[key]
    assert from_record(record).aggregate == "joint"


def test_events_are_about_tokens_and_the_prompt_says_so() -> None:
    told: list[Any] = []
    request = Request(granularity="word", aggregate="sum", draws=2, steps=3)
    made = explain(MODEL, PROMPT, request, emit=told.append)
    (read,) = [event for event in told if isinstance(event, PromptRead)]
    assert not read.joint
    assert [unit[0] for unit in read.units] == [unit.first for unit in made.units]
    scored = {i for event in told if isinstance(event, TokensScored) for i in event.raw}
    assert scored == set(range(len(made.tokens)))


def test_what_is_cancelled_leaves_units_unknown_that_are_not_whole() -> None:
    import threading

    stop = threading.Event()

    def listen(event: Any) -> None:
        if isinstance(event, TokensScored):
            stop.set()

    request = Request(granularity="word", aggregate="sum", bound="none", draws=2)
    with pytest.raises(Cancelled) as caught:
        explain(MODEL, PROMPT, request, cancel=stop, emit=listen, positions_per_batch=20)
    partial = caught.value.partial
    assert partial is not None
    for unit in partial.units:
        known = [token.raw is not None for token in partial.tokens[unit.first : unit.last + 1]]
        assert (unit.raw is not None) == all(known)
    assert any(unit.raw is None for unit in partial.units)


def test_it_is_estimated_and_costs_what_single_tokens_do() -> None:
    by_word = Request(granularity="sentence", aggregate="mean")
    costs = estimate(MODEL, PROMPT, by_word)
    assert costs.token_forwards == estimate(MODEL, PROMPT, Request()).token_forwards
    made = explained(granularity="sentence", aggregate="mean")
    assert made.work == explained().work


def test_every_rule_has_a_name() -> None:
    assert ("auto", "joint", *RULES) == AGGREGATES


@pytest.mark.parametrize("rule", RULES)
def test_more_draws_give_what_a_run_with_all_of_them_gives(rule: str) -> None:
    options = {"bound": "norm-l2", "granularity": "word", "aggregate": rule}
    more = more_draws(MODEL, explained(draws=3, **options), 6)
    whole = explained(draws=6, **options)
    for one, other in zip(more.units, whole.units, strict=True):
        assert one.raw == pytest.approx(other.raw, abs=1e-12)
        assert one.score == pytest.approx(other.score, abs=1e-9)
        assert one.interval == pytest.approx(other.interval, abs=1e-9)
    assert more.warnings == whole.warnings
    assert (more.stability, more.draws) == (pytest.approx(whole.stability, abs=1e-9), 6)


def test_a_record_of_single_tokens_is_asked_for_as_it_was() -> None:
    for made in (
        explained(method="occlusion"),
        explained(granularity="span", marks=("emoji and",), aggregate="mean"),
        explained(granularity="word"),
    ):
        request = request_of(made)
        assert (request.rule, request.spans) == (made.aggregate, made.spans)
        again = explain(MODEL, PROMPT, request)
        assert (again.tokens, again.units) == (made.tokens, made.units)
