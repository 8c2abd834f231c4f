"""What noise does to a prediction, taken down call by call: the distributions themselves are not kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import torch

from noiser.change import Change
from noiser.perturb import Perturber

STEP = 16
"""Draws that are summed one after another, before their sum is added to those of others."""
LEVELS = 4
"""Of sums: STEP sums of a level make one of the next, so that little is lost to rounding; as torch does."""


class Value(Protocol):
    """What is explained, of which a tally needs its value alone."""

    def value(self, distributions: torch.Tensor) -> torch.Tensor:
        """What noise takes from: (…, vocabulary) → (…)."""


class Tally:
    """Every draw's value, and the sum of all draws' distributions, of each of `count` changes.

    Of thousands of draws, or of an answer of many tokens, the distributions would not fit into memory.
    Sums are the same to the last bit however many draws come in a call.
    """

    def __init__(self, objective: Value, count: int) -> None:
        self._objective = objective
        self._values: list[list[torch.Tensor]] = [[] for _ in range(count)]
        self._drawn = [0] * count
        self._levels: list[torch.Tensor] = []

    def draw(self, perturber: Perturber, changes: Sequence[Change], some: slice) -> Tally:
        """Run the variants `some` of all changes, which follow those that are there."""
        perturber.each(changes, some, self._add)
        return self

    def of(self, which: Sequence[int]) -> Tally:
        """The tally of some of the changes, to which draws can be added."""
        found = Tally(self._objective, 0)
        found._values = [list(self._values[i]) for i in which]
        found._drawn = [self._drawn[i] for i in which]
        found._levels = [one[list(which)] for one in self._levels]
        return found

    @property
    def values(self) -> torch.Tensor:
        """The value under each draw, shape (changes, draws)."""
        return torch.stack([torch.cat(each) for each in self._values])

    @property
    def sums(self) -> torch.Tensor:
        """The sum of the distributions, shape (changes, …vocabulary)."""
        first, *more = self._levels
        return sum(more, start=first)

    @property
    def means(self) -> torch.Tensor:
        """Their mean."""
        return self.sums / self._drawn[0]

    def _add(self, at: slice, _: slice, found: torch.Tensor) -> None:
        """Take down the distributions of some changes, (changes, draws, …vocabulary)."""
        read = self._objective.value(found).clone()  # it may be a view, which would hold them all
        for values, more in zip(self._values[at], read, strict=True):
            values.append(more)
        drawn, own = self._drawn[at.start], self._level(0, found)[at]
        for one in found.unbind(dim=1):
            own += one
            drawn += 1
            if drawn % STEP == 0:
                self._carry(at, drawn, found)
        self._drawn[at] = [drawn] * len(found)

    def _carry(self, at: slice, drawn: int, like: torch.Tensor) -> None:
        """Move the sums of the levels that are full to the next."""
        for level in range(1, LEVELS):
            below = self._level(level - 1, like)[at]
            self._level(level, like)[at] += below
            below.zero_()
            if drawn % STEP ** (level + 1):
                return

    def _level(self, level: int, like: torch.Tensor) -> torch.Tensor:
        """The sums of a level, nothing where none was needed yet."""
        if level == len(self._levels):
            self._levels.append(like.new_zeros(len(self._drawn), *like.shape[2:]))
        return self._levels[level]
