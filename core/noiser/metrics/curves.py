"""Deletion and insertion curves with their areas (Petsiuk et al. 2018, RISE)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from noiser.explanation import Explanation
from noiser.metrics.bench import Run, ids_of, set_up, targets_of
from noiser.metrics.bootstrap import mean
from noiser.metrics.removal import Removal, RemovalOptions, removal
from noiser.metrics.results import Curve, Curves
from noiser.model.language_model import LanguageModel

POINTS = 50
"""Steps of a curve at most; a prompt of fewer units has a point after each."""


def curves(
    model: LanguageModel,
    explanation: Explanation,
    options: RemovalOptions | None = None,
    run: Run | None = None,
) -> Curves:
    """Deletion and insertion curves of each target, and the means of their areas.

    Deletion: p(target) with the most important 0, 1, … n units replaced; insertion: with all but those.
    Against a contrast p(target) − p(contrast). Areas are by trapezoids over the share of units, in
    [0, 1] without a contrast. Of more than POINTS units so many evenly spaced counts are run.
    """
    options, run = options or RemovalOptions(), run or Run()
    made: list[tuple[Curve, Curve]] = []
    for one in targets_of(model, explanation):
        removed = removal(set_up(model, ids_of(one), run), one, options)
        made.append(curve_pair(removed))
    return combined(made, removed.grain, removed.baseline)


def curve_pair(removed: Removal) -> tuple[Curve, Curve]:
    """One target's deletion and insertion curve."""
    units = len(removed.order)
    steps = min(units, POINTS)
    counts = tuple(round(units * i / steps) for i in range(steps + 1))
    stretches = [removed.first(count) for count in counts] + [
        removed.rest(count) for count in counts
    ]
    values = removed.without(stretches)
    return _curve(counts, values[: steps + 1]), _curve(counts, values[steps + 1 :])


def combined(pairs: Sequence[tuple[Curve, Curve]], grain: str, baseline: str) -> Curves:
    """The curves with the means of their areas."""
    deletion, insertion = zip(*pairs, strict=True)
    return Curves(
        deletion_area=mean([one.area for one in deletion]),
        insertion_area=mean([one.area for one in insertion]),
        deletion=tuple(deletion),
        insertion=tuple(insertion),
        grain=grain,
        baseline=baseline,
    )


def _curve(counts: tuple[int, ...], values: Sequence[float]) -> Curve:
    area = np.trapezoid(values, np.array(counts) / counts[-1])
    return Curve(counts, tuple(values), float(area))
