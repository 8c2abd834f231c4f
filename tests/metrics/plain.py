"""The metrics of DESIGN section 5, word for word: one row at a time, nothing shared with the engine."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch


def embeddings(network: Any, ids: Sequence[int]) -> np.ndarray[Any, Any]:
    with torch.no_grad():
        return network.get_input_embeddings()(torch.tensor(ids)).double().numpy()


def distribution(network: Any, rows: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    with torch.no_grad():
        logits = network(inputs_embeds=torch.from_numpy(rows)[None], use_cache=False).logits
    return torch.softmax(logits[0, -1], dim=-1).numpy()


def hellinger(p: np.ndarray[Any, Any], q: np.ndarray[Any, Any], reference: bool) -> float:
    total = sum((math.sqrt(x) - math.sqrt(y)) ** 2 for x, y in zip(p, q, strict=True))
    return total / math.sqrt(2) if reference else math.sqrt(total) / math.sqrt(2)


def uniforms(seed: int, ids: Sequence[int], mask: int, dim: int) -> np.ndarray[Any, Any]:
    sequence = np.random.SeedSequence([seed, *ids], spawn_key=(1, mask))
    return np.random.default_rng(sequence).random((len(ids), dim), dtype=np.float32)


def random_scores(seed: int, ids: Sequence[int], scored: Sequence[int]) -> dict[int, float]:
    """softmax(U[0, 1]ⁿ) over the tokens that have a score."""
    sequence = np.random.SeedSequence([seed, *ids], spawn_key=(0,))
    drawn = np.random.default_rng(sequence).random(len(scored))
    total = sum(math.exp(x) for x in drawn)
    return {i: math.exp(x) / total for i, x in zip(scored, drawn, strict=True)}


def soft(
    network: Any,
    ids: Sequence[int],
    keep: dict[int, float],
    masks: int,
    seed: int = 1,
    reference: bool = False,
) -> tuple[float, float]:
    """Soft-NS and Soft-NC; tokens without a probability are left alone."""
    whole = embeddings(network, ids)
    clean = distribution(network, whole)
    zero = hellinger(clean, distribution(network, np.zeros_like(whole)), reference)
    kept, left = [], []
    for mask in range(masks):
        drawn = uniforms(seed, ids, mask, whole.shape[1])
        for inverse, distances in ((False, kept), (True, left)):
            rows = whole.copy()
            for i, probability in keep.items():
                for j in range(whole.shape[1]):
                    below = bool(drawn[i, j] < np.float32(probability))
                    if below == inverse:
                        rows[i, j] = 0.0
            distances.append(hellinger(clean, distribution(network, rows), reference))
    sufficiency = max(0.0, zero - sum(kept) / masks) / zero
    return sufficiency, sum(left) / masks / zero


def without(
    network: Any,
    ids: Sequence[int],
    positions: Sequence[int],
    target: int,
    contrast: int | None = None,
) -> float:
    """p(target), less p(contrast), with the embeddings at some positions zero."""
    rows = embeddings(network, ids)
    rows[list(positions)] = 0.0
    found = distribution(network, rows)
    return float(found[target] - (0.0 if contrast is None else found[contrast]))


def curve(
    network: Any, ids: Sequence[int], order: Sequence[int], target: int, insertion: bool
) -> tuple[list[float], float]:
    """The values with the first 0, 1, … n units of the order away, or only those there; and the area."""
    n = len(order)
    values = [
        without(network, ids, order[k:] if insertion else order[:k], target) for k in range(n + 1)
    ]
    return values, sum((a + b) / 2 for a, b in itertools.pairwise(values)) / n
