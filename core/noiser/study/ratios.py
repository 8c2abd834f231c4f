"""Faithfulness over samples from the means of Soft-NS, Soft-NC, and random's of both (in this order).

Madani et al. 2025: table 1 is the sum of the two columns of table 5. Shapes (…, 4) → (…); a mean of 0
gives an infinite logarithm or NaN, which no table shows as a number.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


def faithfulness(means: FloatArray) -> FloatArray:
    """The sum of both logarithms."""
    return sufficiency(means) + comprehensiveness(means)


def sufficiency(means: FloatArray) -> FloatArray:
    """ln(mean Soft-NS / random's)."""
    return _log_ratio(means[..., 0], means[..., 2])


def comprehensiveness(means: FloatArray) -> FloatArray:
    """ln(mean Soft-NC / random's)."""
    return _log_ratio(means[..., 1], means[..., 3])


def _log_ratio(own: FloatArray, random: FloatArray) -> FloatArray:
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio: FloatArray = np.log(own) - np.log(random)
    return ratio
