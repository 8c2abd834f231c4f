"""The precision in which probabilities are made."""

from __future__ import annotations

import torch


def at_least_float32(logits: torch.Tensor) -> torch.Tensor:
    """Logits in float32, or in float64 as they are."""
    return logits if logits.dtype == torch.float64 else logits.float()
