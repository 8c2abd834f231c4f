"""A weighted linear model of what was seen, and how far it is to be trusted."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch

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

    By torch, whose threads are the model's: those of numpy's own library would go on spinning for 0.1 s,
    in the way of the samples that are run next.
    """
    x, y, portion = map(torch.tensor, (features, values, weights / weights.sum()))
    roots = portion.sqrt()
    y = y - y[0]  # so that values without a difference have none by rounding
    middle, mean = portion @ x, portion @ y
    left, sizes, right = torch.linalg.svd(roots[:, None] * (x - middle), full_matrices=False)
    kept = sizes > max(x.shape) * torch.finfo(torch.float64).eps * sizes.max()
    left, right = left[:, kept], right[kept]
    solve = (right.T / sizes[kept]) @ (left.T * roots)  # (n, N)
    coefficients = solve @ (y - mean)
    errors = y - mean - (x - middle) @ coefficients
    leverage = portion + left.square().sum(1)
    left_out = errors / (1.0 - leverage).clamp(min=LEAST_FREEDOM)
    variance = float(portion @ (y - mean).square())
    share = 1.0 - float(portion @ left_out.square()) / variance if variance > 0 else math.nan
    if kept.sum() < x.shape[1] or leverage.max() > 1.0 - LEAST_FREEDOM:
        return Fit(coefficients.numpy(), share, None)
    spread = len(y) * solve * left_out
    repeats = coefficients[:, None] + spread - spread.mean(1, keepdim=True)
    return Fit(coefficients.numpy(), share, repeats.numpy())
