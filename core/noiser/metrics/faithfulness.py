"""Faithfulness of a method over samples, against the random baseline (Madani et al. 2025, table 1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from noiser.draws import FloatArray
from noiser.metrics.bootstrap import number, resampling
from noiser.metrics.results import Number, Soft


@dataclass(frozen=True)
class Faithfulness:
    """`value` = `sufficiency` + `comprehensiveness`, each ln(mean of the method / mean of random).

    The two parts are the columns of the paper's table 5. The `mean_` numbers are what they are made of.
    All intervals are over the samples. `undefined` counts samples without a Soft-NS or Soft-NC, which
    leave all of it undefined.
    """

    value: Number
    sufficiency: Number
    comprehensiveness: Number
    mean_sufficiency: Number
    mean_comprehensiveness: Number
    mean_random_sufficiency: Number
    mean_random_comprehensiveness: Number
    samples: int
    undefined: int


def faithfulness(samples: Sequence[Soft], seed: int = 1) -> Faithfulness:
    """The faithfulness of one method over samples, with bootstrap 95% intervals over them.

    Means are taken before logarithms. Not defined without samples, or where a mean is 0 (its logarithm
    is not there); never NaN. `seed` is of the resampling: the same for two methods on the same samples
    draws the same samples again.
    """
    every = [
        (
            one.sufficiency.value,
            one.comprehensiveness.value,
            one.random_sufficiency.value,
            one.random_comprehensiveness.value,
        )
        for one in samples
    ]
    known = np.array(every, dtype=float).reshape(len(samples), 4)  # None becomes NaN
    weights = resampling(len(samples), seed) if len(samples) > 1 else None
    if not len(samples):
        known = np.full((1, 4), np.nan)
    means = known.mean(axis=0, keepdims=True)
    drawn = None if weights is None else weights @ known
    parts, drawn_parts = _parts(means)[0], None if drawn is None else _parts(drawn)

    def of(value: float, rows: FloatArray | None, column: int) -> Number:
        return number(float(value), None if rows is None else rows[:, column])

    return Faithfulness(
        value=of(parts[2], drawn_parts, 2),
        sufficiency=of(parts[0], drawn_parts, 0),
        comprehensiveness=of(parts[1], drawn_parts, 1),
        mean_sufficiency=of(means[0, 0], drawn, 0),
        mean_comprehensiveness=of(means[0, 1], drawn, 1),
        mean_random_sufficiency=of(means[0, 2], drawn, 2),
        mean_random_comprehensiveness=of(means[0, 3], drawn, 3),
        samples=len(samples),
        undefined=int(np.isnan(known).any(axis=1).sum()) if samples else 0,
    )


def _parts(means: FloatArray) -> FloatArray:
    """The two logarithms and their sum, a row for each row of the four means."""
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.log(means[:, :2]) - np.log(means[:, 2:])
        return np.column_stack([logs, logs.sum(axis=1)])
