"""Runs on one model in several threads at once."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from noiser.explainer import explain
from noiser.explanation import Explanation
from noiser.model.language_model import LanguageModel
from noiser.request import Request
from tests.tiny import make_tiny

PROMPT = "Rivers run to the sea and"
METHODS = (
    "noiser",
    "occlusion",
    "layer_integrated_gradients",
    "layer_gradient_x_activation",
    "deeplift",
    "value_zeroing",
    "attention",
    "attention_rollout",
)
"""Those that leave the network as it is, and those that hook it or set it otherwise for a call."""


@pytest.fixture
def _many_switches() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("_many_switches")
@pytest.mark.parametrize("family", ["llama", "gemma2"])
def test_methods_that_change_the_network_for_a_call_are_seen_by_nobody_else(family: str) -> None:
    def run(model: LanguageModel, method: str) -> Explanation:
        return explain(model, PROMPT, Request(method=method))

    alone = [run(make_tiny(family), method) for method in METHODS]
    model = make_tiny(family)
    with ThreadPoolExecutor(len(METHODS)) as pool:
        together = list(pool.map(lambda method: run(model, method), METHODS))
    assert model.prefix_fault is None
    for one, other in zip(alone, together, strict=True):
        assert [t.raw for t in other.tokens] == pytest.approx([t.raw for t in one.tokens], abs=1e-7)
