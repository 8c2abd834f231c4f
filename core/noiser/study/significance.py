"""Whether two methods differ: a paired permutation test, corrected for the number of pairs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from noiser.study.measures import Column
from noiser.study.permutation import paired_p

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Pair:
    """Two methods on one model and data set, compared by one column.

    `difference` is the first's number less the second's over the `samples` that both have. `p` is of
    the two-sided paired permutation test, `corrected` after Holm (1979) over all pairs of this model,
    data set and column. None where the numbers are not defined.
    """

    model: str
    dataset: str
    column: str
    first: str
    second: str
    samples: int
    difference: float | None
    p: float | None
    corrected: float | None = None


def compare(
    model: str, dataset: str, column: Column, variants: Mapping[str, Mapping[int, FloatArray]]
) -> list[Pair]:
    """Every pair of variants, each given by the values of its samples."""
    return correct(
        [
            compare_two(model, dataset, column, first, second, variants)
            for first, second in combinations(variants, 2)
        ]
    )


def correct(pairs: list[Pair]) -> list[Pair]:
    """The pairs of one model, data set and column, corrected for their number."""
    pairs = list(pairs)
    known = [i for i, pair in enumerate(pairs) if pair.p is not None]
    for i, corrected in zip(known, holm([pairs[i].p or 0.0 for i in known]), strict=True):
        pairs[i] = replace(pairs[i], corrected=corrected)
    return pairs


def holm(ps: list[float]) -> list[float]:
    """Holm's step-down adjustment (Scand. J. Statist. 6, 1979) of p values, in their order."""
    adjusted = [0.0] * len(ps)
    highest = 0.0
    for rank, i in enumerate(sorted(range(len(ps)), key=ps.__getitem__)):
        highest = max(highest, min(1.0, (len(ps) - rank) * ps[i]))
        adjusted[i] = highest
    return adjusted


def compare_two(
    model: str,
    dataset: str,
    column: Column,
    first: str,
    second: str,
    variants: Mapping[str, Mapping[int, FloatArray]],
) -> Pair:
    """Two of the variants, not corrected for the others."""
    both = sorted(variants[first].keys() & variants[second].keys())
    pair = Pair(model, dataset, column.name, first, second, len(both), None, None)
    if not both:
        return pair
    ours, theirs = (
        np.array([variants[name][number] for number in both]) for name in (first, second)
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        difference = float(column.number(ours.mean(axis=0)) - column.number(theirs.mean(axis=0)))
        if not np.isfinite(difference):
            return pair
        p = paired_p(ours, theirs, column.number) if len(both) > 1 else None
    return replace(pair, difference=difference, p=p)
