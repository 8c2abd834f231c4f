"""A network's root mean square norms in fewer passes over the numbers than its own modules take."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch

Map = Callable[[torch.Tensor], torch.Tensor]


@dataclass(frozen=True)
class RootMeanSquare:
    """What is divided by the root of its mean square over the last axis, times `gain`, (d,).

    As in Zhang and Sennrich 2019; `least` is added to the mean square.
    """

    gain: torch.Tensor
    least: float

    def __call__(self, x: torch.Tensor) -> torch.Tensor:
        """The same shape."""
        size: torch.Tensor = torch.linalg.vector_norm(x, dim=-1, keepdim=True)
        by = size.square_().div_(x.shape[-1]).add_(self.least).rsqrt_()
        return torch.mul(x, by).mul_(self.gain)


def quick_norm(module: Any, plus_one: bool) -> Any:
    """The norm that a module is, in single precision; else the module itself, or None for None.

    In other types the module's own rounding shows. `plus_one`: what it keeps is its gain less one.
    """
    gain = getattr(module, "weight", None)
    named = type(module).__name__.endswith("RMSNorm")
    if not named or not isinstance(gain, torch.Tensor) or gain.dtype is not torch.float32:
        return module
    least = module.variance_epsilon if hasattr(module, "variance_epsilon") else module.eps
    return RootMeanSquare(gain.detach() + 1 if plus_one else gain.detach(), float(least))
