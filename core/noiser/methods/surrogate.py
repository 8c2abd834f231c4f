"""A weighted linear model of what was seen, and how far it is to be trusted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from noiser.draws import FloatArray

LEAST_FREEDOM = 1e-6
"""A sample that the fit follows closer than this says nothing about the fit's error."""


@dataclass(frozen=True)
class Fit:
    """A weighted least-squares fit of N samples with n features and an intercept.

    `coefficients`: shape (n,). `share`: how much of the weighted variance is foretold of each sample
    by a fit to the others (R² by leaving one out), at most 1, NaN where there is no variance.
    `repeats`: shape (n, N), what each sample by itself says of the coefficients, which are its means:
    resampled, they spread as the coefficients would with other samples. None where the samples are too
    few or too alike to tell all features apart.
    """

    coefficients: FloatArray
    share: float
    repeats: FloatArray | None


def fit(features: FloatArray, values: FloatArray, weights: FloatArray) -> Fit:
    """Fit `values` (N,) by `features` (N, n) with positive `weights` (N,), in float64.

    Where the samples leave the coefficients open, the shortest of those that fit best: the limit of
    ridge regression as its penalty goes to 0. `repeats` are infinitesimal-jackknife pseudo-values
    with residuals divided by 1 − leverage (HC3: MacKinnon and White 1985).
    """
    portion = weights / weights.sum()
    roots = np.sqrt(portion)
    values = values - values[0]  # so that values without a difference have none by rounding
    middle, mean = portion @ features, float(portion @ values)
    left, sizes, right = np.linalg.svd(roots[:, None] * (features - middle), full_matrices=False)
    kept = sizes > max(features.shape) * np.finfo(np.float64).eps * sizes.max(initial=0.0)
    left, right = left[:, kept], right[kept]
    solve = (right.T / sizes[kept]) @ (left.T * roots)  # (n, N)
    coefficients = solve @ (values - mean)
    errors = values - mean - (features - middle) @ coefficients
    leverage = portion + np.square(left).sum(axis=1)
    left_out = errors / np.maximum(1.0 - leverage, LEAST_FREEDOM)
    variance = float(portion @ np.square(values - mean))
    share = 1.0 - float(portion @ np.square(left_out)) / variance if variance > 0 else np.nan
    if kept.sum() < features.shape[1] or leverage.max() > 1.0 - LEAST_FREEDOM:
        return Fit(coefficients, share, None)
    spread = len(values) * solve * left_out
    return Fit(coefficients, share, coefficients[:, None] + spread - spread.mean(1, keepdims=True))
