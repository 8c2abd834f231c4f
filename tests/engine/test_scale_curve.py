"""The curve over α against what the search found, and against noise put on by hand."""

from __future__ import annotations

import threading

import numpy as np
import pytest
import torch

from noiser.draws import make_draws
from noiser.errors import Cancelled, WrongUse
from noiser.explainer import explain
from noiser.model.language_model import LanguageModel
from noiser.request import Request
from noiser.scale_curve import ScaleCurve, scale_curve
from tests.tiny import FAMILIES, tiny

TEXT = "The capital of France is Paris and the sea is"


@pytest.fixture(scope="module", params=FAMILIES)
def model(request: pytest.FixtureRequest) -> LanguageModel:
    return tiny(request.param)


def by_hand(
    model: LanguageModel,
    ids: tuple[int, ...],
    positions: tuple[int, ...],
    scale: float,
    target: int,
) -> np.ndarray:
    """p(target) under each draw of seed 1 at one scale, with one plain forward for each."""
    draws = torch.from_numpy(make_draws(1, 10, model.dim)) * model.noise_factor
    clean = model.embed(ids)
    found = []
    for draw in draws:
        changed = clean.clone()
        changed[list(positions)] += scale * draw
        logits = model.next_logits(changed.unsqueeze(0))
        found.append(float(torch.softmax(logits, dim=-1)[0, target]))
    return np.array(found)


@pytest.mark.parametrize("bound", ["min", "per-token"])
def test_it_passes_through_what_was_scored(model: LanguageModel, bound: str) -> None:
    explanation = explain(model, TEXT, Request(bound=bound))
    for position in (0, 3, len(explanation.tokens) - 1):
        token = explanation.tokens[position]
        curve = scale_curve(model, explanation, position, points=5)
        assert curve.positions == (position,)
        assert curve.alpha == token.scale
        assert token.scale is not None
        assert token.raw is not None
        assert curve.clean == pytest.approx(explanation.target.probability, abs=1e-12)
        if token.scale == 0.0:
            continue
        assert curve.at(token.scale) == pytest.approx(curve.clean - token.raw, abs=1e-9)
        assert curve.intervals is not None
        assert token.raw_interval is not None
        low, high = curve.intervals[curve.scales.index(token.scale)]
        assert (curve.clean - high, curve.clean - low) == pytest.approx(
            token.raw_interval, abs=1e-9
        )
        assert token.alpha is not None
        held = dict(zip(curve.scales, curve.holds, strict=True))
        if token.alpha[0] > 0.0:
            assert held[token.alpha[0]], "it held at the low end of its bracket"


def test_every_point_is_the_mean_over_the_draws(model: LanguageModel) -> None:
    explanation = explain(model, TEXT)
    curve = scale_curve(model, explanation, 4, points=4)
    ids = tuple(token.id for token in explanation.tokens)
    for scale, mean in zip(curve.scales, curve.means, strict=True):
        values = by_hand(model, ids, (4,), scale, explanation.target.id)
        assert mean == pytest.approx(values.mean(), abs=1e-9)
    steps = np.diff(np.log(curve.scales))
    assert (steps > 0).all()
    assert curve.scales[-1] == 1.0


def test_a_unit_has_its_noise_together_unless_it_was_looked_into() -> None:
    model = tiny("qwen2")
    explanation = explain(model, "Zanzibar is far. " + TEXT, Request(granularity="word"))
    ids = tuple(token.id for token in explanation.tokens)
    unit = max(explanation.units, key=lambda one: one.last - one.first)
    assert unit.last > unit.first
    curve = scale_curve(model, explanation, unit.last, points=3)
    together = tuple(range(unit.first, unit.last + 1))
    assert (curve.positions, curve.text) == (together, unit.text)
    values = by_hand(model, ids, together, 1.0, explanation.target.id)
    assert curve.at(1.0) == pytest.approx(values.mean(), abs=1e-9)
    text = "The sea is wide. The capital of France is Paris. The river runs to"
    zoomed = explain(model, text, Request(granularity="sentence", zoom=1))
    assert zoomed.zoom is not None
    inside = scale_curve(model, zoomed, zoomed.units[zoomed.zoom.units[0]].last, points=3)
    (at,) = inside.positions
    token = zoomed.tokens[at]
    assert token.scale
    assert token.raw is not None
    assert inside.at(token.scale) == pytest.approx(inside.clean - token.raw, abs=1e-9)


@pytest.mark.parametrize(
    "request_", [Request(contrast="id:9"), Request(norm="inf"), Request(draws=1), Request(seed=5)]
)
def test_it_is_of_what_was_asked(request_: Request) -> None:
    model = tiny("llama")
    explanation = explain(model, TEXT, request_)
    curve: ScaleCurve = scale_curve(model, explanation, 2, points=3)
    token = explanation.tokens[2]
    assert curve.draws == request_.draws
    assert (curve.intervals is None) is (request_.draws == 1)
    assert token.scale
    assert token.raw is not None
    assert curve.at(token.scale) == pytest.approx(curve.clean - token.raw, abs=1e-9)


def test_another_method_has_a_curve_without_a_scale_of_its_own() -> None:
    model = tiny("qwen2")
    curve = scale_curve(model, explain(model, TEXT, Request(method="occlusion")), 1, points=4)
    assert curve.alpha is None
    assert len(curve.scales) == 4


def test_what_cannot_be_drawn() -> None:
    model = tiny("llama")
    explanation = explain(model, TEXT, Request(specials="exclude"))
    special = next(i for i, token in enumerate(explanation.tokens) if token.special)
    for position, points, says in (
        (999, 5, "no token 999"),
        (special, 5, "left out"),
        (2, 1, "at least 2"),
    ):
        with pytest.raises(WrongUse, match=says):
            scale_curve(model, explanation, position, points)
    cancel = threading.Event()
    cancel.set()
    with pytest.raises(Cancelled):
        scale_curve(model, explanation, 2, cancel=cancel)
    with pytest.raises(WrongUse, match="another model"):
        scale_curve(tiny("qwen2"), explanation, 2)
