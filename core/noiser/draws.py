"""The noise: K seeded draws, made once and used for every token and every scale."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

from noiser.errors import unknown

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

Norm = Literal["none", "1", "2", "3", "4", "inf"]
NORMS: tuple[Norm, ...] = get_args(Norm)

TIMES_MORE = 4
"""Draws to those before, that make an interval half as wide: what is added where nobody says."""

FloatArray: TypeAlias = "npt.NDArray[np.float64]"


def make_draws(seed: int, count: int, dim: int) -> FloatArray:
    """Standard normal draws, shape (count, dim), float64.

    The generator is the released code's, so results compare; the first rows stay the same when
    `count` grows, so draws can be added to a finished run.
    """
    import numpy as np  # here: 70 ms that the workbench's first paint must not wait for

    return np.random.RandomState(seed).randn(count, dim)


def norm_constant(norm: Norm, dim: int, *, reference: bool = False) -> float:
    """The expected norm of a standard normal vector in `dim` dimensions, by which draws are divided.

    From E|g| = √(2/π), E|g|² = 1, E|g|³ = 2√(2/π), E|g|⁴ = 3 and the maximum's √(2 ln d). In
    reference mode norm 3 uses the released code's constant, which is 11% too small.
    """
    if norm == "none":
        return 1.0
    if norm == "1":
        return dim * math.sqrt(2 / math.pi)
    if norm == "2":
        return math.sqrt(dim)
    if norm == "3":
        moment = 2 / math.sqrt(math.pi) if reference else 2 * math.sqrt(2 / math.pi)
        return float((dim * moment) ** (1 / 3))
    if norm == "4":
        return float((3 * dim) ** 0.25)
    if norm == "inf":
        return math.sqrt(2 * math.log(dim))
    raise unknown("norm", norm, NORMS)
