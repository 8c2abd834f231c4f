"""Rows of different starts put one after another, against each row run whole by the model itself."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from noiser.explainer import explain
from noiser.model.language_model import LanguageModel
from noiser.model.packed import attending
from noiser.model.packed.body import PackedBody
from noiser.model.packed.layers import read_decoder
from noiser.model.packed.packing import SPARE, WASTE, Packing
from noiser.model.rows import PackedRows, RectangleRows, make_rows
from noiser.request import Request
from tests.tiny import make_tiny, tiny

LONG = "Rivers run to the sea while mountains stay where they are, mostly."
SLIDING = {"sliding_window": 5, "use_sliding_window": True, "max_window_layers": 1}
SHAPES: dict[str, tuple[str, dict[str, Any]]] = {
    "qwen2": ("qwen2", {}),
    "qwen2, one sliding layer": ("qwen2", SLIDING),
    "llama": ("llama", {}),
    "llama with biases": ("llama", {"attention_bias": True, "mlp_bias": True}),
    "llama, one head of keys per query": ("llama", {"num_key_value_heads": 4}),
    "llama, one layer": ("llama", {"num_hidden_layers": 1}),
    "mistral": ("mistral", {}),
    "mistral without a window": ("mistral", {"sliding_window": None}),
    "qwen3": ("qwen3", {}),
    "gemma": ("gemma", {}),
}
EXACT = {"float64": 1e-12, "float32": 2e-4}


def shaped(name: str, dtype: str = "float64") -> LanguageModel:
    family, options = SHAPES[name]
    model = make_tiny(family, dtype=dtype, **options)
    generator = torch.Generator().manual_seed(1)
    for label, parameter in model.network.named_parameters():
        if label.endswith("bias"):  # zeros as they are made
            parameter.normal_(0, 0.3, generator=generator)
    return model


def changed_rows(
    model: LanguageModel, starts: list[int]
) -> tuple[torch.Tensor, list[torch.Tensor], int]:
    """Packed logits of rows with noise from their start on, and the whole embeddings of each row."""
    embeddings = model.embed(model.read(LONG).ids)
    decoder = read_decoder(model.network)
    _, prefix = model.clean_run(embeddings.unsqueeze(0))
    assert decoder is not None
    assert prefix is not None
    body = PackedBody(decoder, embeddings, prefix.layers)
    packing = body.packing(starts)
    with torch.inference_mode():
        x = body.rows(packing)
        asked = x[: packing.taken]
        asked += 0.1 * torch.randn(asked.shape, generator=torch.Generator().manual_seed(2)).to(x)
        parts = asked.split([len(embeddings) - start for start in starts])
        whole = [
            torch.cat([embeddings[:start], part.clone()])
            for start, part in zip(starts, parts, strict=True)
        ]
        return body.logits(x, packing), whole, len(embeddings)


@pytest.mark.parametrize("dtype", EXACT)
@pytest.mark.parametrize("name", SHAPES)
def test_every_row_is_as_the_model_runs_it_whole(name: str, dtype: str) -> None:
    model = shaped(name, dtype)
    starts = [0, 0, 1, 4, 4, 9, 11, 12, 12, 14]
    logits, whole, length = changed_rows(model, starts)
    assert max(starts) < length
    for row, embeddings in zip(logits, whole, strict=True):
        expected = model.next_logits(embeddings.unsqueeze(0))[0]
        assert (row.log_softmax(-1) - expected.log_softmax(-1)).abs().max() < EXACT[dtype]


@pytest.mark.parametrize("name", SHAPES)
def test_in_bfloat16_it_errs_no_more_than_the_model_does(name: str) -> None:
    """Both against float64, on the same rounded weights and rows."""
    model = shaped(name, "bfloat16")
    logits, whole, _ = changed_rows(model, [0, 3, 3, 11])
    plain = torch.cat([model.next_logits(row.unsqueeze(0)) for row in whole])
    model.network.double()
    right = torch.cat([model.next_logits(row.double().unsqueeze(0)) for row in whole])
    ours, theirs = (
        float((found.double().log_softmax(-1) - right.log_softmax(-1)).abs().mean())
        for found in (logits, plain)
    )
    assert ours < 1.5 * theirs + 1e-3


@pytest.mark.parametrize("name", SHAPES)
def test_the_trial_lets_it_run(name: str) -> None:
    model = shaped(name)
    assert model.packed_fault is None
    embeddings = model.embed(model.read(LONG).ids)
    assert isinstance(make_rows(model, embeddings), PackedRows)


@pytest.mark.parametrize("family", ["gpt2", "gemma2"])
def test_other_families_run_by_their_own_forward(family: str) -> None:
    model = tiny(family)
    assert "another shape" in (model.packed_fault or "")
    embeddings = model.embed(model.read(LONG).ids)
    assert isinstance(make_rows(model, embeddings), RectangleRows)


@pytest.mark.parametrize("name", ["qwen2", "mistral"])
def test_an_explanation_is_the_same_packed_or_not(name: str) -> None:
    model = shaped(name)
    packed = explain(model, LONG)
    model.__dict__["packed_fault"] = "of this test"
    other = explain(model, LONG)
    assert packed.alpha == other.alpha
    assert [t.alpha for t in packed.tokens] == [t.alpha for t in other.tokens]
    ours, theirs = ([t.raw for t in e.tokens] for e in (packed, other))
    assert ours == pytest.approx(theirs, abs=1e-9)
    assert packed.warnings == other.warnings


def test_a_hooked_network_is_called_and_not_read() -> None:
    model = make_tiny("llama")
    assert model.packed_fault is None
    seen: list[int] = []
    handle = model.network.model.layers[1].mlp.register_forward_hook(
        lambda _module, _args, out: seen.append(len(out))
    )
    explain(model, LONG)
    assert max(seen) > 1
    handle.remove()
    count = len(seen)
    explain(model, LONG)
    assert len(seen) == count


def test_a_decoder_that_computes_something_else_is_found_out() -> None:
    """As a family might whose layers have the same names: here the activation is applied twice."""
    model = make_tiny("llama")
    for layer in model.network.model.layers:
        plain = layer.self_attn.forward
        layer.self_attn.forward = lambda *args, plain=plain, **options: (
            1.7 * plain(*args, **options)[0],
            None,
        )
    assert "differ" in (model.packed_fault or "")
    assert model.prefix_fault is None


@given(
    starts=st.lists(st.integers(0, 29), min_size=1, max_size=30).map(sorted),
    length=st.integers(30, 40),
)
def test_packing_by_the_plainest_loops(starts: list[int], length: int) -> None:
    packing = Packing(starts, length, torch.device("cpu"), lambda count: -(-count // 8) * 8)
    positions = [p for start in starts for p in range(start, length)]
    assert packing.positions.tolist()[: packing.taken] == positions
    assert packing.taken == len(positions)
    assert len(packing) == -(-len(positions) // 8) * 8
    assert len(packing.last) == -(-len(starts) // 8) * 8
    # where each row's own positions begin among all
    begins = [sum(length - s for s in starts[:r]) for r in range(len(starts))]
    assert packing.last.tolist()[: len(starts)] == [
        b + length - s - 1 for b, s in zip(begins, starts, strict=True)
    ]
    keys = [
        place if place < start else length + begin + place - start
        for start, begin in zip(starts, begins, strict=True)
        for place in range(length)
    ]
    assert packing.keys(1).tolist() == keys
    of_two = packing.keys(2).view(len(starts), 2, length)
    for head in (0, 1):
        assert of_two[:, head].flatten().tolist() == [2 * key + head for key in keys]


@given(starts=st.lists(st.integers(0, 29), min_size=1, max_size=30).map(sorted))
def test_groups_part_the_rows_and_pad_little(starts: list[int]) -> None:
    length = 30
    packing = Packing(starts, length, torch.device("cpu"))
    rows = [row for group in packing.groups for row in range(len(starts))[group.rows]]
    assert rows == list(range(len(starts)))
    packed = torch.arange(len(packing))
    for group in packing.groups:
        own = packed[group.packed]
        count = group.rows.stop - group.rows.start
        assert count * group.width <= max(WASTE * len(own), len(own) + SPARE)
        if group.padded is None:
            assert len(own) == count * group.width
            continue
        assert group.slots is not None
        # every packed position is in its slot, at the end of its row
        assert own[group.padded][group.slots].tolist() == own.tolist()
        assert (group.slots[-1] + 1) == count * group.width


@pytest.mark.parametrize("family", ["llama", "mistral"])
def test_queries_attend_in_parts_where_their_mask_would_be_large(
    family: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    prompt = "Rivers run to the sea while mountains stay where they are"
    request = Request(bound="none", draws=3, specials="exclude")
    whole = explain(tiny(family), prompt, request)
    made, mask = list[int](), attending._hidden

    def noted(*of: Any) -> torch.Tensor:
        found = mask(*of)
        made.append(found.numel())
        return found

    monkeypatch.setattr(attending, "_hidden", noted)
    monkeypatch.setattr(attending, "SEEN", 50)
    parts = explain(tiny(family), prompt, request)
    assert 0 < max(made) <= 50
    assert [t.raw for t in parts.tokens] == pytest.approx([t.raw for t in whole.tokens], abs=1e-12)
