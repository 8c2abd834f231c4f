"""A change that puts other embeddings in some tokens' places."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from noiser.methods.task import places


@dataclass(frozen=True)
class Replace:
    """The embeddings at ascending `positions` replaced; one row.

    `embeddings` is one for all of them, shape (d,), or one for each, shape (positions, d).
    """

    positions: tuple[int, ...]
    embeddings: torch.Tensor

    @property
    def first(self) -> int:
        """The first position that changes."""
        return self.positions[0]

    def apply(self, rows: torch.Tensor, variants: slice, start: int) -> None:
        """Put the embeddings in their places."""
        rows[:, places(self.positions, start)] = self.embeddings
