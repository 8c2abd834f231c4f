"""Value zeroing: how far a layer's output turns without a token's value vector (Mohebbi et al. 2023)."""

from __future__ import annotations

import numpy as np
import torch

from noiser.errors import NoiserError
from noiser.events import TokensScored, Warned
from noiser.methods.task import Attribution, Task
from noiser.model.blocks import chosen_layer
from noiser.model.zeroing import Zeroing

SURE = 10
"""How many times more than rounding the strongest token of a layer must turn its output."""


def attribute(task: Task) -> Attribution:
    """Raw scores: shares of 1, never signed; the target plays no part.

    In each layer by itself, the value vector of one position is set to zero in all heads. How far that
    turns the block's output at the last position, 1 − cos, is divided by the sum over all positions.
    The mean over layers, as Inseq aggregates it, or those of `request.layer`. A layer in which nothing
    turns by more than rounding does counts as zeros. Of an answer of several tokens, the mean over the
    positions that predict them.
    """
    layer = task.request.layer
    chosen = None if layer is None else chosen_layer(task.model, layer)
    distances = _distances(task)
    if chosen is not None:
        distances = distances[[chosen]]
    rounding, distances = distances[:, :1], distances[:, 1:]
    sure = distances.amax(dim=1, keepdim=True) > SURE * rounding
    totals = distances.sum(dim=1, keepdim=True)
    shares = torch.where(sure, distances / totals, 0.0).mean(dim=(0, 2))
    found = {i: float(shares[i]) for i in task.positions}
    options: dict[str, int | float | str] = {"layer": "all" if chosen is None else chosen}
    result = Attribution(np.full(len(task.prompt), np.nan), options=options)
    for position, score in found.items():
        result.raw[position] = score
    if unsure := int((~sure).any(dim=2).sum()):
        result.warnings.append(
            Warned(
                f"In {unsure} of {len(sure)} layers no value turns the output by much more than the "
                f"rounding of {task.model.info.dtype} does: they count as 0."
            )
        )
    task.emit(TokensScored(len(found), len(found), found, task.perturber.work))
    return result


def _distances(task: Task) -> torch.Tensor:
    """How far every layer's outputs turn, (layers, 1 + n, reads): with no value zeroed, then each."""
    perturber, prefix = task.perturber, task.perturber.prefix
    if prefix is None:
        raise NoiserError(
            "value_zeroing starts from the keys and values of the clean prompt, which "
            f"{task.model.info.name} ({task.model.info.family}) does not give: {task.model.prefix_fault}."
        )
    reads, total = perturber.reads, len(task.prompt)
    zeroing = perturber.beside(
        reads, lambda: Zeroing(task.model, perturber.embeddings, prefix, reads)
    )
    parts: list[torch.Tensor] = []
    for batch, some in perturber.ends(
        1 + total, lambda batch: zeroing.distances(range(batch.start - 1, batch.stop - 1))
    ):
        parts.append(some)
        task.emit(TokensScored(batch.stop - 1, total, {}, perturber.work))
    return torch.cat(parts, dim=1).double()
