"""Normalising raw scores: what the words positive, sum and raw promise, and the intervals."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from noiser import scores as scores_module
from noiser.draws import FloatArray
from noiser.request import Normalisation
from noiser.scores import ends, normalise, resample, shares, stability, sum_is_safe
from tests.engine import plain

SIZES = st.integers(1, 8)
PROBABILITIES = st.floats(-1, 1, allow_subnormal=False).map(lambda x: 0.0 if abs(x) < 1e-12 else x)
RAW = arrays(np.float64, SIZES, elements=st.one_of(PROBABILITIES, st.just(math.nan)))


@given(RAW)
def test_positive_scores_are_shares_of_what_is_positive(raw: FloatArray) -> None:
    scores = normalise(raw, "positive")
    known = ~np.isnan(raw)
    assert (np.isnan(scores) == ~known).all()
    assert (scores[known] >= 0).all()
    assert (scores[known & (np.nan_to_num(raw) <= 0)] == 0).all()
    if (np.nan_to_num(raw) > 0).any():
        assert np.nansum(scores) == pytest.approx(1)
    else:
        assert (scores[known] == 0).all()


@given(RAW)
def test_sum_scores_add_up_to_1_where_there_is_a_sum(raw: FloatArray) -> None:
    scores = normalise(raw, "sum")
    known = ~np.isnan(raw)
    assert (np.isnan(scores) == ~known).all()
    total = np.nansum(raw)
    if total == 0:
        assert (scores[known] == 0).all()
    elif abs(total) > 1e-6:
        assert np.nansum(scores) == pytest.approx(1)


@pytest.mark.parametrize("how", ["positive", "sum", "raw"])
@given(raw=RAW)
def test_it_is_the_plain_normalisation(how: str, raw: FloatArray) -> None:
    ours = normalise(raw, how)  # type: ignore[arg-type]
    total = math.fsum(x for x in raw if not math.isnan(x))
    if how == "sum" and abs(total) < 1e-6:
        return  # rounding decides what is left of a sum that cancels
    assert ours.tolist() == pytest.approx(plain.normalised(raw.tolist(), how), nan_ok=True)


@given(RAW)
def test_raw_scores_stay_as_they_are(raw: FloatArray) -> None:
    np.testing.assert_array_equal(normalise(raw, "raw"), raw)


@given(RAW)
def test_order_is_kept_among_positive_scores(raw: FloatArray) -> None:
    scores = normalise(raw, "positive")
    for i in range(len(raw)):
        for j in range(len(raw)):
            if raw[i] > raw[j]:
                assert scores[i] >= scores[j]


@pytest.mark.parametrize(
    ("raw", "safe"),
    [
        ([0.2, 0.1], True),
        ([0.2, -0.1], True),
        ([0.1, -0.099], False),
        ([-0.2, 0.1], False),
        ([0.0, 0.0], False),
        ([0.2, math.nan], True),
    ],
)
def test_a_signed_sum_is_safe_when_it_is_positive_and_no_remainder(
    raw: list[float], safe: bool
) -> None:
    assert sum_is_safe(np.array(raw)) is safe


@given(arrays(np.float64, st.tuples(SIZES, st.integers(2, 12)), elements=PROBABILITIES))
def test_intervals_are_ordered_and_inside_what_the_draws_span(losses: FloatArray) -> None:
    samples = resample(losses, seed=1)
    assert samples is not None
    scores, raw = ends(normalise(samples, "positive")), ends(samples)
    assert (scores[:, 0] <= scores[:, 1]).all()
    assert ((scores >= 0) & (scores <= 1 + 1e-12)).all()
    assert (raw[:, 0] <= raw[:, 1]).all()
    assert (raw[:, 0] >= losses.min(axis=1) - 1e-12).all()
    assert (raw[:, 1] <= losses.max(axis=1) + 1e-12).all()


def test_intervals_need_two_draws_and_leave_out_what_has_no_score() -> None:
    assert resample(np.array([[0.1], [0.2]]), seed=1) is None
    samples = resample(np.array([[0.1, 0.2], [np.nan, np.nan]]), seed=1)
    assert samples is not None
    assert np.isnan(ends(normalise(samples, "positive"))).tolist() == [[False] * 2, [True] * 2]
    assert np.isnan(ends(samples)).tolist() == [[False] * 2, [True] * 2]


@given(arrays(np.float64, st.tuples(SIZES, SIZES), elements=PROBABILITIES))
def test_shares_divide_one_by_what_is_positive(raw: FloatArray) -> None:
    for row, found in zip(raw, shares(raw), strict=True):
        positive = [max(0.0, x) for x in row.tolist()]
        even = [1 / len(row)] * len(row)
        total = sum(positive)
        assert found.tolist() == pytest.approx([x / total for x in positive] if total else even)
        assert found.sum() == pytest.approx(1)


def test_intervals_cover_the_mean_of_the_draws() -> None:
    """About 95 of 100 intervals from 40 normal losses hold the true mean."""
    losses = np.random.default_rng(0).normal(0.3, 0.1, size=(400, 40))
    samples = resample(losses, seed=1)
    assert samples is not None
    raw = ends(samples)
    covered = ((raw[:, 0] <= 0.3) & (raw[:, 1] >= 0.3)).mean()
    assert 0.88 < covered < 0.99


def kendall(scores: FloatArray, samples: FloatArray) -> float | None:
    """The mean τ-b by scipy; an even resample agrees in nothing."""
    from scipy.stats import kendalltau

    if len(set(scores.tolist())) < 2:
        return None
    found = [float(kendalltau(scores, one).statistic) for one in samples]
    return math.fsum(0.0 if math.isnan(one) else one for one in found) / len(found)


@given(
    arrays(np.float64, st.tuples(st.integers(1, 9), st.integers(2, 8)), elements=PROBABILITIES),
    st.sampled_from(["positive", "sum", "raw"]),
)
@settings(max_examples=20, deadline=None)
def test_stability_is_the_mean_of_scipys_tau(losses: FloatArray, how: Normalisation) -> None:
    samples = resample(losses, seed=1)
    assert samples is not None
    scores, drawn = normalise(losses.mean(axis=1), how), normalise(samples[:100], how)
    expected = kendall(scores, drawn)
    found = stability(scores, drawn)
    assert found == (None if expected is None else pytest.approx(expected, abs=1e-12))


def test_stability_by_hand() -> None:
    """Of the pairs of 3, 2, 1 the first sample keeps all, the second two of three, the last none."""
    samples = np.array([[3.0, 2.0, 1.0], [2.0, 3.0, 1.0], [0.0, 0.0, 0.0]])
    assert stability(np.array([3.0, 2.0, 1.0]), samples) == pytest.approx((1 + 1 / 3 + 0) / 3)
    tied = stability(np.array([1.0, 1.0, 0.0]), np.array([[2.0, 1.0, 0.0]]))
    assert tied == pytest.approx(2 / math.sqrt(2 * 3))


def test_stability_is_none_where_there_is_nothing_to_rank() -> None:
    assert stability(np.array([0.5]), np.array([[0.5]])) is None
    assert stability(np.array([0.5, 0.5]), np.array([[0.5, 0.4]])) is None
    assert stability(np.array([0.5, math.nan]), np.array([[0.5, math.nan]])) is None
    left = stability(np.array([0.5, math.nan, 0.2]), np.array([[0.5, math.nan, 0.1]]))
    assert left == 1.0


def test_stability_of_many_tokens_compares_fewer_resamples(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of 30 tokens, 435 pairs, all 100 resamples; with room for 9,000 pairs 20 of them."""
    rng = np.random.default_rng(0)
    scores = rng.normal(size=30)
    samples = scores + rng.normal(size=(100, 30))
    assert stability(scores, samples) == pytest.approx(kendall(scores, samples))
    monkeypatch.setattr(scores_module, "COMPARISONS", 9_000)
    assert stability(scores, samples) == pytest.approx(kendall(scores, samples[:20]))
    monkeypatch.setattr(scores_module, "MANY", 30)
    monkeypatch.setattr(scores_module, "FEWEST", 10)
    assert stability(scores, samples) == pytest.approx(kendall(scores, samples[:10]))
