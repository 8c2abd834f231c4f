"""Noise lands on the raw embedding, before any factor the model applies, in every family."""

from __future__ import annotations

import copy
import math

import pytest
import torch

from noiser.draws import make_draws
from noiser.methods.noise import Noise
from noiser.perturb import Perturber
from tests.tiny import DIM, FAMILIES, make_network, make_tiny, tiny, tokenizer

SCALE = 0.3


@pytest.mark.parametrize("bos", [True, False])
@pytest.mark.parametrize("family", FAMILIES)
def test_it_equals_noise_on_the_row_of_the_embedding_matrix(family: str, bos: bool) -> None:
    """The truth: a model whose matrix has the noise in the row of that one token, run on ids."""
    model = tiny(family, bos=bos)
    ids = model.read("numbers like").ids
    assert len(set(ids)) == len(ids)
    draws = make_draws(1, 3, model.dim)
    noise = torch.from_numpy(draws) * model.noise_factor
    perturber = Perturber(model, ids)
    for position, id_ in enumerate(ids):
        ((_, ours),) = perturber.probabilities([Noise((position,), SCALE, noise)], 3)
        for k, draw in enumerate(draws):
            changed = copy.deepcopy(model.network)
            with torch.no_grad():
                changed.get_input_embeddings().weight[id_] += SCALE * torch.from_numpy(draw)
                logits = changed(torch.tensor([ids])).logits[0, -1]
            assert torch.allclose(ours[0, k], torch.softmax(logits, -1), atol=1e-12)


@pytest.mark.parametrize("family", FAMILIES)
def test_without_noise_the_distribution_is_that_of_the_ids(family: str) -> None:
    model = tiny(family)
    ids = model.read("The capital of France").ids
    with torch.no_grad():
        logits = model.network(torch.tensor([ids])).logits[0, -1]
    assert torch.allclose(Perturber(model, ids).clean, torch.softmax(logits, -1), atol=1e-12)


@pytest.mark.parametrize("dtype", ["float64", "float32", "bfloat16", "float16"])
def test_gemmas_factor_is_the_root_of_d_as_the_model_rounds_it(dtype: str) -> None:
    network = make_network("gemma2", len(tokenizer(True)), hidden_size=48)
    network = network.to(getattr(torch, dtype))
    model = make_tiny("gemma2")
    model = type(model)(network, model.tokenizer, model.info)
    # the module keeps √d in float32 and casts it to its weights' precision when it is used
    rounded = torch.tensor(math.sqrt(48), dtype=torch.float32).to(getattr(torch, dtype)).item()
    assert model.noise_factor == rounded
    ids = [5, 6]
    raw = network.get_input_embeddings().weight[ids]
    assert torch.equal(model.embed(ids), (raw * rounded).to(raw.dtype))


@pytest.mark.parametrize("family", [family for family in FAMILIES if family != "gemma2"])
def test_other_families_have_no_factor(family: str) -> None:
    assert tiny(family).noise_factor == 1.0
    assert tiny(family).dim == DIM


@pytest.mark.parametrize("family", FAMILIES)
def test_only_the_last_logits_are_computed(family: str) -> None:
    model = tiny(family)
    shapes: list[tuple[int, ...]] = []
    handle = model.network.get_output_embeddings().register_forward_hook(
        lambda module, args, result: shapes.append(tuple(result.shape))
    )
    try:
        model.next_logits(model.embed(model.read("The capital of France").ids).repeat(3, 1, 1))
    finally:
        handle.remove()
    assert shapes == [(3, 1, len(model.tokenizer))]


def test_a_model_without_that_option_gives_the_same() -> None:
    """Some families know no logits_to_keep; their logits at the last position are taken."""
    model = make_tiny("gpt2")
    embeddings = model.embed(model.read("The capital of France").ids).unsqueeze(0)
    expected = model.next_logits(embeddings)
    model._keeps_logits = False
    assert torch.allclose(model.next_logits(embeddings), expected, atol=1e-12)
