"""The method of DESIGN section 3, word for word: no shortcuts, nothing shared with the engine.

One token at a time, one scale at a time, every token searched to the end, the whole prompt run
again each time. Slow, and meant to be checked against the text line by line.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

SEARCHED = ("min", "max", "per-token")


@dataclass(frozen=True)
class Question:
    """What is explained: a network, its ids, the noise already divided by the norm's constant."""

    network: Any
    ids: tuple[int, ...]
    noise: torch.Tensor
    target: int
    contrast: int | None
    top: int
    clean: torch.Tensor

    def mean_distribution(self, i: int, alpha: float) -> torch.Tensor:
        """p̄ᵢ(α): the mean over k of the next-token distribution with eᵢ + α·εₖ in place of eᵢ."""
        embeddings = self.network.get_input_embeddings()(torch.tensor(self.ids))
        rows = torch.stack([embeddings] * len(self.noise))
        for k, draw in enumerate(self.noise):
            rows[k, i] = embeddings[i] + alpha * factor(self.network) * draw
        with torch.no_grad():
            logits = self.network(inputs_embeds=rows, use_cache=False).logits
        return torch.softmax(logits[:, -1], dim=-1).mean(dim=0)

    def holds(self, i: int, alpha: float) -> bool:
        """argmax p̄ᵢ(α) = y; against a contrast: p̄(t) > p̄(c) keeps its sign."""
        mean = self.mean_distribution(i, alpha)
        if self.contrast is None:
            return int(mean.argmax()) == self.top
        before = bool(self.clean[self.target] > self.clean[self.contrast])
        return bool(mean[self.target] > mean[self.contrast]) == before

    def raw(self, i: int, alpha: float) -> float:
        """p(t) − p̄ᵢ(α)(t); against a contrast the drop in p(t) − p(c)."""
        mean = self.mean_distribution(i, alpha)
        drop = float(self.clean[self.target] - mean[self.target])
        if self.contrast is not None:
            drop -= float(self.clean[self.contrast] - mean[self.contrast])
        return drop


@dataclass(frozen=True)
class Found:
    """What the search found for one token."""

    alpha: float
    saturated: bool


@dataclass(frozen=True)
class Answer:
    """Scores of all tokens (NaN where excluded), and the scale: one for all, or None."""

    alpha: float | None
    raw: list[float]
    scores: list[float]
    found: dict[int, Found]


def ask(
    network: Any,
    ids: Sequence[int],
    *,
    norm: str = "none",
    seed: int = 1,
    draws: int = 10,
    target: int | None = None,
    contrast: int | None = None,
    reference: bool = False,
) -> Question:
    """The question about the token after `ids`; without a target, about the model's own prediction."""
    with torch.no_grad():
        logits = network(torch.tensor([list(ids)]), use_cache=False).logits
    clean = torch.softmax(logits[0, -1], dim=-1)
    y = int(clean.argmax())
    d = network.get_input_embeddings().weight.shape[1]
    noise = np.random.RandomState(seed).randn(draws, d) / expected_norm(norm, d, reference)
    t = y if target is None else target
    return Question(network, tuple(ids), torch.from_numpy(noise), t, contrast, y, clean)


def factor(network: Any) -> float:
    """Noise goes on the raw embedding; Gemma multiplies that by √d inside its embedding module."""
    d = network.get_input_embeddings().weight.shape[1]
    return math.sqrt(d) if network.config.model_type.startswith("gemma") else 1.0


def expected_norm(norm: str, d: int, reference: bool) -> float:
    """What the draws are divided by; the released code's constant for 3 only in reference mode."""
    third = 2 / math.sqrt(math.pi) if reference else 2 * math.sqrt(2 / math.pi)
    return {
        "none": 1.0,
        "1": d * math.sqrt(2 / math.pi),
        "2": math.sqrt(d),
        "3": (d * third) ** (1 / 3),
        "4": (d * 3) ** (1 / 4),
        "inf": math.sqrt(2 * math.log(d)),
    }[norm]


def bisection(holds: Callable[[float], bool], steps: int = 10) -> Found:
    """Bisect α on [0, 1]; αᵢ = low. If low is still 0, keep halving, 20 more steps at most."""
    low, high = 0.0, 1.0
    flipped = False
    for _ in range(steps):
        mid = (low + high) / 2
        if holds(mid):
            low = mid
        else:
            high = mid
            flipped = True
    more = 0
    while low == 0.0 and more < 20:
        mid = high / 2
        if holds(mid):
            low = mid
        else:
            high = mid
        more += 1
    return Found(low, saturated=not flipped)


def last_midpoint(holds: Callable[[float], bool], steps: int = 10) -> Found:
    """The released code's search: the last midpoint, whether the prediction held there or not."""
    low, high = 0.0, 1.0
    flipped = False
    mid = 0.0
    for _ in range(steps):
        mid = (low + high) / 2
        if holds(mid):
            low = mid
        else:
            high = mid
            flipped = True
    return Found(mid, saturated=not flipped)


def search(question: Question, exclude: Collection[int] = (), steps: int = 10) -> dict[int, Found]:
    """The scale of every token that may be noised, each found alone."""
    return {
        i: bisection(lambda alpha, i=i: question.holds(i, alpha), steps)
        for i in range(len(question.ids))
        if i not in exclude
    }


def reference_search(question: Question, steps: int = 10) -> dict[int, Found]:
    """The same in reference mode; special tokens are searched like any other."""
    return {
        i: last_midpoint(lambda alpha, i=i: question.holds(i, alpha), steps)
        for i in range(len(question.ids))
    }


def answer(
    question: Question,
    bound: str,
    normalisation: str,
    found: dict[int, Found],
    positions: Sequence[int],
    drawn: float | None = None,
) -> Answer:
    """Score `positions` at the scale of the bound; `drawn` is the α ~ U(0, 1) of the bound `random`."""
    d = question.noise.shape[1]
    alpha: float | None
    if bound == "min":
        alpha = min(found[i].alpha for i in positions)
    elif bound == "max":
        alpha = max(found[i].alpha for i in positions)
    elif bound == "per-token":
        alpha = None
    else:
        alpha = {
            "norm-l2": 1 / math.sqrt(d),
            "norm-linf": 1 / math.sqrt(2 * math.log(d)),
            "none": 1.0,
            "random": drawn,
        }[bound]
    raw = [math.nan] * len(question.ids)
    for i in positions:
        raw[i] = question.raw(i, found[i].alpha if alpha is None else alpha)
    return Answer(alpha, raw, normalised(raw, normalisation), found)


def normalised(raw: Sequence[float], how: str) -> list[float]:
    """Scores from raw scores, those that exist."""
    if how == "raw":
        return list(raw)
    kept = [max(0.0, x) if how == "positive" and not math.isnan(x) else x for x in raw]
    total = sum(x for x in kept if not math.isnan(x))
    return [x / total if total else x * 0.0 for x in kept]


def generated(network: Any, ids: Sequence[int], count: int, stop: int | None) -> list[list[int]]:
    """The ids before each of `count` greedily generated tokens, ending after the `stop` token."""
    before, result = list(ids), []
    for _ in range(count):
        result.append(list(before))
        with torch.no_grad():
            y = int(network(torch.tensor([before]), use_cache=False).logits[0, -1].argmax())
        if y == stop:
            break
        before.append(y)
    return result
