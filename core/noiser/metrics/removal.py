"""The target's probability with some units of the prompt replaced, each stretch of a ranking run once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import torch

from noiser.errors import unknown
from noiser.explanation import Explanation
from noiser.methods.baseline import make_baseline
from noiser.methods.replace import Replace
from noiser.metrics.bench import Bench
from noiser.metrics.going import Known
from noiser.metrics.keep import importance
from noiser.reopened import prompt_of
from noiser.request import BASELINES
from noiser.target import Objective
from noiser.units import Unit, cut

GRAINS = ("token", "word", "sentence", "line")
ZERO = "zero"
NO_PLACE = range(0)


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
    known: Known
    values: dict[range, float] = field(default_factory=dict)
    """The target's value with units, by their places in the order, replaced."""

    def without(self, stretches: Sequence[range]) -> list[float]:
        """The target's value with each of the stretches of places in the order replaced."""
        perturber = self.bench.perturber
        if NO_PLACE not in self.values:
            self.values[NO_PLACE] = float(self.objective.value(perturber.clean))
        missing = list(dict.fromkeys(one for one in stretches if one not in self.values))
        changes = [
            Replace(tuple(sorted(i for place in one for i in self.order[place])), self.embedding)
            for one in missing
        ]
        for batch in perturber.batches(changes, 1):
            ones = [missing[i] for i in batch]
            if not all(one in self.known.values for one in ones):
                found = perturber.run([changes[i] for i in batch], slice(0, 1))
                values = self.objective.value(found[:, 0]).double().tolist()
                self.known.values |= zip(ones, values, strict=True)
                self.known.grown()
            self.values |= {one: self.known.values[one] for one in ones}
        return [self.values[one] for one in stretches]

    def first(self, count: int) -> range:
        """The places of the `count` most important units."""
        return range(count)

    def rest(self, count: int) -> range:
        """All but those."""
        return range(count, len(self.order))


def removal(
    bench: Bench, explanation: Explanation, options: RemovalOptions, known: Known | None = None
) -> Removal:
    """The units of one explanation, the most important first; ties in the order of the prompt.

    A unit's importance is the sum of its tokens'. Tokens without a score belong to no unit: they stay
    as they are. What was run before, and is `known`, is not run again.
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
    objective = bench.objective(explanation)
    return Removal(bench, objective, tuple(order), grain, name, embedding, known or Known())


def _units(explanation: Explanation, grain: str | None) -> Sequence[Unit]:
    if grain is not None:
        return cut(prompt_of(explanation), grain)
    if explanation.units:
        return [tuple(range(unit.first, unit.last + 1)) for unit in explanation.units]
    return [(i,) for i in range(len(explanation.tokens))]
