"""Rows that start from what was computed for the clean prompt."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from noiser import perturb
from noiser.explainer import explain
from noiser.model.language_model import LanguageModel
from noiser.perturb import Perturber
from noiser.request import Request
from tests.engine.cases import MODELS, model_of, prompt_of
from tests.tiny import FAMILIES, make_tiny, tiny

LONG = "Rivers run to the sea while mountains stay where they are, mostly. "


@pytest.mark.parametrize("dtype", ["float64", "float32", "bfloat16"])
@pytest.mark.parametrize("family", FAMILIES)
def test_every_family_can_start_from_a_prefix(family: str, dtype: str) -> None:
    assert tiny(family, dtype=dtype).prefix_fault is None


@pytest.mark.parametrize("model", MODELS)
def test_from_every_position_the_distribution_is_the_same(model: str) -> None:
    """Also past the window of the sliding layers of Gemma 2."""
    loaded = model_of(model)
    ids = loaded.read(prompt_of(model) + " " + LONG).ids
    embeddings = loaded.embed(ids).unsqueeze(0)
    whole, prefix = loaded.clean_run(embeddings)
    assert prefix is not None
    rows = embeddings.repeat(3, 1, 1)
    for start in range(1, len(ids)):
        half = loaded.next_logits(rows[:, start:], prefix.before(start))
        assert (half.softmax(-1) - whole.softmax(-1)).abs().max() < 1e-12


@pytest.mark.parametrize("model", MODELS)
def test_a_clean_row_is_the_same_in_stretches(model: str) -> None:
    loaded = model_of(model)
    embeddings = loaded.embed(loaded.read(prompt_of(model) + " " + LONG).ids).unsqueeze(0)
    whole, kept = loaded.clean_run(embeddings, 3)
    parts, found = loaded.clean_run(embeddings, 3, stretch=5)
    torch.testing.assert_close(parts, whole, rtol=0, atol=1e-5)  # Gemma norms in float32
    assert kept is not None
    assert found is not None
    for one, other in zip(found.layers, kept.layers, strict=True):
        torch.testing.assert_close(one, other, rtol=0, atol=1e-5)


def test_a_clean_row_takes_no_more_memory_than_a_call() -> None:
    model, sizes = make_tiny("llama"), list[int]()
    prompt = LONG * 7
    whole = explain(model, prompt, Request(bound="none", draws=1))
    model.network.model.layers[0].register_forward_pre_hook(
        lambda _, args: sizes.append(args[0].shape[1])
    )
    small = explain(model, prompt, Request(bound="none", draws=1), memory="1KB")
    assert sizes[:2] == [len(whole.tokens) - perturb.SHORTEST, perturb.SHORTEST]
    assert [t.raw for t in small.tokens] == pytest.approx([t.raw for t in whole.tokens], abs=1e-9)


@pytest.mark.parametrize("family", FAMILIES)
def test_without_a_prefix_the_numbers_are_the_same_and_it_is_said(family: str) -> None:
    with_prefix = explain(tiny(family), LONG)
    model = make_tiny(family)
    model.__dict__["prefix_fault"] = "of this test"
    without = explain(model, LONG)
    assert without.alpha == with_prefix.alpha
    assert [t.alpha for t in without.tokens] == [t.alpha for t in with_prefix.tokens]
    ours, theirs = ([t.raw for t in e.tokens] for e in (with_prefix, without))
    assert ours == pytest.approx(theirs, abs=1e-9)
    assert with_prefix.work.token_forwards < without.work.token_forwards
    assert any("of this test" in w.message for w in without.warnings)
    assert not any("whole prompt" in w.message for w in with_prefix.warnings)


def test_a_cache_that_lies_is_found_out() -> None:
    model = make_tiny("qwen2")
    plain = LanguageModel.next_logits

    def shifted(rows: torch.Tensor, before: Any = None) -> torch.Tensor:
        return plain(model, rows * (1 if before is None else 1.5), before)

    model.next_logits = shifted  # type: ignore[method-assign]
    assert "differ" in (model.prefix_fault or "")


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_a_cache_that_lies_is_found_out_where_all_probabilities_are_alike(dtype: str) -> None:
    """In a large vocabulary, or a flat distribution, they differ by next to nothing anyhow."""
    model = make_tiny("qwen2", dtype=dtype)
    with torch.no_grad():
        model.network.lm_head.weight.mul_(1e-3)
    assert model.prefix_fault is None
    del model.prefix_fault
    plain = LanguageModel.next_logits

    def without(rows: torch.Tensor, before: Any = None) -> torch.Tensor:
        return plain(model, rows)

    model.next_logits = without  # type: ignore[method-assign]
    assert "differ" in (model.prefix_fault or "")


def test_the_trial_goes_past_a_short_attention_window() -> None:
    model = make_tiny("gemma2")
    model.network.config.sliding_window = 20
    lengths: list[int] = []
    model.network.register_forward_pre_hook(
        lambda _module, _args, options: lengths.append(options["inputs_embeds"].shape[1]),
        with_kwargs=True,
    )
    assert model.prefix_fault is None
    assert max(lengths) > 20
    assert sum(lengths) < 3 * 20


def test_a_model_without_a_plain_cache_runs_whole_rows() -> None:
    model = make_tiny("qwen2")
    model.network._is_stateful = True  # as state-space models say of themselves
    assert "plain" in (model.prefix_fault or "")
    explanation = explain(model, LONG, Request(bound="none"))
    n = len(explanation.tokens)
    assert explanation.work.token_forwards == 10 * n * n + n


def test_late_tokens_cost_little() -> None:
    model = tiny("llama")
    perturber = Perturber(model, model.read(LONG).ids)
    perturber.begin()
    n = len(perturber.embeddings)
    spent = perturber.work.token_forwards
    assert spent == n

    class Nothing:
        first = n - 1

        def apply(self, rows: torch.Tensor, variants: slice, start: int) -> None:
            assert rows.shape[1] == n - start == 1

    ((_, clean),) = perturber.probabilities([Nothing()], 4)
    assert perturber.work.token_forwards == n + 4
    assert torch.allclose(clean[0], perturber.clean.expand(4, -1), atol=1e-12)
