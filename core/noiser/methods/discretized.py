"""Discretized integrated gradients: a path over words that are near (Sanyal and Ren 2021)."""

from __future__ import annotations

import torch

from noiser.differentiate import Differentiator
from noiser.errors import WrongUse
from noiser.methods.ends import OWN, Ends, make_ends, replaced
from noiser.methods.gradient_methods import POINTS
from noiser.methods.neighbours import Neighbours
from noiser.methods.paths import summed
from noiser.methods.task import Attribution, Task


def discretized_integrated_gradients(task: Task) -> Attribution:
    """Raw score: gradients along a path of points near words, each times the step that follows it.

    As Inseq 0.7.1 with its defaults: 50 points, 50 neighbours, the greedy choice of the next word.
    Where the embedding module has a factor of its own, ours is in the path, too.
    """
    samples = task.request.samples or POINTS
    if samples < 2:
        raise WrongUse("samples is 1, a path over words has 2 points at least.")
    differentiator = Differentiator(task.perturber, task.objective.value)
    ends = make_ends(task)
    path = make_path(task, ends, samples)
    found, start = torch.zeros_like(ends.end), 0.0
    for some, values, gradients in differentiator.gradients(samples, lambda some: path[some]):
        # no step follows the last point
        steps = (
            path[some.start + 1 : some.stop + 1] - path[some.start : min(some.stop, samples - 1)]
        )
        found += (gradients[: len(steps)] * steps).sum(dim=0)
        start = float(values[0]) if some.start == 0 else start
    return summed(task, found, start, ends.name, samples)


def make_path(task: Task, ends: Ends, samples: int) -> torch.Tensor:
    """The points from the baseline to the prompt, (samples, n, d).

    A special token jumps from its baseline to itself, and what has no baseline stays.
    """
    path = ends.end.repeat(samples, 1, 1)
    moving = replaced(task)
    path[0, moving] = ends.start[moving]
    moving = [i for i in moving if not task.prompt.tokens[i].special]
    if not moving or samples == 2:
        return path
    goal = (
        getattr(task.model.tokenizer, f"{ends.name}_token_id", None) if ends.name in OWN else None
    )
    words = [task.prompt.ids[i] for i in moving]
    neighbours = Neighbours(task.model, task.perturber.check)
    walks = neighbours.walks(words, goal, ends.start[moving], samples)
    path[:, moving] = walks
    return path
