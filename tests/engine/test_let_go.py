"""What a run held is gone when it ends, without waiting for the collector, which counts no bytes."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator
from typing import Any

import pytest

from noiser.explainer import explain
from noiser.methods import METHODS
from noiser.metrics.measure import measure
from noiser.perturb import Perturber
from noiser.request import Request
from tests.tiny import tiny

SAMPLES = {"reagent": 2, "lime": 20}


@pytest.fixture
def _no_collector() -> Iterator[None]:
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def perturbers(monkeypatch: pytest.MonkeyPatch) -> list[weakref.ref[Perturber]]:
    """Those that are made from now on."""
    made: list[weakref.ref[Perturber]] = []
    begin = Perturber.__init__

    def noted(self: Perturber, *of: Any, **options: Any) -> None:
        begin(self, *of, **options)
        made.append(weakref.ref(self))

    monkeypatch.setattr(Perturber, "__init__", noted)
    return made


@pytest.mark.usefixtures("_no_collector")
@pytest.mark.parametrize("method", METHODS)
def test_a_run_leaves_no_tensors_behind(method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    made = perturbers(monkeypatch)
    explain(
        tiny("llama"), "Rivers run to the sea", Request(method=method, samples=SAMPLES.get(method))
    )
    assert made
    assert not any(one() is not None for one in made)


@pytest.mark.usefixtures("_no_collector")
def test_metrics_leave_no_tensors_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    run = explain(tiny("llama"), "Rivers run to the sea", Request(method="random", generate=2))
    made = perturbers(monkeypatch)
    measure(tiny("llama"), run, masks=2)
    assert len(made) == 2
    assert not any(one() is not None for one in made)
