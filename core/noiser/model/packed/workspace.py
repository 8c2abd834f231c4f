"""Memory that is kept from call to call."""

from __future__ import annotations

import functools
import math

import torch

LARGEST_KEPT = 31 * 2**20
"""Bytes of the largest block, with some room for its own description, that glibc learns from."""


@functools.cache
def keep_freed() -> None:
    """Have the C library keep what is freed for the next call, where it gives it back at once.

    Large blocks that are freed raise what glibc keeps, up to blocks of 32 MB (mallopt(3),
    M_MMAP_THRESHOLD), and freeing one untouched block does no more than a first large call would. Until
    then results between two products may be paged in anew each time, for a quarter of a short run.
    """
    torch.empty(LARGEST_KEPT, dtype=torch.uint8)


class Workspace:
    """Large intermediate results, kept from call to call: fresh memory costs a page fault per 4 KB."""

    def __init__(self, like: torch.Tensor) -> None:
        if like.device.type == "cpu":
            keep_freed()
        self._like = like
        self._kept: dict[str, torch.Tensor] = {}

    def take(self, name: str, *shape: int) -> torch.Tensor:
        """A tensor of this shape with anything in it; the one taken before by this name is gone."""
        size = math.prod(shape)
        if name not in self._kept or self._kept[name].numel() < size:
            self._kept.pop(name, None)
            self._kept[name] = self._like.new_empty(size)
        return self._kept[name][:size].view(shape)
