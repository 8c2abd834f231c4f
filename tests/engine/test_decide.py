"""Decisions by a majority of the draws: only where no others could overrule it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from noiser.explainer import explain
from noiser.methods import noise
from noiser.perturb import Perturber
from noiser.request import Request
from noiser.target import Objective
from tests.engine.cases import PROMPT, assert_same_scores, model_of, prompt_of
from tests.engine.plain import answer, ask, search


@given(
    seed=st.integers(0, 2**32 - 1),
    sharpness=st.floats(0.05, 20),
    contrast=st.sampled_from([None, 1]),
)
def test_what_a_majority_decides_no_other_draws_overrule(
    seed: int, sharpness: float, contrast: int | None
) -> None:
    """Distributions from nearly flat to nearly certain, of the first six of ten draws."""
    generator = np.random.default_rng(seed)
    draws = torch.from_numpy(generator.dirichlet(np.full(4, 1 / sharpness), size=10))
    clean = torch.tensor([0.4, 0.3, 0.2, 0.1], dtype=torch.float64)
    objective = Objective(0, contrast, 0, clean)
    first = draws[:6].sum(0, keepdim=True)
    if not objective.decided(first, 4).item():
        return
    answer = objective.holds(first / 6).item()
    assert objective.holds(draws.mean(0, keepdim=True)).item() == answer
    # the worst that could still come: four draws that are all one token's
    for token in range(4):
        worst = first + 4 * torch.eye(4, dtype=torch.float64)[token]
        assert objective.holds(worst / 10).item() == answer


def test_by_hand_four_draws_overrule_a_lead_of_four_and_no_more() -> None:
    objective = Objective(0, None, 0, torch.tensor([0.9, 0.1]))
    sums = torch.tensor([[5.1, 0.9], [5.0, 1.0], [4.0, 2.0], [0.9, 5.1]])
    assert objective.decided(sums, 4).tolist() == [True, False, False, True]


@pytest.mark.parametrize(
    ("model", "prompt"), [("built-in", "The capital of France is"), ("qwen2", PROMPT)]
)
def test_the_answer_is_that_of_the_plain_method_for_less(
    model: str, prompt: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On the built-in model, which is sure of its prediction, and on one that is not."""
    loaded = model_of(model)
    monkeypatch.setattr(noise, "MANY", 10**9)
    whole = explain(loaded, prompt)
    monkeypatch.setattr(noise, "MANY", 1)
    asked: list[int] = []
    each = Perturber.each

    def noted(self: Perturber, changes: Any, some: slice, *more: Any) -> None:
        if isinstance(changes[0], noise.Noise) and some != slice(0, 10):
            asked.append(some.stop - some.start)
        each(self, changes, some, *more)

    monkeypatch.setattr(Perturber, "each", noted)
    early = explain(loaded, prompt)
    assert early.alpha == whole.alpha
    assert [t.raw for t in early.tokens] == pytest.approx([t.raw for t in whole.tokens], abs=1e-12)
    question = ask(loaded.network, loaded.read(prompt).ids)
    positions = range(len(question.ids))
    found = search(question)
    assert_same_scores(early, answer(question, "min", "positive", found, positions))
    assert early.alpha == min(one.alpha for one in found.values())
    if model == "built-in":
        assert 6 in asked
        assert early.work.token_forwards < whole.work.token_forwards
    else:
        assert asked == []
        assert early.work == whole.work


@pytest.mark.parametrize("draws", [1, 2, 3])
def test_few_draws(draws: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(noise, "MANY", 1)
    early = explain(model_of("built-in"), prompt_of("built-in"), Request(draws=draws))
    monkeypatch.setattr(noise, "MANY", 10**9)
    whole = explain(model_of("built-in"), prompt_of("built-in"), Request(draws=draws))
    assert early.alpha == whole.alpha
    assert [t.raw for t in early.tokens] == pytest.approx([t.raw for t in whole.tokens], abs=1e-12)
