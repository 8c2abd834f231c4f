"""What the last position attends to, by itself or followed down through the layers."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator

import numpy as np
import torch

from noiser.errors import NoiserError
from noiser.events import TokensScored
from noiser.methods.task import Attribution, Task
from noiser.model.attention import attention_rows
from noiser.model.memory import call_bytes

QUERIES = 1024
"""More in one call are no faster, and cancelling would wait for them."""
_NUMBER = 4
"""Bytes of a weight: softmax is taken in float32."""
_COPIES = 4
"""A layer's weights are held about so often at once: before and after the mask and the softmax."""


def attribute(task: Task) -> Attribution:
    """Raw scores: attention weights, shares of 1, never signed; the target plays no part.

    `attention`: mean over heads and layers of the last position's, as in Inseq 0.7.1.
    `attention_last`: of the last layer's. `attention_rollout`: A = 0.5·mean over heads + 0.5·I of each
    layer, rows divided by their sum, multiplied through the layers (Abnar and Zuidema 2020, as
    ReAGent released it). Of an answer of several tokens, the mean over the positions that predict
    them, of what these give to the prompt. Reference mode puts the scores through a softmax, as the
    released code does.
    """
    weights = _METHODS[task.request.method](task)[: len(task.prompt)].double().cpu()
    if task.request.reference:
        weights = torch.softmax(weights, dim=0)
    result = Attribution(np.full(len(task.prompt), np.nan))
    found = {i: float(weights[i]) for i in task.positions}
    for position, score in found.items():
        result.raw[position] = score
    task.emit(TokensScored(len(found), len(found), found, task.perturber.work))
    return result


def _mean(task: Task) -> torch.Tensor:
    rows = _last_rows(task)
    return torch.stack([row.to(rows[0].device) for row in rows]).mean(dim=0)


def _last(task: Task) -> torch.Tensor:
    return _last_rows(task)[-1]


def _last_rows(task: Task) -> list[torch.Tensor]:
    """The weights of the positions read, in each layer: alone where what is before them is kept."""
    perturber = task.perturber
    embeddings, prefix, reads = perturber.embeddings, perturber.prefix, perturber.reads
    start = 0 if prefix is None else len(embeddings) - reads
    some = embeddings[start:]
    _check_memory(task, _call_bytes(task, len(some)))
    before = prefix.before(start) if prefix is not None and start else None
    rows = perturber.beside(len(some), lambda: attention_rows(task.model, some, before, reads))
    return [row.mean(dim=0) for row in rows]


def _rollout(task: Task) -> torch.Tensor:
    """The last row of the product of the layers' matrices, from the last layer down.

    Mean weights of all layers are kept; the heads' only of as many queries as memory allows at once.
    """
    stretches = list(_stretches(task))
    device = task.perturber.embeddings.device
    layers = len(stretches[0][1])
    length, reads = len(task.perturber.embeddings), task.perturber.reads
    reached = torch.zeros(length, dtype=stretches[0][1][0].dtype, device=device)
    reached[-reads:] = 1 / reads
    for layer in reversed(range(layers)):
        below = torch.zeros_like(reached)
        for start, found in stretches:
            weights = found[layer].to(device)
            end = start + len(weights)
            # a row of 0.5·A + 0.5·I sums to 0.5 more than half of A's, 1 unless the model has sinks
            share = 0.5 * reached[start:end] / (0.5 * weights.sum(dim=-1) + 0.5)
            below[:end] += share @ weights
            below[start:end] += share
        reached = below
    return reached


def _stretches(task: Task) -> Iterator[tuple[int, list[torch.Tensor]]]:
    """Where stretches of the prompt begin, and the weights of their queries in every layer."""
    perturber = task.perturber
    embeddings, prefix, n = perturber.embeddings, perturber.prefix, len(perturber.embeddings)
    step = n if prefix is None else _queries_at_once(task)
    _check_memory(task, _kept_bytes(task) + _call_bytes(task, step))
    for start in range(0, n, step):
        some = embeddings[start : start + step]
        before = prefix.before(start) if prefix is not None and start else None
        run = functools.partial(attention_rows, task.model, some, before, len(some))
        yield start, perturber.beside(len(some), run)


def _queries_at_once(task: Task) -> int:
    """How many positions run in one call beside what is kept of all."""
    left = task.perturber.memory - _kept_bytes(task)
    return max(1, min(QUERIES, int(left / _call_bytes(task, 1))))


def _kept_bytes(task: Task) -> float:
    """The mean weights of every layer, each position's up to itself where they run in stretches."""
    config, n = task.model.network.config.get_text_config(), len(task.perturber.embeddings)
    numbers = int(config.num_hidden_layers) * n * n
    return _NUMBER * (numbers if task.perturber.prefix is None else (numbers + n * QUERIES) / 2)


def _call_bytes(task: Task, queries: int) -> float:
    """What a call with so many queries makes: weights of all heads of one layer, and the rest."""
    config, length = task.model.network.config.get_text_config(), len(task.perturber.embeddings)
    weights = _COPIES * _NUMBER * int(getattr(config, "num_attention_heads", 1)) * length
    return queries * (weights + call_bytes(task.model, length)[0])


def _check_memory(task: Task, wanted: float) -> None:
    """NoiserError where a method cannot run within the memory that a call may take."""
    perturber, length = task.perturber, len(task.perturber.embeddings)
    if wanted > perturber.memory:
        raise NoiserError(
            f"{task.request.method} takes about {wanted / 1e9:.2g} GB with {length:,} tokens and may take "
            f"{perturber.memory / 1e9:.2g}: try a shorter prompt or more memory in a call.",
            change=("memory",),
        )


_METHODS: dict[str, Callable[[Task], torch.Tensor]] = {
    "attention": _mean,
    "attention_last": _last,
    "attention_rollout": _rollout,
}
