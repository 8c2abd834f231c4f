"""How the target's probability falls as the noise on one token, or one unit, grows."""

from __future__ import annotations

import threading
from dataclasses import dataclass

import numpy as np

from noiser.again import task_again
from noiser.draws import FloatArray
from noiser.errors import WrongUse
from noiser.events import Emit, ignore
from noiser.explanation import Explanation
from noiser.listing import name_of
from noiser.methods.noise import Noise, make_noise
from noiser.methods.task import Task
from noiser.model.language_model import LanguageModel
from noiser.model.memory import enough_memory
from noiser.same_model import check_model
from noiser.scores import ends, resample
from noiser.tally import Tally

POINTS = 33
"""Scales of a curve, without those of the record."""
SMALLEST = 2.0**-10
"""Where the grid of the search begins, and a curve where the scales found are not near it or below."""
BELOW = 8.0
"""How far below the smallest scale of the record a curve begins."""


@dataclass(frozen=True)
class ScaleCurve:
    """The mean of what is explained over the draws at each of `scales`, with 95% intervals of it.

    What is explained is the target's probability p̄ᵢ(α), less the contrast's where there is one, of
    an answer the geometric mean, of a reward model the reward; `clean` is that without noise. `holds`:
    whether the prediction is still the model's own. `positions` have the noise together, `text` is what
    they are called; `alpha` is the scale at which they were scored, None where there is none. An
    interval is None with one draw.
    """

    positions: tuple[int, ...]
    text: str
    clean: float
    scales: tuple[float, ...]
    means: tuple[float, ...]
    intervals: tuple[tuple[float, float], ...] | None
    holds: tuple[bool, ...]
    alpha: float | None
    draws: int

    def at(self, scale: float) -> float:
        """The mean at one of the scales."""
        return self.means[self.scales.index(scale)]


def scale_curve(
    model: LanguageModel,
    explanation: Explanation,
    position: int,
    points: int = POINTS,
    *,
    cancel: threading.Event | None = None,
    emit: Emit = ignore,
    positions_per_batch: int | None = None,
    memory: str | None = None,
) -> ScaleCurve:
    """The curve of the token at `position`, or of the unit that it had its noise with.

    The draws are those of the record, run as the search runs them, so that the curve passes through
    what was scored. `points` scales up to 1 are evenly spaced by their logarithm; the scale of the
    record's score, and the ends of its bracket, are added to them. Setting `cancel` raises Cancelled
    within one batch. WrongUse for a model that is not the record's, a position that is not there or
    was left out, or fewer than two points.
    """
    if not 0 <= position < len(explanation.tokens):
        raise WrongUse(
            f"There is no token {position} in a prompt of {len(explanation.tokens):,} tokens."
        )
    if points < 2:
        raise WrongUse(f"points is {points}, it must be at least 2.")
    check_model(model, explanation)
    task = task_again(
        model,
        explanation,
        cancel=cancel,
        emit=emit,
        positions_per_batch=positions_per_batch,
        memory=memory,
    )
    noised = _noised(task, explanation, position)
    unit = explanation.unit_at(position)
    joint = unit is not None and not unit.zoomed and explanation.aggregate == "joint"
    scored = unit if unit is not None and joint else explanation.tokens[position]
    alpha = scored.scale if explanation.method == "noiser" else None
    scales = _grid(points, [one for one in (alpha, *(scored.alpha or ())) if one])
    with enough_memory(model, len(task.prompt)):
        values, holds = _run(task, noised, scales)
    clean = float(task.objective.value(task.perturber.clean))
    drawn = resample(clean - values, task.request.seed)
    return ScaleCurve(
        positions=noised,
        text=name_of(explanation, noised[0]),
        clean=clean,
        scales=scales,
        means=tuple(values.mean(axis=1).tolist()),
        intervals=None
        if drawn is None
        else tuple((clean - high, clean - low) for low, high in ends(drawn).tolist()),
        holds=holds,
        alpha=alpha,
        draws=task.request.draws,
    )


def _noised(task: Task, explanation: Explanation, position: int) -> tuple[int, ...]:
    """What has its noise together with the token at a position: alone in a unit that was looked into."""
    for first in task.positions:
        if position in task.at(first):
            unit = explanation.unit_at(position)
            looked_into = unit is not None and unit.zoomed
            return (position,) if looked_into else task.at(first)
    raise WrongUse("This token was left out of the run: there is no noise on it.")


def _grid(points: int, known: list[float]) -> tuple[float, ...]:
    """Scales up to 1 with even steps of their logarithm, and those that are known, in order."""
    first = min([SMALLEST, *(one / BELOW for one in known)])
    return tuple(sorted({*np.geomspace(first, 1.0, points).tolist(), *known}))


def _run(
    task: Task, noised: tuple[int, ...], scales: tuple[float, ...]
) -> tuple[FloatArray, tuple[bool, ...]]:
    """What each draw leaves at each scale, shape (scales, K), and whether the prediction held."""
    draws, objective = make_noise(task), task.objective
    changes = [Noise(noised, scale, draws) for scale in scales]
    values = np.empty((len(scales), len(draws)))
    holds = dict.fromkeys(range(len(scales)), True)
    for batch in task.perturber.batches(changes, len(draws)):
        found = Tally(objective, len(batch))
        found.draw(task.perturber, [changes[i] for i in batch], slice(0, len(draws)))
        values[batch] = found.values.cpu().double().numpy()
        holds |= zip(batch, objective.holds(found.means).tolist(), strict=True)
    return values, tuple(holds.values())
