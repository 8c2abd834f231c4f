"""The reward of a text as the target, where a model predicts no token."""

from __future__ import annotations

from dataclasses import dataclass

import torch


@dataclass(frozen=True)
class Reward:
    """What is explained: the reward itself, in the model's own units. Readings are (…, 1)."""

    clean: torch.Tensor
    contrast: None = None

    def value(self, distributions: torch.Tensor) -> torch.Tensor:
        """The reward: (…, 1) → (…)."""
        return distributions[..., 0]

    def holds(self, mean: torch.Tensor) -> torch.Tensor:
        """A reward is no prediction that flips: (c, 1) → (c,), all true."""
        return torch.ones(mean.shape[:-1], dtype=torch.bool)

    def rivals(self) -> None:
        """No two ids decide."""
