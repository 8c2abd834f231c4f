"""Products with a layer's weights, by either library, against the same sums in float64."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch
from torch import nn
from torch.nn import functional
from transformers.activations import SiLUActivation

from noiser.model.packed import attending, body, laid, products
from noiser.model.packed.layers import Decoder
from noiser.model.packed.norms import Map
from tests.engine.test_packed import EXACT, changed_rows, shaped

LIBRARIES = ["onednn", "torch"]


@pytest.fixture(params=LIBRARIES)
def library(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "onednn" and not products.has_onednn():
        pytest.skip("this processor has no AVX-512, or this torch not oneDNN's products")
    monkeypatch.setattr(products, "has_onednn", lambda: request.param == "onednn")
    return str(request.param)


def linears(bias: bool) -> Iterator[nn.Linear]:
    generator = torch.Generator().manual_seed(5)
    for inner, outer in ((24, 40), (24, 40), (40, 24)):
        linear = nn.Linear(inner, outer, bias=bias)
        for parameter in linear.parameters():
            nn.init.normal_(parameter, generator=generator).requires_grad_(False)
        yield linear


def wide(linear: nn.Linear, x: torch.Tensor) -> torch.Tensor:
    """The projection in float64."""
    bias = None if linear.bias is None else linear.bias.double()
    return functional.linear(x.double(), linear.weight.double(), bias)


@pytest.mark.parametrize("rows", [1, 7, 300])
@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("activation", [nn.SiLU(), SiLUActivation(), nn.GELU(), torch.tanh])
@torch.inference_mode()
def test_both_libraries_compute_the_same(
    library: str, rows: int, bias: bool, activation: Map
) -> None:
    gate, up, down = linears(bias)
    x = torch.randn(rows, 24, generator=torch.Generator().manual_seed(6))
    before = x.clone()
    inside = products.gated(gate, up, x, activation)
    right = activation(wide(gate, x)) * wide(up, x)
    assert torch.equal(x, before)
    assert (products.mapped(up, x) - wide(up, x)).abs().max() < 1e-4
    assert (inside - right).abs().max() < 1e-4 * right.abs().max()
    onto = products.added(down, inside.clone(), x.clone())
    expected = wide(down, inside) + before
    assert (onto - expected).abs().max() < 1e-5 * expected.abs().max()


def test_the_activation_of_the_usual_families_goes_with_its_product(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    after: list[str] = []

    def note(x: torch.Tensor, linear: nn.Linear, how: str, *other: torch.Tensor) -> torch.Tensor:
        after.append(how)
        plain = linear(x)
        return {
            "none": lambda: plain,
            "swish": lambda: functional.silu(plain),
            "add": lambda: plain + other[0],
            "mul": lambda: plain * other[0],
        }[how]()

    monkeypatch.setattr(products, "has_onednn", lambda: True)
    monkeypatch.setattr(products, "_onednn", note)
    for family in ("qwen2", "llama", "mistral", "qwen3"):
        model = shaped(family, "float32")
        after.clear()
        changed_rows(model, [0, 3])
        layers = len(model.network.model.layers)
        assert after.count("swish") == after.count("mul") == layers


def test_few_numbers_of_rows_are_run_and_none_is_lost() -> None:
    asked = range(1, 4097)
    run = [products.rows_run(count) for count in asked]
    assert all(count <= many for count, many in zip(asked, run, strict=True))
    assert len(set(run)) <= 32
    assert products.rows_run(products.CHUNK) == products.CHUNK
    assert [products.rows_run(count) for count in (1, 9, 33, 65, 1025)] == [8, 16, 64, 128, 1280]


@pytest.mark.parametrize("count", [1, 40, 1024, 1025, 820, 4096])
def test_no_part_of_what_is_filled_is_filled_again(
    count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(products, "has_onednn", lambda: True)
    x = torch.empty(products.filled(count, torch.empty(1)), 1)
    assert count <= len(x) < count + products.STEP
    for part in products.slices(x):
        assert products.rows_run(len(x[part])) == len(x[part])


def test_rows_are_the_same_in_whatever_parts_they_go(
    library: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    starts = [0, 1, 4, 4, 9, 11]
    whole, _, _ = changed_rows(shaped("qwen2", "float32"), starts)
    monkeypatch.setattr(products, "CHUNK", 5)
    parts, _, _ = changed_rows(shaped("qwen2", "float32"), starts)
    assert (parts.log_softmax(-1) - whole.log_softmax(-1)).abs().max() < EXACT["float32"]


def test_float64_and_other_processors_go_by_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> torch.Tensor:
        raise AssertionError("oneDNN was asked")

    monkeypatch.setattr(products, "_onednn", never)
    monkeypatch.setattr(products, "has_onednn", lambda: True)
    changed_rows(shaped("llama", "float64"), [0, 3])
    monkeypatch.setattr(products, "has_onednn", lambda: False)
    changed_rows(shaped("llama", "float32"), [0, 3])


def test_the_trial_wants_avx512_and_draws_no_random_numbers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = torch.get_rng_state()
    products.has_onednn.cache_clear()
    products.has_onednn()
    assert torch.equal(torch.get_rng_state(), before)
    monkeypatch.setattr(torch.backends.cpu, "get_cpu_capability", lambda: "AVX2")
    products.has_onednn.cache_clear()
    assert not products.has_onednn()
    products.has_onednn.cache_clear()


def test_products_that_are_gone_or_wrong_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.backends.cpu, "get_cpu_capability", lambda: "AVX512")

    def gone(*_: object) -> torch.Tensor:
        raise AttributeError("no such product")

    def wrong(x: torch.Tensor, linear: nn.Linear, *_: object) -> torch.Tensor:
        return linear(x) + 1.0

    for one in (gone, wrong):
        products.has_onednn.cache_clear()
        monkeypatch.setattr(products, "_onednn", one)
        assert not products.has_onednn()
    products.has_onednn.cache_clear()


@pytest.mark.parametrize("name", ["qwen2", "qwen2, one sliding layer", "llama"])
@pytest.mark.parametrize("scores", [0, 40, 2**20])
def test_attention_by_products_is_that_of_the_kernel(
    name: str, scores: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of no rows, of one at a time and of all at once; `changed_rows` gives what was noised whole."""
    monkeypatch.setattr(attending, "MANY", 1)
    monkeypatch.setattr(attending, "SCORES", scores)
    model = shaped(name)
    logits, whole, _ = changed_rows(model, [0, 0, 1, 4, 4, 9, 11, 12])
    for row, embeddings in zip(logits, whole, strict=True):
        expected = model.next_logits(embeddings.unsqueeze(0))[0]
        assert (row.log_softmax(-1) - expected.log_softmax(-1)).abs().max() < EXACT["float64"]


@pytest.mark.skipif(not products.has_onednn(), reason="this processor does not go by oneDNN")
def test_weights_laid_out_change_no_bit(monkeypatch: pytest.MonkeyPatch) -> None:
    starts = [0, 1, 4, 4, 9, 11]
    plain, _, _ = changed_rows(shaped("llama with biases", "float32"), starts)
    laid_out, made = laid.laid_out, list[bool]()

    def note(decoder: Decoder) -> Decoder:
        found = laid_out(decoder)
        made.append(found is not decoder)
        return found

    monkeypatch.setattr(body, "WORTH", 0)
    monkeypatch.setattr(body, "laid_out", note)
    model = shaped("llama with biases", "float32")
    assert torch.equal(changed_rows(model, starts)[0], plain)
    with torch.inference_mode():
        model.network.model.layers[0].mlp.up_proj.weight.data.mul_(1.5)
    assert not torch.equal(changed_rows(model, starts)[0], plain), "laid out anew for each prompt"
    monkeypatch.setattr(laid, "MOST", 1000)
    changed_rows(model, starts)
    assert made == [True, True, False]
