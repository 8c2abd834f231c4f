"""The paired test against SciPy's, which has the same permutations, and where its p is known by hand."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import permutation_test

from noiser.study import ratios
from noiser.study.permutation import PERMUTATIONS, paired_p

FloatArray = NDArray[np.float64]


def mean_of_one(means: FloatArray) -> FloatArray:
    return means[..., 0]


def by_scipy(first: FloatArray, second: FloatArray, number: object) -> float:
    count = len(first)
    values = np.concatenate([first, second])

    def statistic(x: NDArray[np.int64], y: NDArray[np.int64], axis: int) -> FloatArray:
        inner = axis - 1 if axis < 0 else axis
        sides = [number(values[one].mean(axis=inner)) for one in (x, y)]  # type: ignore[operator]
        found: FloatArray = sides[0] - sides[1]
        return found

    found = permutation_test(
        (np.arange(count), np.arange(count, 2 * count)),
        statistic,
        permutation_type="samples",
        vectorized=True,
        n_resamples=PERMUTATIONS,
        batch=200,
        rng=np.random.default_rng(1),
    )
    return float(found.pvalue)


@pytest.mark.parametrize("count", [2, 13, 14, 97])
@pytest.mark.parametrize("shift", [0.0, 0.1])
def test_it_is_scipys(count: int, shift: float) -> None:
    rng = np.random.default_rng(count)
    for values, number in ((1, mean_of_one), (4, ratios.faithfulness)):
        first = rng.uniform(0.1, 1, (count, values)) + shift * np.arange(1, values + 1)
        second = rng.uniform(0.1, 1, (count, values))
        assert paired_p(first, second, number) == by_scipy(first, second, number)


def test_rates_with_many_ties_are_scipys() -> None:
    rng = np.random.default_rng(5)
    first, second = (rng.integers(0, 2, (60, 1)).astype(float) for _ in range(2))
    assert paired_p(first, second, mean_of_one) == by_scipy(first, second, mean_of_one)


def test_ties_of_thirds_count_as_ties() -> None:
    """Means over three seeds: the differences are -1/3 and 1/3, whose sums round one way or the other."""
    first = np.array([[1 / 3], [2 / 3], [1.0], [1 / 3]])
    second = np.array([[0.0], [1 / 3], [2 / 3], [2 / 3]])
    # of the sixteen sums of four thirds, each with either sign, five reach the 2/3 observed
    assert paired_p(first, second, mean_of_one) == pytest.approx(2 * 5 / 16)


def test_the_least_p_is_that_of_the_permutations_drawn() -> None:
    ones = np.ones((40, 1))
    assert paired_p(ones, 0 * ones, mean_of_one) == 2 / (PERMUTATIONS + 1)
    assert paired_p(ones, ones, mean_of_one) == 1
