"""Decisions closer than the arithmetic's own noise are counted and told."""

from __future__ import annotations

import math

import pytest
import torch

from noiser.explainer import explain
from noiser.methods import noise
from noiser.opening import parse
from noiser.perturb import Perturber
from noiser.record import to_json
from noiser.request import Request
from noiser.target import Objective
from tests.tiny import tiny

PROMPT = "Rivers run to the sea and"


def test_odds_by_hand() -> None:
    clean = torch.tensor([0.7, 0.2, 0.1])
    means = torch.tensor([[0.6, 0.3, 0.1], [0.2, 0.3, 0.5]])
    alone = Objective(0, None, 0, clean)
    assert alone.odds(means).tolist() == pytest.approx([math.log(2), math.log(0.4)])
    # a target that is not the prediction: what is decided is still about the prediction
    assert Objective(2, None, 0, clean).odds(means).tolist() == alone.odds(means).tolist()
    contrast = Objective(1, 2, 0, clean)
    assert contrast.odds(means).tolist() == pytest.approx([math.log(3), math.log(0.6)])
    assert contrast.margin(means).tolist() == pytest.approx([0.2, -0.2])


@pytest.mark.parametrize(("dtype", "most"), [("float64", 1e-12), ("float32", 1e-3)])
def test_rounding_is_that_of_the_precision(dtype: str, most: float) -> None:
    model = tiny("llama", dtype=dtype)
    assert Perturber(model, model.read(PROMPT).ids).rounding < most


def test_bfloat16_rounds_far_more_than_float32() -> None:
    coarse, fine = (
        Perturber(tiny("llama", dtype=dtype), tiny("llama").read(PROMPT).ids).rounding
        for dtype in ("bfloat16", "float32")
    )
    assert coarse > 100 * fine


@pytest.mark.parametrize("search", ["exact", "fast"])
def test_close_decisions_are_counted_and_said(search: str, monkeypatch: pytest.MonkeyPatch) -> None:
    model = tiny("llama")
    plain = explain(model, PROMPT, Request(search=search))
    assert plain.close_decisions == 0
    assert plain.rounding is not None
    # as if rounding were so large that every decision is within it
    monkeypatch.setattr(noise, "CLOSE", 1e30)
    coarse = explain(model, PROMPT, Request(search=search))
    assert coarse.close_decisions > 10
    (told,) = [w.message for w in coarse.warnings if "closer than the rounding" in w.message]
    assert told.startswith(f"{coarse.close_decisions} decisions")
    assert parse(to_json(coarse).encode(), "it") == coarse


def test_without_a_search_nothing_is_decided() -> None:
    explanation = explain(tiny("llama"), PROMPT, Request(bound="none"))
    assert explanation.rounding is None
    assert explanation.close_decisions == 0
