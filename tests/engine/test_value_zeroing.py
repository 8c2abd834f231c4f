"""Value zeroing by hand, and against one whole run for every layer and position."""

from __future__ import annotations

import math
import threading
from typing import Any

import numpy as np
import pytest
import torch

from noiser.errors import Cancelled, NoiserError, WrongUse
from noiser.events import BatchHalved, Event, TokensScored
from noiser.explainer import explain
from noiser.model.language_model import LanguageModel
from noiser.model.rows import packable
from noiser.request import Request
from tests.engine.cases import PROMPT, one_sentence
from tests.tiny import make_tiny, tiny

FAMILIES = ("llama", "qwen2", "mistral", "gemma2", "gpt2")


def raw(model: LanguageModel, layer: int | None = None, **options: Any) -> np.ndarray:
    found = explain(model, PROMPT, Request(method="value_zeroing", layer=layer), **options)
    return np.array([token.raw for token in found.tokens], dtype=float)


def plain(model: LanguageModel) -> np.ndarray:
    """The definition, (layers, n): values are zeroed where they are made, the whole prompt runs."""
    network: Any = model.network
    ids = torch.tensor([model.read(PROMPT).ids])
    gpt2 = network.config.model_type == "gpt2"
    blocks = network.transformer.h if gpt2 else network.model.layers
    rows = []
    for block in blocks:
        outputs: list[np.ndarray] = []
        keep = block.register_forward_hook(
            lambda _m, _a, out, to=outputs: to.append(
                (out[0] if isinstance(out, tuple) else out)[0, -1].numpy()
            )
        )
        for position in [None, *range(ids.shape[1])]:

            def zero(_m: Any, _a: Any, out: Any, i: int | None = position) -> Any:
                changed = out.clone()
                if i is not None:
                    changed[:, i, -changed.shape[-1] // 3 if gpt2 else 0 :] = 0
                return changed

            made = block.attn.c_attn if gpt2 else block.self_attn.v_proj
            hook = made.register_forward_hook(zero)
            with torch.no_grad():
                network(ids)
            hook.remove()
        keep.remove()
        clean, *zeroed = outputs
        cosines = [x @ clean / math.sqrt((x @ x) * (clean @ clean)) for x in zeroed]
        distances = 1 - np.array(cosines)
        rows.append(distances / distances.sum())
    return np.stack(rows)


@pytest.mark.parametrize("family", FAMILIES)
def test_it_is_what_its_definition_says(family: str) -> None:
    model = make_tiny(family)
    layers = plain(model)
    assert raw(model) == pytest.approx(layers.mean(axis=0), abs=1e-9)
    for layer, expected in enumerate(layers):
        assert raw(model, layer) == pytest.approx(expected, abs=1e-9)
    assert raw(model, -1).tolist() == raw(model, len(layers) - 1).tolist()


def test_one_layer_by_hand() -> None:
    """Attention is even, values are the normalised embeddings themselves, nothing else is added.

    The last position gives (1, 1) + ½ (1, −1) + ½ (1, 1) = (2, 1); without the first token's value
    (1.5, 1.5), without its own (1.5, 0.5). The cosines are 3/√10 and 7/√50.
    """
    shape = {"hidden_size": 2, "num_attention_heads": 1, "num_key_value_heads": 1, "head_dim": 2}
    model = make_tiny("llama", bos=False, num_hidden_layers=1, rms_norm_eps=0.0, **shape)
    block: Any = model.network.base_model.layers[0]
    text = "Rivers run"
    first, last = model.read(text).ids
    with torch.no_grad():
        for silent in (block.self_attn.q_proj, block.self_attn.k_proj, block.mlp.down_proj):
            silent.weight.zero_()
        block.self_attn.v_proj.weight.copy_(torch.eye(2))
        block.self_attn.o_proj.weight.copy_(torch.eye(2))
        embeddings: Any = model.network.get_input_embeddings()
        embeddings.weight[first] = torch.tensor([1.0, -1.0])
        embeddings.weight[last] = torch.tensor([1.0, 1.0])
    other, own = 1 - 3 / math.sqrt(10), 1 - 7 / math.sqrt(50)
    found = explain(model, text, Request(method="value_zeroing"))
    expected = [other / (other + own), own / (other + own)]
    assert [token.raw for token in found.tokens] == pytest.approx(expected, abs=1e-12)
    assert found.options == {"layer": "all"}


@pytest.mark.parametrize("batch", [1, 3, 1000])
def test_batches_do_not_matter(batch: int) -> None:
    model = tiny("gemma2")
    assert raw(model, positions_per_batch=batch) == pytest.approx(raw(model), abs=1e-12)


def test_the_work_is_one_position_for_each_token() -> None:
    model = tiny("qwen2")
    found = explain(model, PROMPT, Request(method="value_zeroing"), positions_per_batch=4)
    n = len(found.tokens)
    assert found.work.token_forwards == n + 1 + (1 + n)
    assert found.work.calls == 1 + 1 + -(-(1 + n) // 4)


def test_the_model_is_left_as_it_was() -> None:
    model = make_tiny("llama")
    raw(model)
    assert not any(module._forward_hooks for module in model.network.modules())
    assert packable(model) is not None


def test_cancelled_between_batches() -> None:
    cancel = threading.Event()
    model = make_tiny("llama")

    def stop(event: Event) -> None:
        if isinstance(event, TokensScored):
            cancel.set()

    with pytest.raises(Cancelled):
        raw(model, positions_per_batch=2, cancel=cancel, emit=stop)
    assert not any(module._forward_hooks for module in model.network.modules())


def test_a_batch_that_memory_ran_out_in_is_run_in_halves(monkeypatch: pytest.MonkeyPatch) -> None:
    from noiser.model import zeroing

    model = make_tiny("llama")
    expected = raw(model)
    real = zeroing.Zeroing.distances

    def tight(self: Any, positions: Any) -> torch.Tensor:
        if len(positions) > 2:
            raise RuntimeError("not enough memory")
        return real(self, positions)

    monkeypatch.setattr(zeroing.Zeroing, "distances", tight)
    seen: list[Event] = []
    assert raw(model, emit=seen.append) == pytest.approx(expected, abs=1e-12)
    assert any(isinstance(event, BatchHalved) for event in seen)


def test_there_is_no_such_layer() -> None:
    with pytest.raises(WrongUse, match="has 2 layers, 0 to 1: there is no layer 2") as error:
        raw(tiny("llama"), 2)
    one_sentence(error.value)


def test_a_model_that_keeps_no_values_says_so() -> None:
    model = make_tiny("llama")
    model.__dict__["prefix_fault"] = "of this test"
    with pytest.raises(NoiserError, match=r"\(llama\) does not give: of this test") as error:
        raw(model)
    one_sentence(error.value)


def test_values_that_turn_nothing_are_doubted() -> None:
    model = make_tiny("llama")
    with torch.no_grad():
        model.network.base_model.layers[1].self_attn.v_proj.weight.zero_()
    both = explain(model, PROMPT, Request(method="value_zeroing"))
    (warning,) = both.warnings
    assert warning.message.startswith("In 1 of 2 layers no value turns the output")
    second = explain(model, PROMPT, Request(method="value_zeroing", layer=1))
    said = " ".join(warning.message for warning in second.warnings)
    assert "Every raw score is exactly 0" in said
    assert [token.score for token in second.tokens] == [0.0] * len(second.tokens)


@pytest.mark.parametrize("family", ["llama", "gemma2"])
def test_an_answer_is_the_mean_over_the_positions_that_predict_it(family: str) -> None:
    model = tiny(family)
    request = Request(method="value_zeroing", layer=0, target=" text too; numbers")
    found = explain(model, PROMPT, request)
    n, length = len(found.tokens), len(found.whole)
    assert length > 2
    steps = np.array([[t.raw for t in step.tokens[:n]] for step in found.continuation], dtype=float)
    among = steps / steps.sum(
        axis=1, keepdims=True
    )  # of the prompt's tokens, the answer's left out
    assert [t.raw for t in found.tokens] == pytest.approx(among.mean(axis=0), abs=1e-9)
