"""The target's probability with some units of the prompt replaced, each set of units run once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import torch

from noiser.errors import unknown
from noiser.explanation import Explanation
from noiser.methods.baseline import make_baseline
from noiser.methods.replace import Replace
from noiser.metrics.bench import Bench
from noiser.metrics.keep import importance
from noiser.reopened import prompt_of
from noiser.request import BASELINES
from noiser.target import Objective
from noiser.units import Unit, cut

GRAINS = ("token", "word", "sentence", "line")
ZERO = "zero"


@dataclass(frozen=True)
class RemovalOptions:
    """What is replaced together, and by what.

    `grain`: token, word, sentence or line; None for what the explanation itself scored. `baseline`:
    what takes the place of an embedding, as of occlusion; `zero` is what Soft-NS and Soft-NC are
    measured from, too.
    """

    grain: str | None = None
    baseline: str = ZERO

    def __post_init__(self) -> None:
        if self.grain is not None and self.grain not in GRAINS:
            raise unknown("grain", self.grain, GRAINS)
        if self.baseline not in BASELINES:
            raise unknown("baseline", self.baseline, BASELINES)


@dataclass
class Removal:
    """One explanation's units in the order of their importance, and what was run without some of them."""

    bench: Bench
    objective: Objective
    order: tuple[Unit, ...]
    grain: str
    baseline: str
    embedding: torch.Tensor
    known: dict[frozenset[int], float] = field(default_factory=dict)
    """The target's value with units, by their place in the order, replaced."""

    def without(self, sets: Sequence[frozenset[int]]) -> list[float]:
        """The target's value with each of the sets of places in the order replaced."""
        if frozenset() not in self.known:
            self.known[frozenset()] = float(self.objective.value(self.bench.perturber.clean))
        missing = list(dict.fromkeys(one for one in sets if one not in self.known))
        changes = [
            Replace(tuple(sorted(i for place in one for i in self.order[place])), self.embedding)
            for one in missing
        ]
        for batch, distributions in self.bench.perturber.probabilities(changes, 1):
            values = self.objective.value(distributions[:, 0]).double().tolist()
            self.known |= zip([missing[i] for i in batch], values, strict=True)
        return [self.known[one] for one in sets]

    def first(self, count: int) -> frozenset[int]:
        """The `count` most important units."""
        return frozenset(range(count))

    def rest(self, count: int) -> frozenset[int]:
        """All but those."""
        return frozenset(range(count, len(self.order)))


def removal(bench: Bench, explanation: Explanation, options: RemovalOptions) -> Removal:
    """The units of one explanation, the most important first; ties in the order of the prompt.

    A unit's importance is the sum of its tokens'. Tokens without a score belong to no unit: they stay
    as they are.
    """
    shares = importance(explanation)
    kept = [
        tuple(i for i in unit if shares[i] == shares[i])
        for unit in _units(explanation, options.grain)
    ]
    units = [unit for unit in kept if unit]
    order = sorted(units, key=lambda unit: -sum(shares[i] for i in unit))
    name, embedding = make_baseline(bench.model, options.baseline, (ZERO,))
    grain = options.grain or explanation.granularity
    return Removal(bench, bench.objective(explanation), tuple(order), grain, name, embedding)


def _units(explanation: Explanation, grain: str | None) -> Sequence[Unit]:
    if grain is not None:
        return cut(prompt_of(explanation), grain)
    if explanation.units:
        return [tuple(range(unit.first, unit.last + 1)) for unit in explanation.units]
    return [(i,) for i in range(len(explanation.tokens))]
