"""Random scores: the baseline that a method has to beat."""

from __future__ import annotations

import numpy as np

from noiser.methods.task import Attribution, Task


def attribute(task: Task) -> Attribution:
    """Raw scores from U[0, 1], one stream per seed and prompt."""
    generator = np.random.default_rng([task.request.seed, *task.prompt.ids])
    raw = np.full(len(task.prompt), np.nan)
    raw[list(task.positions)] = generator.uniform(size=len(task.positions))
    return Attribution(raw)
