"""95% bootstrap intervals of means and of what is made from them (Efron 1979, percentile method)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from noiser.draws import FloatArray
from noiser.metrics.results import Number
from noiser.scores import RESAMPLES


def resampling(count: int, seed: int | Sequence[int]) -> FloatArray:
    """How much each of `count` things weighs in a mean over things drawn again, (RESAMPLES, count)."""
    picks = np.random.default_rng(seed).integers(0, count, size=(RESAMPLES, count))
    shifted = picks + count * np.arange(RESAMPLES)[:, None]
    weights = np.bincount(shifted.reshape(-1), minlength=RESAMPLES * count)
    return weights.reshape(RESAMPLES, count) / count


def ends(values: FloatArray) -> tuple[float, float] | None:
    """The 95% interval of resampled values; None where one of its ends is not a finite number.

    Resamples that are undefined (NaN) may be anything: they count as low for the lower end and as high
    for the upper one.
    """
    undefined = np.isnan(values)
    # no interpolation: between an infinite value and another there is nothing
    low = float(np.percentile(np.where(undefined, -np.inf, values), 2.5, method="lower"))
    high = float(np.percentile(np.where(undefined, np.inf, values), 97.5, method="higher"))
    return (low, high) if np.isfinite(low) and np.isfinite(high) else None


def number(value: float, resamples: FloatArray | None) -> Number:
    """A number with the interval of its resamples; None for what is not defined."""
    if not np.isfinite(value):
        return Number(None)
    return Number(float(value), None if resamples is None else ends(resamples))


def mean(values: Sequence[float | None], seed: int = 1) -> Number:
    """The mean over samples with its interval over samples; not defined where one of them is not."""
    known = np.array([np.nan if value is None else value for value in values], dtype=float)
    if not len(known):
        return Number(None)
    return number(known.mean(), resampling(len(known), seed) @ known if len(known) > 1 else None)
