"""Where everything lies when rows of different starts are put one after another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch.nn import functional

Fill = Callable[[int], int]
"""How many positions are held where so many are asked, never fewer."""

WASTE = 1.25
"""Queries of rows of different lengths are padded to one length up to this factor, then parted."""
SPARE = 200
"""Queries that a call by itself is worth: so many are padded rather than parted, whatever the factor."""


@dataclass(frozen=True)
class Group:
    """Consecutive rows whose queries attend in one call, padded in front to `width` positions each.

    `rows` counts in rows and `packed` in packed positions. `padded` says which packed position each
    padded slot takes, `slots` which slot each packed position has; None where all are of one length.
    """

    rows: slice
    packed: slice
    width: int
    padded: torch.Tensor | None
    slots: torch.Tensor | None


class Packing:
    """Rows that hold the positions from their start to `length`, in ascending order of their starts.

    What comes before a start is found in `before` clean positions; where those are none, the first row
    is the clean one, and it is found there.

    `positions`: the place in the prompt of each of the `taken` packed positions, and of some that
    nothing reads. `last`: where each of the rows ends, and again some.
    """

    def __init__(
        self,
        starts: Sequence[int],
        length: int,
        device: torch.device,
        fill: Fill = int,
        before: int | None = None,
    ) -> None:
        self.rows, self.length = len(starts), length
        begins = torch.tensor(starts)
        lengths = length - begins
        ends = lengths.cumsum(0)
        offsets = ends - lengths
        row = torch.repeat_interleave(torch.arange(self.rows), lengths)
        within = torch.arange(int(ends[-1])) - offsets[row]
        place = torch.arange(length).expand(self.rows, length)
        first = length if before is None else before
        own = first + offsets[:, None] + place - begins[:, None]
        self._keys = torch.where(place < begins[:, None], place, own).to(device)
        self._by_heads: dict[int, torch.Tensor] = {}
        self.taken = len(row)
        self.positions = _with_zeros(within + begins[row], fill).to(device)
        self.last = _with_zeros(ends - 1, fill).to(device)
        self.groups = _groups(lengths.tolist(), device)

    def __len__(self) -> int:
        return len(self.positions)

    def keys(self, heads: int) -> torch.Tensor:
        """Where keys are found among the clean ones followed by the packed ones, of all heads each.

        For every row, head and place in the prompt, shape (rows · heads · length,).
        """
        if heads not in self._by_heads:
            head = torch.arange(heads, device=self._keys.device)[:, None]
            self._by_heads[heads] = (self._keys[:, None] * heads + head).flatten()
        return self._by_heads[heads]


def _with_zeros(places: torch.Tensor, fill: Fill) -> torch.Tensor:
    return functional.pad(places, (0, fill(len(places)) - len(places)))


def _groups(lengths: list[int], device: torch.device) -> list[Group]:
    """Rows in groups, longest first in each, as large as the padding allows."""
    groups: list[Group] = []
    first, begin, total = 0, 0, 0
    for row, length in enumerate(lengths):
        slots, taken = (row + 1 - first) * lengths[first], total + length
        if slots > max(WASTE * taken, taken + SPARE):
            groups.append(_group(lengths, first, row, begin, device))
            first, begin, total = row, begin + total, 0
        total += length
    groups.append(_group(lengths, first, len(lengths), begin, device))
    return groups


def _group(lengths: list[int], first: int, end: int, begin: int, device: torch.device) -> Group:
    width, some = lengths[first], torch.tensor(lengths[first:end])
    rows, packed = slice(first, end), slice(begin, begin + int(some.sum()))
    if int(some[-1]) == width:
        return Group(rows, packed, width, None, None)
    filled = torch.arange(width).expand(len(some), width) >= (width - some)[:, None]
    slots = filled.reshape(-1).nonzero()[:, 0]
    padded = torch.zeros(len(some) * width, dtype=torch.long)
    padded[slots] = torch.arange(len(slots))
    return Group(rows, packed, width, padded.to(device), slots.to(device))
