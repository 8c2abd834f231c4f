"""LIME: exact where the target is linear, the plain definition elsewhere, and honest where it is not."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from noiser.draws import FloatArray
from noiser.explainer import explain
from noiser.methods.lime import draw_masks, weigh
from noiser.methods.surrogate import fit
from noiser.request import Request
from noiser.scores import resample
from tests.engine.cases import MODELS, ids_of, model_of, prompt_of, specials_of
from tests.engine.stub import attributed, stub_task
from tests.tiny import tiny

EFFECTS = (0.2, 0.0, -0.1, 0.05, 0.3)


def linear(same: frozenset[int]) -> float:
    return 0.4 + sum(EFFECTS[i] for i in same)


def case(seed: int, samples: int, features: int) -> tuple[FloatArray, FloatArray, FloatArray]:
    generator = np.random.RandomState(seed)
    present = generator.random_sample((samples, features)) < 0.5
    return (
        present.astype(np.float64),
        generator.random_sample(samples),
        0.1 + generator.random_sample(samples),
    )


def plainly(features: FloatArray, values: FloatArray, weights: FloatArray) -> FloatArray:
    """Intercept and coefficients by numpy's least squares."""
    roots = np.sqrt(weights)[:, None]
    design = roots * np.column_stack([np.ones(len(values)), features])
    return np.asarray(np.linalg.lstsq(design, roots[:, 0] * values, rcond=None)[0])


def test_a_linear_target_gives_its_coefficients() -> None:
    found = attributed(stub_task(5, linear, method="lime", samples=40))
    assert found.raw == pytest.approx(EFFECTS, abs=1e-12)
    assert found.repeats is not None
    assert np.ptp(found.repeats, axis=1).max() < 1e-9, "it is sure of them"
    assert found.warnings == []
    assert found.options.pop("foretold") == pytest.approx(1.0)
    assert found.options == {"samples": 40, "baseline": "eos"}


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.floats(-0.1, 0.1), min_size=1, max_size=6),
    st.integers(0, 6),
    st.integers(0, 1000),
    st.randoms(use_true_random=False),
)
def test_a_token_nobody_reads_has_0_and_the_order_of_tokens_is_nothing(
    effects: list[float], at: int, seed: int, random: object
) -> None:
    order = [*effects]
    order.insert(min(at, len(order)), 0.0)
    random.shuffle(order)  # type: ignore[attr-defined]
    task = stub_task(
        len(order), lambda same: 0.5 + sum(order[i] for i in same) / 2, method="lime", seed=seed
    )
    assert attributed(task).raw == pytest.approx([effect / 2 for effect in order], abs=1e-10)


def test_the_tokens_of_a_unit_go_together() -> None:
    """Whether one or both of them are there makes no difference to be seen: they never part."""
    members = {0: (0,), 1: (1, 2), 3: (3,)}
    task = stub_task(
        4, lambda same: 0.2 + 0.5 * ({1, 2} <= same), members, method="lime", samples=30
    )
    assert attributed(task).raw == pytest.approx([0.0, 0.5, np.nan, 0.0], abs=1e-12, nan_ok=True)


@pytest.mark.parametrize("seed", range(3))
def test_the_fit_is_least_squares(seed: int) -> None:
    features, values, weights = case(seed, 40, 7)
    found = fit(features, values, weights)
    assert found.coefficients == pytest.approx(plainly(features, values, weights)[1:], abs=1e-12)
    left_out = np.empty(40)
    for i in range(40):
        rest = np.arange(40) != i
        intercept, *slopes = plainly(features[rest], values[rest], weights[rest])
        left_out[i] = values[i] - intercept - features[i] @ slopes
    mean = np.average(values, weights=weights)
    share = 1 - (weights @ left_out**2) / (weights @ (values - mean) ** 2)
    assert found.share == pytest.approx(share, abs=1e-10)


def test_too_few_samples_give_the_shortest_coefficients_that_fit() -> None:
    features, values, weights = case(1, 5, 9)
    found = fit(features, values, weights)
    centred = features - weights @ features / weights.sum()
    mean = weights @ values / weights.sum()
    assert found.coefficients == pytest.approx(np.linalg.pinv(centred) @ (values - mean), abs=1e-10)
    assert found.repeats is None


def test_intervals_are_as_wide_as_other_samples_would_make_them() -> None:
    """Against 400 experiments with samples and errors of their own."""
    truth = np.array([0.3, 0.0, -0.2])

    def once(seed: int) -> tuple[FloatArray, FloatArray, FloatArray]:
        features, _, weights = case(seed, 60, 3)
        noise = np.random.RandomState(seed + 10_000).randn(60)
        return features, features @ truth + 0.1 * noise * (0.5 + features[:, 0]), weights

    spread = np.std([fit(*once(seed)).coefficients for seed in range(400)], axis=0)
    told = []
    for seed in range(40):
        repeats = fit(*once(seed)).repeats
        assert repeats is not None
        drawn = resample(repeats, 1)
        assert drawn is not None
        told.append(drawn.std(axis=0))
    assert np.mean(told, axis=0) == pytest.approx(spread, rel=0.15)


def test_masks_take_away_any_number_of_tokens_and_the_first_stay_when_more_are_drawn() -> None:
    masks = draw_masks(3, 2000, 4)
    assert (draw_masks(3, 10, 4) == masks[:10]).all()
    assert not masks.all(axis=1).any()
    sizes = np.bincount((~masks).sum(axis=1), minlength=5) / 2000
    assert sizes == pytest.approx([0, 0.25, 0.25, 0.25, 0.25], abs=0.04)
    assert masks.mean(axis=0) == pytest.approx([0.375] * 4, abs=0.04)


def test_a_sample_weighs_by_its_cosine_distance() -> None:
    present = np.array([[True] * 4, [True, False, False, False]])
    cosine = 1 / (np.sqrt(1) * np.sqrt(4))  # of (1, 0, 0, 0) and (1, 1, 1, 1)
    assert weigh(present) == pytest.approx([1.0, np.exp(-((1 - cosine) ** 2) / 0.25**2)])


@pytest.mark.parametrize("specials", ["include", "exclude"])
@pytest.mark.parametrize("model", MODELS)
def test_against_whole_rows_of_the_network(model: str, specials: str) -> None:
    """The definition, row by row: embeddings replaced, the network run, least squares."""
    loaded, ids = model_of(model), ids_of(model)
    positions = [i for i in range(len(ids)) if specials == "include" or i not in specials_of(model)]
    found = explain(
        loaded, prompt_of(model), Request(method="lime", samples=50, seed=2, specials=specials)
    )
    network, words = loaded.network, loaded.tokenizer
    id_ = next(
        i for i in (words.unk_token_id, words.pad_token_id, words.eos_token_id) if i is not None
    )
    table = network.get_input_embeddings()
    masks = np.vstack([np.ones((1, len(positions)), bool), draw_masks(2, 50, len(positions))])
    values = []
    with torch.inference_mode():
        for mask in masks:
            rows = table(torch.tensor([ids])).clone()
            for i in (positions[at] for at in np.flatnonzero(~mask)):
                rows[0, i] = table(torch.tensor(id_))
            p = network(inputs_embeds=rows).logits[0, -1].softmax(-1)
            values.append(float(p[found.target.id]))
    expected = plainly(masks.astype(np.float64), np.array(values), weigh(masks))[1:]
    raw = [token.raw for token in found.tokens]
    assert [raw[i] for i in positions] == pytest.approx(expected.tolist(), abs=1e-9)
    assert all(raw[i] is None for i in range(len(ids)) if i not in positions)


def test_a_contrast_is_linear_in_its_two_tokens() -> None:
    def raw(**options: str) -> FloatArray:
        request = Request(method="lime", samples=40, **options)
        tokens = explain(tiny("llama"), "Rivers run to the sea", request).tokens
        return np.array([token.raw for token in tokens], dtype=np.float64)

    apart = raw(target="id:70") - raw(target="id:80")
    assert raw(target="id:70", contrast="id:80") == pytest.approx(apart, abs=1e-12)


def test_in_bfloat16_and_for_a_whole_answer() -> None:
    short = explain(tiny("llama", dtype="bfloat16"), "Rivers run to", Request(method="lime"))
    assert all(token.raw is not None and np.isfinite(token.raw) for token in short.tokens)
    assert all(token.interval is not None for token in short.tokens)
    whole = explain(
        tiny("llama"), "Rivers run to", Request(method="lime", target=" Paris mountains")
    )
    assert any(token.raw for token in whole.tokens)


def test_it_says_when_it_is_not_to_be_believed() -> None:
    def told(formula: object, samples: int | None) -> list[str]:
        task = stub_task(6, formula, method="lime", samples=samples)  # type: ignore[arg-type]
        return [warning.message for warning in attributed(task).warnings]

    (few,) = told(linear_of_six, 4)
    assert few == "4 samples cannot tell 6 tokens apart: the scores are noise. Use 200 or more."
    (few,) = told(linear_of_six, 20)
    assert few == (
        "20 samples are few for 6 tokens, and can look surer than they are: use 200 or more."
    )
    parity = told(lambda same: 0.9 if len(same) % 2 else 0.1, 100)
    assert "foretells" in parity[0]
    assert "work together" in parity[0]
    assert told(lambda same: 0.5, 100) == [], "that every score is 0 is told for all methods"
    assert not attributed(stub_task(6, lambda same: 0.7, method="lime")).raw.any(), "exactly 0"
    assert told(linear_of_six, None) == []


def linear_of_six(same: frozenset[int]) -> float:
    return 0.1 * len(same)


def test_the_only_unit_of_a_prompt_is_in_no_sample_and_more_samples_are_not_advised() -> None:
    asked = Request(method="lime", samples=20, granularity="span", spans=((0, 10),))
    told = [one.message for one in explain(tiny("qwen2", bos=False), "Rivers run", asked).warnings]
    assert any("The only span is in no sample" in one for one in told)
    assert not any("or more" in one for one in told)
