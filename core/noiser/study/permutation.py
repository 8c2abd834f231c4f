"""The paired permutation test of a number that is made of means over samples.

Under the null hypothesis the two methods are exchangeable within each sample, so a sample's values may be
swapped between them (Good, Permutation, Parametric and Bootstrap Tests of Hypotheses, 3rd ed. 2005).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
PERMUTATIONS = 9999
_BLOCK = 200
"""Permutations drawn and added up together."""
_SEED = 1
_ROUNDING = 100 * np.finfo(np.float64).eps
"""What differs by less, relative to the numbers compared, is equal."""


def paired_p(
    first: FloatArray, second: FloatArray, number: Callable[[FloatArray], FloatArray]
) -> float:
    """The two-sided p of the difference of `number` between two methods, each (samples, values).

    `number` makes one number of means over samples, (…, values) → (…). Every swap is tried where these are
    PERMUTATIONS at most, else so many are drawn, always the same ones for as many samples, and the
    observed order counts as one more (Phipson and Smyth 2010). Swaps that make it NaN are as no evidence.
    """
    count = len(first)
    packed = _swaps(count)
    totals, moved = (first.sum(axis=0), second.sum(axis=0)), second - first
    observed = [float(number(total / count)) for total in totals]
    difference = observed[0] - observed[1]
    slack = _ROUNDING * max(map(abs, (*observed, difference)))
    below = above = 0
    for start in range(0, len(packed), _BLOCK):
        swaps = np.unpackbits(packed[start : start + _BLOCK], axis=1, count=count)
        change = swaps.astype(np.float64) @ moved
        null = number((totals[0] + change) / count) - number((totals[1] - change) / count)
        below += int(np.count_nonzero(null <= difference + slack))
        above += int(np.count_nonzero(null >= difference - slack))
    drawn = int(len(packed) == PERMUTATIONS)
    return min(1.0, 2 * (min(below, above) + drawn) / (len(packed) + drawn))


@lru_cache(maxsize=4)
def _swaps(count: int) -> NDArray[np.uint8]:
    """Which samples are swapped in each permutation, (permutations, count), in bits of the last axis."""
    if 2**count <= PERMUTATIONS:
        return np.packbits(np.arange(2**count)[:, None] >> np.arange(count) & 1, axis=1)
    rng = np.random.default_rng(_SEED)
    pairs = np.tile(np.arange(2), (_BLOCK, count, 1))
    drawn = [
        np.packbits(rng.permuted(pairs, axis=-1)[..., 0], axis=1)
        for _ in range(0, PERMUTATIONS, _BLOCK)
    ]
    return np.concatenate(drawn)[:PERMUTATIONS]
