"""Occlusion: what the target loses when a token's embedding is replaced (Zeiler and Fergus 2014)."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from noiser.change import Change
from noiser.events import TokensScored
from noiser.methods.baseline import make_baseline
from noiser.methods.replace import Replace
from noiser.methods.task import Attribution, Task
from noiser.model.language_model import LanguageModel
from noiser.request import Request

OWN = ("unk", "pad", "eos")
"""What stands for no token, the first that a model has."""


def ahead(
    model: LanguageModel, request: Request, units: Iterable[tuple[int, ...]]
) -> dict[tuple[int, ...], Change]:
    """The changes of all units, which are known before the target is."""
    _, baseline = make_baseline(model, request.baseline, OWN)
    return {unit: Replace(unit, baseline) for unit in units}


def attribute(task: Task) -> Attribution:
    """Raw score: p(target) − p(target with the token replaced), signed.

    The baseline is the embedding of the unknown token, else padding, else end of text, as in Inseq
    0.7.1, which takes the magnitude of the same difference.
    """
    name, baseline = make_baseline(task.model, task.request.baseline, OWN)
    objective, perturber = task.objective, task.perturber
    clean = float(objective.value(perturber.clean))
    result = task.keep(Attribution(np.full(len(task.prompt), np.nan), options={"baseline": name}))
    units = [task.at(i) for i in task.positions]
    changes = [task.ahead.get(unit) or Replace(unit, baseline) for unit in units]
    done = 0
    for batch, distributions in perturber.probabilities(changes, 1):
        values = objective.value(distributions[:, 0]).double().tolist()
        found = {task.positions[i]: clean - value for i, value in zip(batch, values, strict=True)}
        for position, loss in found.items():
            result.raw[position] = loss
        done += len(batch)
        task.emit(TokensScored(done, len(changes), found, perturber.work))
    return result
