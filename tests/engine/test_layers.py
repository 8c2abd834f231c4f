"""Methods at a layer's output, held against Captum on the embeddings that Inseq drops."""

from __future__ import annotations

import warnings
from typing import Any

import pytest
import torch
from captum.attr import LayerDeepLift, LayerGradientXActivation, LayerIntegratedGradients
from torch import nn

import noiser
from noiser.errors import NoiserError, WrongUse
from noiser.methods import get_method
from noiser.methods.ends import make_ends
from noiser.methods.task import Task
from noiser.model.hidden import decoder_layers
from noiser.request import Request
from tests.engine.cases import PROMPT
from tests.engine.inseqs import FAMILIES, inseq_scores, reduced, task_of, twin
from tests.tiny import make_tiny, tiny

LAYERS = ("layer_gradient_x_activation", "layer_integrated_gradients", "layer_deeplift")
RELU = {"llama": {"hidden_act": "relu"}, "gpt2": {"activation_function": "relu"}}


class Value(nn.Module):
    """What is explained, of embeddings."""

    def __init__(self, task: Task) -> None:
        super().__init__()
        self.network, self.task = task.model.network, task

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        return self.task.objective.value(self.task.model.readings(rows))


def captums(task: Task, layer: int, method: Any, **options: Any) -> Any:
    ends = make_ends(task)
    if method is not LayerGradientXActivation:
        options["baselines"] = ends.start[None]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        one = method(Value(task), decoder_layers(task.model.network)[layer])
        found = one.attribute(ends.end[None].requires_grad_(), **options)
    found = found[0] if isinstance(found, tuple) else found
    return found[0].sum(-1).detach().numpy()


@pytest.mark.parametrize("family", FAMILIES)
def test_gradient_x_activation_is_inseqs(family: str) -> None:
    model = twin(family)
    theirs = inseq_scores(
        model, "layer_gradient_x_activation", PROMPT, decoder_layers(model.network)[0]
    )
    task = task_of(model, PROMPT, method="layer_gradient_x_activation")
    found = get_method(task.request.method).run(task)
    assert found.raw == pytest.approx(reduced(theirs, "sum"), rel=1e-5, abs=1e-7)
    assert found.options == {"layer": 0, "reduction": "sum"}


@pytest.mark.parametrize("family", ["llama", "gpt2"])
@pytest.mark.parametrize("layer", [0, 1])
@pytest.mark.parametrize(
    ("method", "theirs", "options"),
    [
        ("layer_integrated_gradients", LayerIntegratedGradients, {"n_steps": 50}),
        ("layer_deeplift", LayerDeepLift, {}),
    ],
)
def test_numbers_are_captums_on_embeddings(
    family: str, layer: int, method: str, theirs: Any, options: dict[str, int]
) -> None:
    model = make_tiny(family, **RELU[family])
    task = task_of(model, PROMPT, method=method, layer=layer, contrast="id:7")
    expected = captums(task, layer, theirs, **options)
    ours = get_method(method).run(task).raw
    assert ours == pytest.approx(expected, rel=1e-5, abs=1e-7)
    assert abs(ours).max() > 1e-4, "not the zeros of Inseq"


@pytest.mark.parametrize("family", ["llama", "gemma2", "gpt2"])
@pytest.mark.parametrize("target", [{}, {"contrast": "id:7"}])
def test_integrated_gradients_of_a_layer_are_complete(family: str, target: dict[str, str]) -> None:
    request = Request("layer_integrated_gradients", samples=300, **target)
    found = noiser.explain(tiny(family), PROMPT, request)
    assert found.options["completeness_gap"] < 1e-3


def test_the_middle_layer_is_the_default_and_the_last_is_minus_one() -> None:
    model = make_tiny("llama", num_hidden_layers=5)
    for asked, number in ((None, 2), (-1, 4), (0, 0), (-5, 0)):
        found = noiser.explain(model, PROMPT, Request("layer_gradient_x_activation", layer=asked))
        assert found.options["layer"] == number
    with pytest.raises(WrongUse, match="layers 0 to 4"):
        noiser.explain(model, PROMPT, Request("layer_deeplift", layer=5))


@pytest.mark.parametrize("method", LAYERS)
def test_after_the_last_layer_only_the_last_position_counts(method: str) -> None:
    found = noiser.explain(tiny("gpt2"), PROMPT, Request(method, layer=-1))
    raw = [token.raw for token in found.tokens]
    assert raw[:-1] == [0.0] * (len(raw) - 1)
    assert raw[-1] != 0.0
    assert any("Try a lower layer" in warning.message for warning in found.warnings)


def test_what_a_layer_carries_elsewhere_is_told() -> None:
    request = Request("layer_integrated_gradients", target=" Paris and Rome", samples=5)
    found = noiser.explain(tiny("llama"), PROMPT, request)
    assert any("positions that are not explained" in w.message for w in found.warnings)


def test_layers_that_cannot_be_found_are_told() -> None:
    model = make_tiny("llama")
    model.network.model.layers = nn.ModuleList(list(model.network.model.layers) * 2)
    with pytest.raises(NoiserError, match="not kept as a list"):
        decoder_layers(model.network)
