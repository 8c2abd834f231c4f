"""From the numbers of single tokens to those of units, by a named rule."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, get_args

if TYPE_CHECKING:
    from noiser.draws import FloatArray

Rule = Literal["joint", "sum", "mean", "max"]
Aggregate = Literal["auto", "joint", "sum", "mean", "max"]
AGGREGATES: tuple[Aggregate, ...] = get_args(Aggregate)


def aggregate(values: FloatArray, units: Sequence[Sequence[int]], rule: Rule) -> FloatArray:
    """The number of each unit along the last axis, (…, n) → (…, units); NaN where a token has none.

    `sum` adds the tokens' numbers, `mean` averages them, `max` takes the strongest by magnitude with
    its sign, the first of equal ones.
    """
    import numpy as np  # here: requests name the rules, and a front end's start does no sums

    columns = [_of_one(values[..., list(unit)], rule) for unit in units]
    return np.stack(columns, axis=-1)


def _of_one(values: FloatArray, rule: Rule) -> FloatArray:
    import numpy as np

    if rule == "sum":
        return np.asarray(values.sum(axis=-1))
    if rule == "mean":
        return np.asarray(values.mean(axis=-1))
    if rule == "max":
        at = np.abs(values).argmax(axis=-1)  # of NaN and numbers, NaN
        return np.asarray(np.take_along_axis(values, at[..., None], axis=-1)[..., 0])
    raise ValueError(f"{rule} is no rule over the numbers of single tokens")
