"""Which changes run together, within what time and memory allow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Budget:
    """How large one call may be.

    `positions`: more than that in a call is no faster. `bytes`: memory for what a call makes, of
    which each position takes `position_bytes` and each row, with its keys and its distribution,
    `row_bytes`.
    """

    positions: int
    bytes: float
    position_bytes: float
    row_bytes: float

    def fits(self, rows: int, positions: int) -> bool:
        """Whether rows of so many positions in all may run in one call."""
        return positions <= self.positions and self.size(rows, positions) <= self.bytes

    def size(self, rows: int, positions: int) -> float:
        """The bytes that a call of so many rows and positions takes."""
        return rows * self.row_bytes + positions * self.position_bytes

    @property
    def most_bytes(self) -> float:
        """What a call takes at most: the memory, or less where its positions are bounded first."""
        return min(self.bytes, self.positions * self.position_bytes)

    def most_positions(self, length: int) -> float:
        """About how many positions fit into a call of rows that are half of `length` long."""
        per_position = self.position_bytes + 2 * self.row_bytes / length
        return min(self.positions, self.bytes / per_position)

    def most_rows(self, positions: int) -> int:
        """How many rows of so many positions each fit into a call."""
        by_memory = self.bytes / (self.row_bytes + positions * self.position_bytes)
        return int(min(self.positions / positions, by_memory))

    def halved(self, rows: int, positions: int) -> Budget:
        """A budget for half of a call that memory ran out in."""
        return replace(self, bytes=self.size(rows, positions) / 2)


def split_into_batches(
    starts: Sequence[int],
    length: int,
    variants: int,
    *,
    budget: Budget,
    call_price: float,
    ragged: bool,
) -> list[int]:
    """Sizes of consecutive batches over changes with ascending `starts`, cheapest in all.

    A batch runs `variants` rows per change to `length`: `ragged` ones each from its own start, others
    all from the first. It costs its positions, and `call_price` positions for the call itself. Every
    batch is within the budget, unless it is a single change.
    """
    every = variants * sum(length - start for start in starts)
    if ragged and starts and budget.fits(variants * len(starts), every):
        return [len(starts)]
    best = [0.0]  # best[k]: the cost of the first k changes
    cut = [0]  # cut[k]: where the last batch of that begins
    for end in range(1, len(starts) + 1):
        cost, begin, own = float("inf"), end - 1, 0
        for first in range(end - 1, -1, -1):
            rows = variants * (end - first)
            own += variants * (length - starts[first])
            positions = own if ragged else rows * (length - starts[first])
            if first < end - 1 and not budget.fits(rows, positions):
                break
            total = best[first] + positions + call_price
            if total < cost:
                cost, begin = total, first
        best.append(cost)
        cut.append(begin)
    sizes: list[int] = []
    end = len(starts)
    while end:
        sizes.append(end - cut[end])
        end = cut[end]
    return sizes[::-1]
