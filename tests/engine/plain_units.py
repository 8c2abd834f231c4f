"""Units and zooming word for word, over the plain method: noise on every token of a unit at once."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import torch

from tests.engine import plain


@dataclass(frozen=True)
class UnitQuestion(plain.Question):
    """The same question, with draw k on every member of unit i in place of token i."""

    members: Mapping[int, Sequence[int]] = field(default_factory=dict)

    def mean_distribution(self, i: int, alpha: float) -> torch.Tensor:
        """The mean over k of the distribution with e + α·εₖ in place of e at all members of unit i."""
        embeddings = self.network.get_input_embeddings()(torch.tensor(self.ids))
        total = torch.zeros_like(self.clean)
        for draw in self.noise:
            row = embeddings.clone()
            for member in self.members[i]:
                row[member] = embeddings[member] + alpha * plain.factor(self.network) * draw
            with torch.no_grad():
                logits = self.network(inputs_embeds=row[None], use_cache=False).logits
            total += torch.softmax(logits[0, -1], dim=-1)
        return total / len(self.noise)


@dataclass(frozen=True)
class Zoomed:
    """The units looked into, strongest first, and each token's score, raw score and scale there."""

    units: list[int]
    alpha: float | None
    raw: dict[int, float]
    scores: dict[int, float]


def of_units(question: plain.Question, members: Mapping[int, Sequence[int]]) -> UnitQuestion:
    """The question about units."""
    values = {name: getattr(question, name) for name in question.__dataclass_fields__}
    return UnitQuestion(**values, members=members)


def search(question: UnitQuestion, steps: int = 10) -> dict[int, plain.Found]:
    """The scale of every unit, each found alone."""
    others = set(range(len(question.ids))) - set(question.members)
    return plain.search(question, others, steps)


def zoom(
    question: plain.Question,
    members: Mapping[int, Sequence[int]],
    answer: plain.Answer,
    bound: str,
    count: int,
) -> Zoomed:
    """Explain the tokens of the `count` strongest units by themselves; divide the units' scores by it."""
    raw = answer.raw
    worth = [i for i in members if raw[i] > 0 and len(members[i]) > 1]
    units = sorted(worth, key=lambda i: -raw[i])[:count]
    tokens = sorted(i for unit in units for i in members[unit])
    others = set(range(len(question.ids))) - set(tokens)
    found = plain.search(question, others)
    inside = plain.answer(question, bound, "raw", found, tokens)
    scores: dict[int, float] = {}
    for unit in units:
        positive = {i: max(0.0, inside.raw[i]) for i in members[unit]}
        total = math.fsum(positive.values())
        for i in members[unit]:
            share = positive[i] / total if total else 1 / len(members[unit])
            scores[i] = answer.scores[unit] * share
    return Zoomed(units, inside.alpha, {i: inside.raw[i] for i in tokens}, scores)
