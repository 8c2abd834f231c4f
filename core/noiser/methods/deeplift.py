"""DeepLIFT: slopes between a baseline and the prompt, in place of gradients, where a network bends."""

from __future__ import annotations

from collections.abc import Callable

import torch

from noiser.differentiate import Differentiator
from noiser.events import Warned
from noiser.methods.attributed import attributed, tell_gap
from noiser.methods.ends import Ends, make_ends
from noiser.methods.rescale import activations, rescaled
from noiser.methods.task import Attribution, Options, Task


def deeplift(task: Task) -> Attribution:
    """Raw score: multiplier times the way from the baseline, by the rescale rule (Shrikumar 2017)."""
    model, reads = task.model, task.perturber.reads
    return between(task, make_ends(task), lambda rows: model.readings(rows, reads))


def between(
    task: Task,
    ends: Ends,
    run: Callable[[torch.Tensor], torch.Tensor],
    options: Options | None = None,
) -> Attribution:
    """DeepLIFT between two ends that `run` puts somewhere into the network."""
    network = task.model.network
    start = ends.start.to(task.perturber.embeddings.dtype)
    values: list[torch.Tensor] = []

    def both(rows: torch.Tensor) -> torch.Tensor:
        return run(torch.cat([rows, start.expand_as(rows)]))

    def value(found: torch.Tensor) -> torch.Tensor:
        here, there = task.objective.value(found).chunk(2)
        values.append(there.detach())
        return here

    differentiator = Differentiator(task.perturber, value, both, 2, lambda: rescaled(network))
    ((_, here, multipliers),) = differentiator.gradients(1, lambda some: ends.end.unsqueeze(0))
    found = multipliers[0] * ends.difference
    used = {"baseline": ends.name, **(options or {})}
    result = attributed(task, found, options=used)
    if not activations(network):
        result.warnings.append(
            Warned(
                f"No activation of {task.model.info.name} is a module of its own: the rescale rule has "
                "nothing to act on, and the scores are gradient × (input − baseline)."
            )
        )
    difference = float(here[0] - values[-1][0])
    advice = (
        "The rule is exact for activations; products, norms and softmax are taken at their slope. "
        "integrated_gradients comes as close as asked."
    )
    tell_gap(result, float(found.sum()) - difference, difference, advice)
    return result
