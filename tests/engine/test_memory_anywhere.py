"""Memory that runs out in whatever operation ends in the same numbers, or in one sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from noiser.errors import NoiserError
from noiser.explainer import explain
from noiser.methods import METHODS
from noiser.metrics.measure import measure
from noiser.model.language_model import LanguageModel
from noiser.request import Request
from tests.engine.cases import one_sentence
from tests.tiny import make_tiny

PROMPT = "Rivers run to the sea and"
SAMPLES = {"reagent": 2, "lime": 20, "sequential_integrated_gradients": 2}


class Full(TorchDispatchMode):  # type: ignore[misc]
    """Memory runs out in the operation counted `at`, and, where it does not `recover`, in all later ones."""

    def __init__(self, at: int | None = None, *, recover: bool = True) -> None:
        super().__init__()
        self.count, self._at, self._recover = 0, at, recover

    def __torch_dispatch__(
        self,
        func: Any,
        types: Sequence[type],
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        self.count += 1
        if self._at is not None and (
            self.count == self._at or (self.count > self._at and not self._recover)
        ):
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return func(*args, **(kwargs or {}))


def fresh() -> LanguageModel:
    """A model whose trials are behind it."""
    model = make_tiny("llama")
    assert model.prefix_fault is None
    assert model.packed_fault is None
    return model


@pytest.mark.parametrize("recover", [True, False])
@pytest.mark.parametrize("method", METHODS)
def test_memory_that_runs_out_anywhere_in_a_run(method: str, recover: bool) -> None:
    request, model = Request(method=method, samples=SAMPLES.get(method)), fresh()
    with Full() as counted:
        whole = explain(model, PROMPT, request)
    for share in (0.01, 0.2, 0.5, 0.8, 0.99):
        model = fresh()
        try:
            with Full(1 + int(share * (counted.count - 1)), recover=recover):
                found = explain(model, PROMPT, request)
        except NoiserError as error:
            assert "Out of memory on cpu" in one_sentence(error)  # noqa: PT017 - one of two ends
        else:
            raw = [token.raw for token in found.tokens]
            assert raw == pytest.approx([token.raw for token in whole.tokens], abs=1e-9)


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9])
def test_memory_that_runs_out_anywhere_in_measuring(share: float) -> None:
    model = fresh()
    explanation = explain(model, PROMPT, Request(bound="none"))
    with Full() as counted:
        measure(model, explanation)
    model, at = fresh(), 1 + int(share * (counted.count - 1))
    with (
        Full(at, recover=False),
        pytest.raises(NoiserError, match="Out of memory on cpu with") as caught,
    ):
        measure(model, explanation)
    one_sentence(caught.value)
