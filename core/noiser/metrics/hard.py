"""Sufficiency and comprehensiveness of the top k% units (DeYoung et al. 2020, ERASER)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from noiser.errors import WrongUse
from noiser.explanation import Explanation
from noiser.metrics.bench import Run, ids_of, set_up, targets_of
from noiser.metrics.bootstrap import mean
from noiser.metrics.removal import NO_PLACE, Removal, RemovalOptions, removal
from noiser.metrics.results import Hard, Number
from noiser.model.language_model import LanguageModel

PERCENTS = (1.0, 5.0, 10.0, 20.0, 50.0)
"""ERASER's."""


@dataclass(frozen=True)
class HardTarget:
    """What one target loses with the top units alone, and without them, at each percentage."""

    sufficiency: tuple[float, ...]
    comprehensiveness: tuple[float, ...]


def hard(
    model: LanguageModel,
    explanation: Explanation,
    percents: Sequence[float] = PERCENTS,
    options: RemovalOptions | None = None,
    run: Run | None = None,
) -> Hard:
    """Sufficiency and comprehensiveness at each of `percents` of the units, averaged over the targets.

    Sufficiency = p(target) − p(target | only the top k% left), comprehensiveness = p(target) −
    p(target | the top k% replaced); against a contrast p(target) − p(contrast) in the place of
    p(target). k% of n units are ⌊n·k/100⌋ of them and one at least. Both are in [−1, 1] without a
    contrast. The intervals are over the targets; one target has none.
    """
    check_percents(percents)
    options, run = options or RemovalOptions(), run or Run()
    made: list[HardTarget] = []
    for one in targets_of(model, explanation):
        removed = removal(set_up(model, ids_of(one), run), one, options)
        made.append(hard_target(removed, percents))
    return combined(made, percents, removed.grain, removed.baseline)


def hard_target(removed: Removal, percents: Sequence[float]) -> HardTarget:
    """Both numbers of one target at each percentage."""
    counts = [top_count(len(removed.order), percent) for percent in percents]
    stretches = [one for count in counts for one in (removed.rest(count), removed.first(count))]
    clean, *values = removed.without([NO_PLACE, *stretches])
    losses = [clean - value for value in values]
    return HardTarget(tuple(losses[::2]), tuple(losses[1::2]))


def combined(
    targets: Sequence[HardTarget], percents: Sequence[float], grain: str, baseline: str
) -> Hard:
    """The means over the targets."""

    def means(rows: Sequence[tuple[float, ...]]) -> tuple[Number, ...]:
        return tuple(mean(column) for column in zip(*rows, strict=True))

    return Hard(
        percents=tuple(percents),
        sufficiency=means([one.sufficiency for one in targets]),
        comprehensiveness=means([one.comprehensiveness for one in targets]),
        grain=grain,
        baseline=baseline,
    )


def top_count(units: int, percent: float) -> int:
    """How many of the units are the top `percent`: rounded down, but one where there is any."""
    # the product before the division, and a hair more: 7% of 100 is 7
    return min(units, max(1, math.floor(units * percent / 100 + 1e-9)))


def check_percents(percents: Sequence[float]) -> None:
    """WrongUse where one is no percentage."""
    if not percents or not all(0 < percent <= 100 for percent in percents):
        told = ", ".join(f"{percent:g}" for percent in percents) or "nothing"
        raise WrongUse(f"percents are {told}; give numbers above 0 and up to 100.")
