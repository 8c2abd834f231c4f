"""From raw scores to scores, and how sure they are."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from noiser.draws import FloatArray
from noiser.request import Normalisation

RESAMPLES = 1000
COMPARISONS = 5_000_000
"""Pairs of ranks compared for the stability, about a tenth of a second: all resamples up to 100 tokens."""
AT_ONCE = 250_000
"""Of these at a time: 2 MB, which stay in the processor's cache."""
MANY, FEWEST = 300, 100
"""From so many tokens on each resample is sorted instead, so many resamples of the 1000."""
SAFE_SHARE = 0.05
"""A signed sum below this share of the sum of magnitudes is mostly cancellation: not safe to divide by."""


def normalise(raw: FloatArray, how: Normalisation) -> FloatArray:
    """Scores from raw scores along the last axis; positions without a raw score (NaN) stay NaN.

    `positive`: negatives to 0, then divided by their sum (all 0 when nothing is positive). `sum`:
    divided by the signed sum, whatever its sign, as the released code does. `raw`: unchanged.
    """
    if how == "raw":
        return raw
    kept = np.maximum(raw, 0.0) if how == "positive" else raw
    total = np.nansum(kept, axis=-1, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(total == 0.0, kept * 0.0, kept / total)


def sum_is_safe(raw: FloatArray) -> bool:
    """Whether the signed sum is positive and no mere remainder of cancelling scores."""
    total, magnitude = float(np.nansum(raw)), float(np.nansum(np.abs(raw)))
    return magnitude > 0.0 and total >= SAFE_SHARE * magnitude


def shares(raw: FloatArray) -> FloatArray:
    """How one score is divided among its parts along the last axis: by what of their raw scores is
    positive, evenly where nothing is.
    """
    kept = np.maximum(raw, 0.0)
    total = kept.sum(axis=-1, keepdims=True)
    even = np.full_like(kept, 1 / raw.shape[-1])
    return np.asarray(np.divide(kept, total, out=even, where=total > 0.0))


def resample(losses: FloatArray, seed: int) -> FloatArray | None:
    """Raw scores as other draws might have given them, shape (RESAMPLES, n).

    `losses` is what each draw takes, shape (n, K). The draws are shared by all tokens, so they are
    resampled together; the same seed picks the same draws. None for fewer than two draws.
    """
    draws = losses.shape[1]
    if draws < 2:
        return None
    rng, found = np.random.default_rng(seed), []
    by_draw = np.ascontiguousarray(losses.T)
    size = max(1, AT_ONCE // draws)  # the picks of thousands of draws would be 80 MB
    for begin in range(0, RESAMPLES, size):
        picks = rng.integers(0, draws, size=(min(size, RESAMPLES - begin), draws))
        weights = np.stack([np.bincount(row, minlength=draws) for row in picks]) / draws
        # a product by numpy's own library leaves a thread spinning for 0.1 s, in the next run's way
        found.append(np.einsum("ij,jk->ik", weights, by_draw))
    return np.concatenate(found)


def ends(samples: FloatArray) -> FloatArray:
    """The 95% interval of each column of `samples`, shape (n, 2)."""
    return np.percentile(samples, (2.5, 97.5), axis=0).T


def number(value: float) -> float | None:
    """A score as a record has it: None where there is none (NaN)."""
    return None if math.isnan(value) else float(value)


def pair(values: Sequence[float]) -> tuple[float, float] | None:
    """The two ends of an interval as a record has them: None where either is NaN."""
    low, high = float(values[0]), float(values[1])
    return None if math.isnan(low) or math.isnan(high) else (low, high)


def stability(scores: FloatArray, samples: FloatArray) -> float | None:
    """How much of the ranking other draws would keep: the mean of Kendall's τ-b with each resample's.

    `scores` (n,) are ranked, `samples` (RESAMPLES, n) are the same from resampled draws; columns that
    are NaN are left out. 1: every resample has the same order; 0: they agree no more than by chance. A
    resample in which all are even agrees in nothing, 0. None for fewer than two scores, or all even.
    All resamples are compared up to 100 tokens, COMPARISONS / (n (n - 1) / 2) of them from there to MANY,
    FEWEST beyond. τ-b as in Kendall 1945, "The treatment of ties in ranking problems".
    """
    known = ~np.isnan(scores)
    ranked, resampled = scores[known], samples[:, known]
    if len(np.unique(ranked)) < 2:
        return None
    each = _by_sorting if len(ranked) >= MANY else _by_pairs
    return float(np.mean(np.nan_to_num(each(ranked, resampled))))


def _by_pairs(ranked: FloatArray, samples: FloatArray) -> FloatArray:
    """τ-b with each sample, all pairs of many samples at once: 30 times as fast as scipy for 20 tokens."""
    first, second = np.triu_indices(len(ranked), 1)
    some = samples[: max(1, COMPARISONS // len(first))]
    order = np.sign(ranked[first] - ranked[second])
    untied = float(np.count_nonzero(order))
    size = max(1, AT_ONCE // len(first))
    found = [
        _agreement(order, np.sign(part[:, first] - part[:, second]), untied)
        for part in (some[begin : begin + size] for begin in range(0, len(some), size))
    ]
    return np.concatenate(found)


def _agreement(order: FloatArray, orders: FloatArray, untied: float) -> FloatArray:
    """τ-b of orders (samples, pairs) with one, which has so many pairs that are not tied."""
    pairs = np.count_nonzero(orders, axis=1) * untied
    with np.errstate(invalid="ignore"):
        return np.asarray((orders @ order) / np.sqrt(pairs))


def _by_sorting(ranked: FloatArray, samples: FloatArray) -> FloatArray:
    """The same by scipy, in n log n: the pairs of a long prompt would not fit into memory."""
    from scipy.stats import kendalltau

    return np.array([kendalltau(ranked, one).statistic for one in samples[:FEWEST]])
