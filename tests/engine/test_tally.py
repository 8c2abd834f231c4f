"""Draws taken down call by call: the same sums however they come, and nothing else is held."""

from __future__ import annotations

import weakref
from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from noiser.explainer import explain
from noiser.perturb import Perturber
from noiser.redraw import more_draws
from noiser.request import Request
from noiser.scale_curve import scale_curve
from noiser.tally import Tally
from noiser.target import Objective
from tests.tiny import make_tiny

PROMPT = "Rivers run to the sea and"
DRAWS = 300


def tallied(found: torch.Tensor, ends: list[int]) -> Tally:
    """The tally of distributions (changes, draws, vocabulary) that come in parts up to these ends."""
    made = Tally(Objective(1, None, 0, found[0, 0]), len(found))
    for begin, end in pairwise([0, *ends, found.shape[1]]):
        made._add(slice(0, len(found)), slice(begin, end), found[:, begin:end])
    return made


@given(st.integers(1, 700), st.lists(st.integers(1, 699), unique=True, max_size=6), st.integers(0))
def test_sums_are_the_same_however_the_draws_come(draws: int, cuts: list[int], seed: int) -> None:
    numbers = np.random.default_rng(seed % 2**32).dirichlet([0.1] * 37, (2, draws))
    found = torch.tensor(numbers, dtype=torch.float32)
    whole = tallied(found, [])
    parts = tallied(found, sorted(cut for cut in cuts if cut < draws))
    assert torch.equal(whole.sums, parts.sums)
    assert torch.equal(whole.values, parts.values)
    assert torch.equal(whole.values, found[..., 1])
    assert whole.means.double().numpy() == pytest.approx(numbers.mean(axis=1), rel=1e-6, abs=1e-9)
    (second,) = parts.of([1]).means
    assert torch.equal(second, whole.means[1])


def test_of_torch_s_own_sum_at_once_they_are_to_the_bit_on_whole_vectors() -> None:
    found = torch.softmax(torch.randn(3, 300, 512, generator=torch.manual_seed(1)), dim=-1)
    assert torch.equal(tallied(found, [7, 150]).means, found.mean(dim=1))


@pytest.mark.parametrize("target", [None, " the capital of Italy is Rome."])
def test_the_distributions_of_a_call_are_gone_before_the_next(
    target: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a run, of draws added to it and of a curve: thousands of draws need no more memory than ten."""
    model = make_tiny("llama")
    kept: list[weakref.ref[torch.Tensor]] = []
    alive: list[int] = []
    read_out = Perturber._read_out

    def noted(self: Perturber, logits: torch.Tensor, positions: int) -> torch.Tensor:
        found = read_out(self, logits, positions)
        if len(logits) > 3:  # the clean row stays
            alive.append(sum(one() is not None for one in kept))
            kept.append(weakref.ref(found))
        return found

    def largest() -> int:
        assert len(alive) > 10
        most = max(alive)
        alive.clear()
        return most

    monkeypatch.setattr(Perturber, "_read_out", noted)
    request = Request(draws=DRAWS, steps=2, target=target)
    small = explain(model, PROMPT, request, memory="2MB")
    assert largest() == 0
    more_draws(model, small, 2 * DRAWS, memory="2MB")
    assert largest() == 0
    scale_curve(model, small, 3, 4, memory="2MB")
    assert largest() == 0
    monkeypatch.setattr(Perturber, "_read_out", read_out)
    whole = explain(model, PROMPT, request)
    assert small.alpha == whole.alpha
    assert [t.raw for t in small.tokens] == pytest.approx([t.raw for t in whole.tokens], abs=1e-12)
