"""What a change of a prompt's embeddings is to the perturber."""

from __future__ import annotations

from typing import Protocol

import torch


class Change(Protocol):
    """One way to change the prompt's embeddings, in as many rows as it has variants.

    Nothing before position `first` is touched, so what the model computed there stays true.
    """

    @property
    def first(self) -> int:
        """The first position that changes."""

    def apply(self, rows: torch.Tensor, variants: slice, start: int) -> None:
        """Change `rows` in place: shape (variants asked for, n − start, d).

        Each is a copy of the clean prompt from position `start` on, at or before `first`.
        """


class Unchanged:
    """No change at all."""

    first = 0

    def apply(self, rows: torch.Tensor, variants: slice, start: int) -> None:
        """Leave the rows as they are."""
