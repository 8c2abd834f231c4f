"""The two ends of a path: the prompt's embeddings, and those of a baseline in their place."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from noiser.methods.baseline import make_baseline
from noiser.methods.task import Task
from noiser.model.precision import at_least_float32

OWN = ("unk", "pad", "eos")
"""The tokens that stand for nothing where the user names none, as in Inseq 0.7.1."""


@dataclass(frozen=True)
class Ends:
    """Where a path begins and ends, both (n, d), at least float32; `name` is the baseline's."""

    name: str
    start: torch.Tensor
    end: torch.Tensor

    @property
    def difference(self) -> torch.Tensor:
        """From the start to the end, (n, d)."""
        return self.end - self.start

    def between(self, shares: torch.Tensor) -> torch.Tensor:
        """Points on the straight line, (b, n, d), at these shares (b,) of the way."""
        return self.start + shares[:, None, None] * self.difference


def make_ends(task: Task) -> Ends:
    """The prompt with a baseline on every token that is explained, and as it is.

    Tokens that are not explained stay as they are, and so does the end of a text, as in Inseq.
    """
    name, baseline = make_baseline(task.model, task.request.baseline, OWN)
    end = at_least_float32(task.perturber.embeddings.clone())
    start = end.clone()
    start[replaced(task)] = at_least_float32(baseline.clone())
    return Ends(name, start, end)


def replaced(task: Task) -> list[int]:
    """The positions that a baseline takes."""
    final, tokens = task.model.tokenizer.eos_token_id, task.prompt.tokens
    explained = (i for position in task.positions for i in task.at(position))
    return sorted(i for i in explained if tokens[i].id != final)
