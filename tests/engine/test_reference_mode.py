"""Reference mode gives the released code's semantics (DESIGN section 3), transcribed in plain.py."""

from __future__ import annotations

from dataclasses import replace

import pytest

from noiser.draws import NORMS
from noiser.explainer import explain
from noiser.request import Request
from tests.engine import plain
from tests.engine.cases import (
    MODELS,
    THOROUGH,
    assert_same_scores,
    explained,
    model_of,
    question_of,
    reference_search_of,
    search_of,
    specials_of,
)

CASES = [
    (model, bound, norm)
    for model in MODELS
    for bound in plain.SEARCHED
    for norm in (NORMS if model in THOROUGH else ("none",))
]


@pytest.mark.parametrize(("model", "bound", "norm"), CASES)
def test_last_midpoint_and_signed_sum(model: str, bound: str, norm: str) -> None:
    explanation = explained(model, bound=bound, norm=norm, reference=True)
    question = question_of(model, norm, reference=True)
    found = reference_search_of(model, norm)
    answer = plain.answer(question, bound, "sum", found, range(len(question.ids)))
    assert explanation.alpha == answer.alpha
    scales = [found[i].alpha if answer.alpha is None else answer.alpha for i in found]
    assert [token.scale for token in explanation.tokens] == scales
    assert_same_scores(explanation, answer)
    assert explanation.normalisation == "sum"
    for i in specials_of(model):
        assert explanation.tokens[i].score is not None


def test_the_last_midpoint_is_not_the_last_scale_that_held() -> None:
    """So that the test above tells the two apart."""
    for model in ("qwen2", "llama+bos", "gemma2+bos", "gpt2"):
        found = reference_search_of(model)
        ours = search_of(model)
        if any(found[i].alpha > ours[i].alpha for i in found):
            return
    raise AssertionError("no model tells them apart")


def test_norm_3_takes_the_released_constant() -> None:
    right = explained("qwen2", norm="3", bound="none")
    released = explained("qwen2", norm="3", bound="none", reference=True)
    assert [t.raw for t in right.tokens] != [t.raw for t in released.tokens]


def test_a_signed_sum_below_zero_is_kept_and_said() -> None:
    """The released code divides by it whatever it is; so does reference mode, with a warning."""
    model = model_of("gpt2+bos")
    request = Request(bound="per-token", reference=True, draws=1)
    seeds = range(1, 40)
    every = (explain(model, "The capital of Italy", replace(request, seed=s)) for s in seeds)
    total, found = next(
        (total, e) for e in every if (total := sum(t.raw or 0.0 for t in e.tokens)) < 0
    )
    for token in found.tokens:
        assert token.raw is not None
        assert token.score == pytest.approx(token.raw / total)
    assert any("sum to" in warning.message for warning in found.warnings)
