"""Units and zooming give the plain answer, one additive whole, and say what they can miss."""

from __future__ import annotations

import functools
import itertools
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import torch

from noiser.call_budget import CPU_POSITIONS
from noiser.events import (
    Event,
    PromptRead,
    ScalesTried,
    SearchNarrowed,
    TokensScored,
    Work,
    ZoomedIn,
)
from noiser.explainer import explain
from noiser.explanation import Explanation
from noiser.request import Request
from noiser.scores import ends, normalise, resample, shares
from noiser.units import cut
from tests.engine import plain, plain_units
from tests.engine.cases import model_of, specials_of
from tests.tiny import make_tiny

PROMPT = "Tabs live. Rivers run to\nthe sea. Code is 12"
MODELS = ("qwen2", "gemma2+bos")
UNITS = ("word", "sentence", "line")
BOTH = list(itertools.product(MODELS, UNITS))


def read(model: str) -> Any:
    return model_of(model).read(PROMPT)


def members_of(
    model: str, granularity: str, excluded: tuple[int, ...] = ()
) -> dict[int, list[int]]:
    units = cut(read(model), granularity)
    kept = {unit[0]: [i for i in unit if i not in excluded] for unit in units}
    return {first: members for first, members in kept.items() if members}


@functools.cache
def question_of(model: str) -> plain.Question:
    return plain.ask(model_of(model).network, read(model).ids, draws=4)


@functools.cache
def search_of(model: str, granularity: str) -> dict[int, plain.Found]:
    members = members_of(model, granularity)
    return plain_units.search(plain_units.of_units(question_of(model), members), steps=6)


@functools.cache
def explained(model: str, **options: Any) -> Explanation:
    request = Request(**{"draws": 4, "steps": 6, **options})
    return explain(model_of(model), PROMPT, request)


def answer_of(
    model: str, granularity: str, bound: str, excluded: tuple[int, ...] = ()
) -> plain.Answer:
    members = members_of(model, granularity, excluded)
    question = plain_units.of_units(question_of(model), members)
    found = {i: f for i, f in search_of(model, granularity).items() if i in members}
    return plain.answer(question, bound, "positive", found, list(members))


@pytest.mark.parametrize("bound", plain.SEARCHED)
@pytest.mark.parametrize(("model", "granularity"), BOTH)
def test_units_have_the_plain_scale_and_scores(model: str, granularity: str, bound: str) -> None:
    explanation = explained(model, granularity=granularity, bound=bound)
    answer = answer_of(model, granularity, bound)
    assert explanation.alpha == answer.alpha
    assert [unit.first for unit in explanation.units] == list(answer.found)
    for unit in explanation.units:
        assert unit.raw == pytest.approx(answer.raw[unit.first], abs=1e-9)
        assert unit.score == pytest.approx(answer.scores[unit.first], abs=1e-9)
        assert unit.alpha is not None
        assert unit.alpha[0] <= answer.found[unit.first].alpha <= unit.alpha[1]
        if bound == "per-token":
            assert unit.scale == answer.found[unit.first].alpha


@pytest.mark.parametrize("granularity", UNITS)
@pytest.mark.parametrize("model", MODELS)
def test_units_flip_inside_the_grid_and_some_have_several_tokens(
    model: str, granularity: str
) -> None:
    """Else the tests above would hold nothing against anything."""
    assert any(not found.saturated for found in search_of(model, granularity).values())
    assert any(len(members) > 1 for members in members_of(model, granularity).values())


@pytest.mark.parametrize("count", [1, 2])
@pytest.mark.parametrize("bound", ["min", "per-token"])
@pytest.mark.parametrize(("model", "granularity"), BOTH)
def test_zooming_divides_the_strongest_units_by_what_their_tokens_take(
    model: str, granularity: str, bound: str, count: int
) -> None:
    explanation = explained(model, granularity=granularity, bound=bound, zoom=count, steps=10)
    members = members_of(model, granularity)
    question = plain_units.of_units(question_of(model), members)
    answer = plain.answer(question, bound, "positive", plain_units.search(question), list(members))
    expected = plain_units.zoom(question_of(model), members, answer, bound, count)
    assert expected.units, "there is something to look into"
    zoom = explanation.zoom
    assert zoom is not None
    assert [explanation.units[i].first for i in zoom.units] == expected.units
    assert zoom.alpha == expected.alpha
    for i, token in enumerate(explanation.tokens):
        if i in expected.scores:
            assert token.raw == pytest.approx(expected.raw[i], abs=1e-9)
            assert token.score == pytest.approx(expected.scores[i], abs=1e-9)


@pytest.mark.parametrize("model", MODELS)
def test_a_prompt_of_units_of_one_token_is_todays_method(model: str) -> None:
    text = "Rivers run to the sea"
    units = explain(model_of(model), text, Request(granularity="word", zoom=3))
    tokens = explain(model_of(model), text)
    assert units.tokens == tokens.tokens
    assert units.losses == tokens.losses == tuple(unit.losses for unit in units.units)
    assert (units.alpha, units.leaders, units.zoom) == (tokens.alpha, tokens.leaders, None)


@pytest.mark.parametrize("normalisation", ["positive", "raw"])
@pytest.mark.parametrize("zoom", [0, 1, 9])
@pytest.mark.parametrize("method", ["noiser", "occlusion", "lime", "reagent", "random"])
@pytest.mark.parametrize("granularity", UNITS)
def test_scores_stay_one_additive_whole(
    granularity: str, method: str, zoom: int, normalisation: str
) -> None:
    explanation = explained(
        "gemma2+bos",
        granularity=granularity,
        zoom=zoom,
        method=method,
        normalisation=normalisation,
        bound="norm-l2",
    )
    for unit in explanation.units:
        inside = explanation.tokens[unit.first : unit.last + 1]
        assert sum(token.score or 0.0 for token in inside) == pytest.approx(unit.score)
        looked_into = unit.zoomed or len(inside) == 1
        assert all((token.raw is not None) is looked_into for token in inside)
    shown = [score for _, score in explanation.pieces()]
    total = sum(unit.score or 0.0 for unit in explanation.units)
    assert sum(score or 0.0 for score in shown) == pytest.approx(total)
    if normalisation == "positive":
        assert total == pytest.approx(1)
    assert len(shown) == sum(u.last - u.first + 1 if u.zoomed else 1 for u in explanation.units)


def test_intervals_can_be_computed_again_from_the_record() -> None:
    explanation = explained("qwen2", granularity="sentence", zoom=1)
    units = [unit for unit in explanation.units if unit.losses is not None]
    drawn = resample(np.array([unit.losses for unit in units]), explanation.seed)
    assert drawn is not None
    scores = normalise(drawn, "positive")
    assert [unit.interval for unit in units] == [tuple(pair) for pair in ends(scores).tolist()]
    (column,) = [i for i, unit in enumerate(units) if unit.zoomed]
    span = range(units[column].first, units[column].last + 1)
    assert explanation.losses is not None
    inside = resample(np.array([explanation.losses[i] for i in span]), explanation.seed)
    assert inside is not None
    expected = ends(scores[:, [column]] * shares(inside))
    assert [explanation.tokens[i].interval for i in span] == [tuple(p) for p in expected.tolist()]
    for unit in units:
        if not unit.zoomed and unit.last > unit.first:
            assert set(explanation.losses[unit.first : unit.last + 1]) == {None}


def test_occlusion_replaces_every_token_of_a_unit() -> None:
    explanation = explained("qwen2", granularity="sentence", method="occlusion")
    model = model_of("qwen2")
    embed, ids = model.network.get_input_embeddings(), torch.tensor(read("qwen2").ids)
    baseline = embed(torch.tensor(model.tokenizer.eos_token_id))
    for unit in explanation.units:
        row = embed(ids).clone()
        for i in range(unit.first, unit.last + 1):
            row[i] = baseline
        with torch.no_grad():
            logits = model.network(inputs_embeds=row[None]).logits[0, -1]
        left = float(torch.softmax(logits, -1)[explanation.target.id])
        assert unit.raw == pytest.approx(explanation.target.probability - left, abs=1e-9)


def test_excluded_special_tokens_get_no_noise_inside_a_unit_either() -> None:
    model = model_of("gemma2+bos")
    text = "Tabs <s>live. Code"
    request = Request(granularity="sentence", zoom=2, specials="exclude", draws=4, steps=6)
    explanation = explain(model, text, request)
    special = [i for i, token in enumerate(explanation.tokens) if token.special]
    assert len(special) == 2
    first = explanation.unit_at(special[1])
    assert first is not None
    assert first.first < special[1] < first.last, "it stands inside a unit"
    members = members_in(explanation, special)
    question = plain_units.of_units(
        plain.ask(model.network, [t.id for t in explanation.tokens], draws=4), members
    )
    found = plain_units.search(question, steps=6)
    answer = plain.answer(question, "min", "positive", found, list(members))
    assert explanation.alpha == answer.alpha
    assert first.raw == pytest.approx(answer.raw[first.first], abs=1e-9)
    for i in special:
        token = explanation.tokens[i]
        assert (token.score, token.raw, token.alpha) == (None, None, None)
    assert explanation.units[0].score is None, "BOS is a unit of its own"
    assert "2 special tokens were left out" in messages(explanation)
    assert specials_of("gemma2+bos") == (0,)


def members_in(explanation: Explanation, left_out: list[int]) -> dict[int, list[int]]:
    kept = {
        unit.first: [i for i in range(unit.first, unit.last + 1) if i not in left_out]
        for unit in explanation.units
    }
    return {first: members for first, members in kept.items() if members}


def messages(explanation: Explanation) -> str:
    return " ".join(warning.message for warning in explanation.warnings)


def test_the_record_says_what_units_and_zooming_can_miss() -> None:
    coarse = messages(explained("qwen2", granularity="sentence"))
    assert "Each sentence is scored as one: where its tokens cancel each other" in coarse
    assert "Which token matters in a sentence that was not looked into is not known" in coarse
    zoomed = explained("qwen2", granularity="sentence", zoom=1)
    assert zoomed.zoom is not None
    assert zoomed.zoom.alpha != zoomed.alpha
    assert "is its share of the sentence's score, found with noise of another scale" in messages(
        zoomed
    )
    every = explained("qwen2", granularity="line", method="random", zoom=9)
    assert "not looked into" not in messages(every)
    assert "cancel" not in messages(every), "random scores miss nothing: they read nothing"
    assert "scored as one" not in messages(explained("qwen2"))


def test_tokens_that_take_nothing_by_themselves_share_evenly(monkeypatch: Any) -> None:
    """Of two runs the second, inside the units, finds that every token only adds probability."""
    from noiser.methods.random import attribute

    runs: list[int] = []

    def second_is_negative(task: Any) -> Any:
        found = attribute(task)
        runs.append(1)
        return replace(found, raw=-found.raw) if len(runs) == 2 else found

    monkeypatch.setattr("noiser.methods.random.attribute", second_is_negative)
    explanation = explain(
        model_of("qwen2"), PROMPT, Request(method="random", granularity="sentence", zoom=1)
    )
    (unit,) = [unit for unit in explanation.units if unit.zoomed]
    inside = explanation.tokens[unit.first : unit.last + 1]
    assert unit.score is not None
    assert [token.score for token in inside] == pytest.approx(
        [unit.score / len(inside)] * len(inside)
    )
    (told,) = [w for w in explanation.warnings if "takes probability by itself" in w.message]
    assert (told.position, told.last) == (unit.first, unit.last)


def test_units_that_take_nothing_are_not_looked_into(monkeypatch: Any) -> None:
    from noiser.methods.random import attribute

    monkeypatch.setattr(
        "noiser.methods.random.attribute",
        lambda task: replace(attribute(task), raw=-attribute(task).raw),
    )
    request = Request(method="random", granularity="sentence", zoom=1)
    explanation = explain(model_of("qwen2"), PROMPT, request)
    assert explanation.zoom is None
    assert "No sentence of several tokens takes probability: none was looked into." in messages(
        explanation
    )


def test_what_random_gives_a_unit_does_not_decide_what_its_first_token_gets() -> None:
    explanation = explained("qwen2", granularity="line", method="random", zoom=9)
    for unit in explanation.units:
        assert unit.raw != explanation.tokens[unit.first].raw


@pytest.mark.parametrize("search", ["exact", "fast"])
def test_events_call_units_by_their_first_position_and_then_tokens_by_theirs(search: str) -> None:
    events: list[Event] = []
    request = Request(granularity="sentence", zoom=1, draws=4, steps=6, search=search)
    explanation = explain(model_of("qwen2"), PROMPT, request, emit=events.append)
    (told,) = [event for event in events if isinstance(event, PromptRead)]
    assert told.granularity == "sentence"
    assert [(u[0], u[-1]) for u in told.units] == [(u.first, u.last) for u in explanation.units]
    (at,) = [i for i, event in enumerate(events) if isinstance(event, ZoomedIn)]
    assert explanation.zoom is not None
    looked_into = [explanation.units[i] for i in explanation.zoom.units]
    zoomed = events[at]
    assert isinstance(zoomed, ZoomedIn)
    assert list(zoomed.units) == [unit.first for unit in looked_into]
    firsts = {unit[0] for unit in told.units}
    inside = {i for unit in looked_into for i in range(unit.first, unit.last + 1)}
    for part, known in ((events[:at], firsts), (events[at:], inside)):
        narrowed = [event for event in part if isinstance(event, SearchNarrowed)]
        assert narrowed
        assert all(set(event.brackets) == known for event in narrowed)
        raw = [i for event in part if isinstance(event, TokensScored) for i in event.raw]
        assert set(raw) == known
    work = [e.work for e in events if isinstance(e, (SearchNarrowed, ScalesTried, TokensScored))]
    forwards = [one.token_forwards for one in work]
    assert forwards == sorted(forwards)
    assert explanation.work.token_forwards == forwards[-1]
    assert explanation.work.reference_token_forwards == 0


def test_looking_into_more_costs_more_and_into_nothing_costs_nothing() -> None:
    work = [
        explained("qwen2", granularity="sentence", bound="norm-l2", zoom=zoom).work.token_forwards
        for zoom in (0, 1, 2)
    ]
    tokens = explained("qwen2", bound="norm-l2").work.token_forwards
    assert work[0] < work[1] < work[2]
    assert work[0] < tokens


def test_a_prompt_of_4096_tokens_runs_within_the_budget() -> None:
    """By sentence, and zoomed: no call holds more than one long row or the budget."""
    model = make_tiny("qwen2", dtype="float32", max_position_embeddings=4608)
    model.info = replace(model.info, context=4608)
    sentence = " Rivers run to the sea while mountains stay where they are" * 4 + "."
    text = sentence * (4096 // (len(model.read(sentence)) - 1) + 1)
    work = [Work()]

    def look(event: Event) -> None:
        if isinstance(event, TokensScored):
            work.append(event.work)

    request = Request(granularity="sentence", zoom=1, bound="norm-l2", draws=1)
    explanation = explain(model, text, request, emit=look)
    assert 4096 <= len(explanation.tokens) < 4608
    assert len(explanation.units) > 70
    assert explanation.zoom is not None
    most = max(len(explanation.tokens), CPU_POSITIONS)
    for before, after in pairwise(work):
        calls = after.calls - before.calls
        assert after.token_forwards - before.token_forwards <= calls * most
