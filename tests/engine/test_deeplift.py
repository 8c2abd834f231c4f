"""DeepLIFT: exact where its rule is, Captum's numbers elsewhere, and its gap told."""

from __future__ import annotations

import pytest
import torch
from captum.attr._core import deep_lift
from torch import nn

import noiser
from noiser.methods import get_method
from noiser.methods.rescale import activations, rescaled
from noiser.request import Request
from tests.engine.cases import PROMPT
from tests.engine.inseqs import inseq_scores, reduced, task_of, twin
from tests.tiny import tiny

RELU = {
    "llama": {"hidden_act": "relu"},
    "qwen2": {"hidden_act": "relu"},
    "gpt2": {"activation_function": "relu"},
    "gemma": {"hidden_act": "tanh"},
}


class Elementwise(nn.Module):
    """Linear maps and activations, one of which is used twice: there the rescale rule is exact."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.first, self.second = nn.Linear(5, 7), nn.Linear(7, 6)
        self.third = nn.Linear(6, 1)
        self.shared, self.last = nn.SiLU(), nn.GELU()
        self.double()

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        inner = self.shared(self.second(self.shared(self.first(rows))))
        return self.last(self.third(inner))[:, 0]


def test_where_the_rule_is_exact_the_attributions_sum_to_the_difference() -> None:
    network = Elementwise()
    here, there = torch.randn(2, 1, 5, dtype=torch.float64).unbind()
    leaf = here.clone().requires_grad_()
    with rescaled(network):
        (multipliers,) = torch.autograd.grad(network(torch.cat([leaf, there]))[0], leaf)
    with torch.no_grad():
        expected = float(network(here) - network(there))
    assert float((multipliers * (here - there)).sum()) == pytest.approx(expected, rel=1e-12)
    assert not any(module._forward_hooks for module in network.modules())


def test_a_hand_computed_multiplier() -> None:
    """relu(x) from −1 to 3 has the slope 3/4 there, and where nothing changes its derivative."""
    network = nn.Sequential(nn.ReLU())
    leaf = torch.tensor([[3.0, 2.0]], requires_grad=True)
    there = torch.tensor([[-1.0, 2.0]])
    with rescaled(network):
        (multipliers,) = torch.autograd.grad(network(torch.cat([leaf, there]))[0].sum(), leaf)
    assert multipliers.tolist() == [[0.75, 1.0]]


@pytest.mark.parametrize("family", RELU)
def test_numbers_are_inseqs_where_captum_knows_the_activation(family: str) -> None:
    model = twin(family, **RELU[family])
    theirs = inseq_scores(model, "deeplift", PROMPT)
    for how in ("sum", "l2"):
        ours = get_method("deeplift").run(task_of(model, PROMPT, method="deeplift", reduction=how))
        assert ours.raw == pytest.approx(reduced(theirs, how), rel=1e-5, abs=1e-7)


@pytest.mark.parametrize("family", ["llama", "gpt2", "gemma"])
def test_numbers_are_captums_once_it_knows_the_activation(
    family: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has no rule for SiLU and GELU, and takes the gradient there without a word."""
    model = twin(family)
    (known,) = {type(module) for module in activations(model.network)}
    monkeypatch.setitem(deep_lift.SUPPORTED_NON_LINEAR, known, deep_lift.nonlinear)
    theirs = inseq_scores.__wrapped__(model, "deeplift", PROMPT)
    ours = get_method("deeplift").run(task_of(model, PROMPT, method="deeplift"))
    assert ours.raw == pytest.approx(reduced(theirs, "sum"), rel=1e-5, abs=1e-7)


def test_the_gap_is_told() -> None:
    found = noiser.explain(tiny("llama"), PROMPT, Request("deeplift"))
    assert found.options["completeness_gap"] > 0.05
    assert any("The rule is exact for activations" in w.message for w in found.warnings)


def test_a_network_without_activation_modules_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    for place in ("rescale", "deeplift"):
        monkeypatch.setattr(f"noiser.methods.{place}.activations", lambda network: [])
    found = noiser.explain(tiny("llama"), PROMPT, Request("deeplift"))
    assert any("gradient × (input − baseline)" in w.message for w in found.warnings)
