"""The bounds: the rules that turn noise scales into the scale used for scoring (paper Table 2)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from noiser.errors import unknown

Pruning = Literal["min", "max", "none"]


@dataclass(frozen=True)
class Bound:
    """One bound: `searches` says whether scales are bisected, `pruning` which tokens can drop out."""

    name: str
    what: str
    searches: bool
    pruning: Pruning = "none"


BOUNDS: dict[str, Bound] = {
    bound.name: bound
    for bound in (
        Bound("min", "the smallest token scale, for every token (the paper's α*)", True, "min"),
        Bound("max", "the largest token scale, for every token", True, "max"),
        Bound("per-token", "each token its own scale", True),
        Bound("norm-l2", "1/√d, no search", False),
        Bound("norm-linf", "1/√(2 ln d), no search", False),
        Bound("none", "1, no search", False),
        Bound("random", "one scale drawn from U(0, 1) for the prompt, no search", False),
    )
}


def get_bound(name: str) -> Bound:
    """The bound called `name`; WrongUse with a suggestion when there is none."""
    if name not in BOUNDS:
        raise unknown("bound", name, BOUNDS)
    return BOUNDS[name]


def fixed_scale(name: str, *, dim: int, seed: int, ids: Sequence[int]) -> float:
    """The scale of a bound that needs no search; `random` depends on the seed and the prompt's ids."""
    if name == "norm-l2":
        return 1 / math.sqrt(dim)
    if name == "norm-linf":
        return 1 / math.sqrt(2 * math.log(dim))
    if name == "none":
        return 1.0
    if name == "random":
        import numpy as np  # here: 70 ms that the workbench's first paint must not wait for

        return float(np.random.default_rng([seed, *ids]).uniform())
    raise ValueError(f"bound {name!r} is found by searching")


def chosen_scale(name: str, scales: Sequence[float]) -> float | None:
    """One scale for every token from the searched `scales`; None for `per-token`."""
    if name == "min":
        return min(scales)
    if name == "max":
        return max(scales)
    return None
