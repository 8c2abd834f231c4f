"""Gradients at the prompt itself: one forward and one backward run."""

from __future__ import annotations

import torch

from noiser.differentiate import Differentiator
from noiser.methods.attributed import attributed
from noiser.methods.task import Attribution, Task
from noiser.model.precision import at_least_float32


def saliency(task: Task) -> Attribution:
    """Raw score: the length of the gradient at the token's embedding (Simonyan et al. 2014).

    With the reduction `sum` the sum of its magnitudes. Inseq 0.7.1 takes magnitudes first, too.
    """
    return attributed(task, _gradient(task).abs(), options={}, usual="l2")


def input_x_gradient(task: Task) -> Attribution:
    """Raw score: the embedding times its gradient, summed (Shrikumar et al. 2016), signed."""
    embeddings = at_least_float32(task.perturber.embeddings)
    return attributed(task, embeddings * _gradient(task), options={})


def _gradient(task: Task) -> torch.Tensor:
    """The gradient at the prompt's embeddings, (n, d)."""
    differentiator = Differentiator(task.perturber, task.objective.value)
    ((_, _, gradients),) = differentiator.gradients(
        1, lambda some: task.perturber.embeddings.unsqueeze(0)
    )
    return gradients[0]
