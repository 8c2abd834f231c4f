"""Random scores: the baseline that a method has to beat."""

from __future__ import annotations

import numpy as np

from noiser.methods.task import Attribution, Task


def attribute(task: Task) -> Attribution:
    """Raw scores from U[0, 1], one stream per seed, prompt and positions.

    Positions too, so that zooming into a unit draws anew and not what its unit drew.
    """
    seeds = [task.request.seed, *task.prompt.ids, *task.positions]
    generator = np.random.default_rng(seeds)
    raw = np.full(len(task.prompt), np.nan)
    raw[list(task.positions)] = generator.uniform(size=len(task.positions))
    return Attribution(raw)
