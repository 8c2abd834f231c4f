"""Memory that is kept from call to call."""

from __future__ import annotations

import math

import torch

from noiser.model.heap import keep_freed


class Workspace:
    """Large intermediate results, kept from call to call: fresh memory costs a page fault per 4 KB."""

    def __init__(self, like: torch.Tensor) -> None:
        if like.device.type == "cpu":
            keep_freed()
        self._like = like
        self._kept: dict[str, torch.Tensor] = {}
        self._taken: dict[str, torch.Tensor] = {}

    def take(self, name: str, *shape: int) -> torch.Tensor:
        """A tensor of this shape with anything in it; the one taken before by this name is gone."""
        if (last := self._taken.get(name)) is not None and last.shape == shape:
            return last
        size = math.prod(shape)
        if name not in self._kept or self._kept[name].numel() < size:
            self._taken.pop(name, None)
            self._kept.pop(name, None)
            self._kept[name] = self._like.new_empty(size)
        self._taken[name] = self._kept[name][:size].view(shape)
        return self._taken[name]
