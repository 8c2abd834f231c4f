"""The engine gives the plain method's answer: the same α to the last bit, scores to 1e-9."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from noiser.bounds import BOUNDS
from noiser.draws import NORMS
from noiser.explainer import explain
from noiser.explanation import Explanation
from noiser.request import NORMALISATIONS, Request
from tests.engine import plain
from tests.engine.cases import (
    MODELS,
    assert_brackets_hold,
    assert_same_scores,
    explained,
    ids_of,
    model_of,
    prompt_of,
    question_of,
    search_of,
    specials_of,
)

BOUND_AND_NORM = list(itertools.product(MODELS, BOUNDS, NORMS))


def check(explanation: Explanation, answer: plain.Answer, bound: str) -> None:
    if bound == "per-token":
        for i, token in enumerate(explanation.tokens):
            if i in answer.found:
                assert token.alpha is not None
                assert token.alpha[0] == answer.found[i].alpha
                assert token.saturated == answer.found[i].saturated
    assert explanation.alpha == answer.alpha
    if bound in plain.SEARCHED:
        assert_brackets_hold(explanation, answer.found)
        saturated = [found.saturated for found in answer.found.values()]
        assert explanation.saturated == (all(saturated) if bound == "min" else any(saturated))
    assert_same_scores(explanation, answer)


@pytest.mark.parametrize(("model", "bound", "norm"), BOUND_AND_NORM)
def test_every_bound_and_norm(model: str, bound: str, norm: str) -> None:
    explanation = explained(model, bound=bound, norm=norm)
    question = question_of(model, norm)
    found = search_of(model, norm) if bound in plain.SEARCHED else {}
    drawn = explanation.alpha if bound == "random" else None
    answer = plain.answer(question, bound, "positive", found, range(len(question.ids)), drawn)
    check(explanation, answer, bound)
    if bound == "random":
        assert drawn is not None
        assert 0 < drawn < 1


@pytest.mark.parametrize("model", MODELS)
def test_tokens_that_flip_at_the_smallest_scale_are_told(model: str) -> None:
    """A token that held at a larger scale need not hold at α*: flips are not always monotone."""
    explanation = explained(model)
    told = [w.position for w in explanation.warnings if "flips are not monotone" in w.message]
    question, alpha = question_of(model), explanation.alpha
    assert alpha is not None
    flipping = [i for i in range(len(question.ids)) if not question.holds(i, alpha)]
    assert told == flipping
    assert flipping or model not in ("qwen2", "llama+bos", "gpt2"), "there is something to tell"


@pytest.mark.parametrize("bound", plain.SEARCHED)
def test_each_token_keeps_the_scale_it_was_scored_at(bound: str) -> None:
    explanation = explained("llama+bos", bound=bound, specials="exclude")
    for i, token in enumerate(explanation.tokens):
        found = search_of("llama+bos")[i].alpha
        expected = found if bound == "per-token" else explanation.alpha
        assert token.scale == (None if token.special else expected)


@pytest.mark.parametrize("model", MODELS)
def test_tokens_flip_well_inside_the_grid(model: str) -> None:
    """Else the tests above would hold nothing against anything."""
    alphas = [found.alpha for found in search_of(model).values() if not found.saturated]
    assert len(set(alphas)) >= 3
    assert 2**-10 < min(alphas) < 0.5


@pytest.mark.parametrize("normalisation", NORMALISATIONS)
@pytest.mark.parametrize("model", MODELS)
def test_every_normalisation(model: str, normalisation: str) -> None:
    explanation = explained(model, normalisation=normalisation)
    question = question_of(model)
    positions = range(len(question.ids))
    answer = plain.answer(question, "min", normalisation, search_of(model), positions)
    check(explanation, answer, "min")


@pytest.mark.parametrize("bound", ["min", "max", "per-token", "norm-l2"])
@pytest.mark.parametrize("model", [model for model in MODELS if model.endswith("+bos")])
def test_excluded_special_tokens_get_no_noise_and_no_score(model: str, bound: str) -> None:
    explanation = explained(model, bound=bound, specials="exclude")
    question, left_out = question_of(model), specials_of(model)
    positions = [i for i in range(len(question.ids)) if i not in left_out]
    found = {i: f for i, f in search_of(model).items() if i in positions}
    answer = plain.answer(question, bound, "positive", found, positions)
    check(explanation, answer, bound)
    for i in left_out:
        token = explanation.tokens[i]
        assert (token.score, token.raw, token.interval, token.alpha) == (None, None, None, None)
    assert any("left out" in warning.message for warning in explanation.warnings)


def by_probability(model: str) -> list[int]:
    clean = question_of(model).clean
    return [int(id_) for id_ in clean.argsort(descending=True)]


@pytest.mark.parametrize("bound", ["min", "per-token"])
@pytest.mark.parametrize("model", MODELS)
def test_a_chosen_target_holds_while_the_models_own_prediction_does(model: str, bound: str) -> None:
    target = by_probability(model)[2]
    options: dict[str, Any] = {"bound": bound, "normalisation": "raw"}
    explanation = explained(model, target=f"id:{target}", **options)
    question = plain.ask(model_of(model).network, ids_of(model), target=target)
    positions = range(len(question.ids))
    answer = plain.answer(question, bound, "raw", search_of(model), positions)
    check(explanation, answer, bound)
    assert explanation.target.id == target


@pytest.mark.parametrize(("first", "second"), [(0, 1), (3, 1)])
@pytest.mark.parametrize("model", MODELS)
def test_a_contrast_pair(model: str, first: int, second: int) -> None:
    order = by_probability(model)
    target, contrast = order[first], order[second]
    explanation = explained(
        model,
        target=f"id:{target}",
        contrast=f"id:{contrast}",
        bound="per-token",
        normalisation="raw",
    )
    question = plain.ask(model_of(model).network, ids_of(model), target=target, contrast=contrast)
    found = plain.search(question)
    answer = plain.answer(question, "per-token", "raw", found, range(len(question.ids)))
    check(explanation, answer, "per-token")
    assert explanation.contrast is not None
    assert explanation.contrast.id == contrast


@pytest.mark.parametrize("model", MODELS)
def test_each_generated_token_is_explained_after_all_before_it(model: str) -> None:
    loaded = model_of(model)
    explanation = explain(loaded, prompt_of(model), Request(generate=3))
    contexts = plain.generated(loaded.network, ids_of(model), 3, stop=loaded.tokenizer.eos_token_id)
    assert [tuple(t.id for t in e.tokens) for e in explanation.steps_explained] == [
        tuple(ids) for ids in contexts
    ]
    for step, ids in zip(explanation.steps_explained, contexts, strict=True):
        question = plain.ask(loaded.network, ids)
        answer = plain.answer(question, "min", "positive", plain.search(question), range(len(ids)))
        check(step, answer, "min")


@pytest.mark.parametrize("steps", [1, 3])
@pytest.mark.parametrize("bound", plain.SEARCHED)
def test_few_steps_go_below_the_grid_where_they_must(bound: str, steps: int) -> None:
    explanation = explained("qwen2", bound=bound, steps=steps)
    question = question_of("qwen2")
    found = plain.search(question, steps=steps)
    assert any(f.alpha < 2.0**-steps for f in found.values())
    answer = plain.answer(question, bound, "positive", found, range(len(question.ids)))
    check(explanation, answer, bound)
