"""A task whose model is a formula: what the target has is told by which positions are as they were."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, cast

import torch

from noiser.events import Work, ignore
from noiser.methods import get_method
from noiser.methods.task import Attribution, Task
from noiser.perturb import Change, Perturber
from noiser.prompt import Prompt, Token
from noiser.request import Request
from noiser.target import Objective
from tests.tiny import tiny

Formula = Callable[[frozenset[int]], float]
"""The target's probability, from the positions that are unchanged."""


class Formulas:
    """Answers as a perturber would; the distributions have two tokens, of which the first is the target."""

    def __init__(self, length: int, formula: Formula) -> None:
        self.work = Work()
        self.rows = 0
        self._length, self._formula = length, formula
        self.clean = self._read(frozenset(range(length)))

    def probabilities(
        self, changes: Sequence[Change], variants: int
    ) -> Iterator[tuple[list[int], torch.Tensor]]:
        """One change at a time, later ones first: the order of changes is not to be relied on."""
        assert variants == 1
        for i in reversed(range(len(changes))):
            rows = torch.full((1, self._length, tiny("llama").dim), torch.nan, dtype=torch.float64)
            first = changes[i].first
            changes[i].apply(rows[:, first:], slice(0, 1), first)
            same = frozenset(torch.isnan(rows[0, :, 0]).nonzero().flatten().tolist())
            assert min(set(range(self._length)) - same) == first
            self.rows += 1
            yield [i], self._read(same).view(1, 1, -1)

    def _read(self, same: frozenset[int]) -> torch.Tensor:
        p = self._formula(same)
        return torch.tensor([p, *[(1 - p) / 9] * 9], dtype=torch.float64)


def stub_task(
    length: int, formula: Formula, members: dict[int, tuple[int, ...]] | None = None, **options: Any
) -> Task:
    """A task over `length` tokens; `options` are of the request."""
    perturber = Formulas(length, formula)
    members = members or {i: (i,) for i in range(length)}
    return Task(
        tiny("llama"),
        Prompt("abc", tuple(Token(70 + i, "a", i, i + 1) for i in range(length))),
        tuple(members),
        Objective(0, None, 0, perturber.clean),
        Request(**options),
        cast("Perturber", perturber),
        ignore,
        members,
    )


def attributed(task: Task) -> Attribution:
    return get_method(task.request.method).run(task)
