"""What the output of one decoder layer does for the prediction, at each position."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import nn

from noiser.differentiate import Differentiator
from noiser.errors import WrongUse
from noiser.events import Warned
from noiser.methods.attributed import attributed
from noiser.methods.deeplift import between
from noiser.methods.ends import Ends, make_ends
from noiser.methods.paths import along
from noiser.methods.task import Attribution, Task
from noiser.model.hidden import decoder_layers, kept_output, replaced_output
from noiser.model.precision import at_least_float32


def layer_gradient_x_activation(task: Task) -> Attribution:
    """Raw score: the layer's output at the token's position times its gradient, summed, signed.

    Captum's definition; Inseq's own default is the embedding layer, where it is input_x_gradient.
    """
    number, layer = chosen(task)
    hidden = _hidden(task, layer, task.perturber.embeddings)
    differentiator = Differentiator(task.perturber, task.objective.value, _from(task, layer))
    ((_, _, gradients),) = differentiator.gradients(1, lambda some: hidden.unsqueeze(0))
    result = attributed(task, at_least_float32(hidden) * gradients[0], options={"layer": number})
    return _told(task, number, result)


def layer_integrated_gradients(task: Task) -> Attribution:
    """Raw score: integrated gradients from the layer's output for a baseline to that for the prompt.

    All positions go together; the network below the layer only says where the path begins and ends.
    """
    number, layer = chosen(task)
    differentiator = Differentiator(task.perturber, task.objective.value, _from(task, layer))
    result = along(task, differentiator, _ends(task, layer), {"layer": number})
    return _told(task, number, result)


def layer_deeplift(task: Task) -> Attribution:
    """Raw score: DeepLIFT from the layer's output for a baseline to that for the prompt."""
    number, layer = chosen(task)
    result = between(task, _ends(task, layer), _from(task, layer), {"layer": number})
    return _told(task, number, result)


def chosen(task: Task) -> tuple[int, nn.Module]:
    """The layer asked for, with its number from 0; the middle one where none is."""
    layers, asked = decoder_layers(task.model.network), task.request.layer
    number = (len(layers) - 1) // 2 if asked is None else asked
    if not -len(layers) <= number < len(layers):
        raise WrongUse(
            f"layer is {number}, {task.model.info.name} has the layers 0 to {len(layers) - 1}."
        )
    number %= len(layers)
    return number, layers[number]


def _from(task: Task, layer: nn.Module) -> Callable[[torch.Tensor], torch.Tensor]:
    """The readings that follow when rows (b, n, d) come out of the layer."""
    clean = task.perturber.embeddings.clone()

    def run(rows: torch.Tensor) -> torch.Tensor:
        with replaced_output(layer, rows):
            return task.model.readings(clean.expand(len(rows), -1, -1), task.perturber.reads)

    return run


def _ends(task: Task, layer: nn.Module) -> Ends:
    """What the layer makes of the prompt's two ends."""
    outer = make_ends(task)
    dtype = task.perturber.embeddings.dtype
    start, end = (_hidden(task, layer, row.to(dtype)) for row in (outer.start, outer.end))
    return Ends(outer.name, at_least_float32(start), at_least_float32(end))


def _hidden(task: Task, layer: nn.Module, row: torch.Tensor) -> torch.Tensor:
    """The layer's output for one row of embeddings, both (n, d)."""
    task.perturber.check()
    with task.model.turn, torch.inference_mode(), kept_output(layer) as found:
        task.model.readings(row.unsqueeze(0), task.perturber.reads)
    task.perturber.count(len(row))
    return found[0][0].clone()


def _told(task: Task, number: int, result: Attribution) -> Attribution:
    """Add what a layer by itself can hide."""
    if number == len(decoder_layers(task.model.network)) - 1 and len(task.prompt) > 1:
        result.warnings.append(
            Warned(
                "After the last layer only the positions that predict are read: all others score 0. "
                "Try a lower layer."
            )
        )
    return result
