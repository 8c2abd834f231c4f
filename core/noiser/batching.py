"""Which changes run together: rows that start late are short, and every call has a price of its own."""

from __future__ import annotations

from collections.abc import Sequence


def split_into_batches(
    starts: Sequence[int], length: int, rows: int, *, call_price: float, budget: int, most: int
) -> list[int]:
    """Sizes of consecutive batches over changes with ascending `starts`, cheapest in all.

    A batch runs `rows` rows per change from its first start to `length`, so it costs
    rows × changes × (length − start) positions, and `call_price` positions for the call itself. No
    batch holds more than `most` changes or `budget` positions, unless it is a single change.
    """
    best = [0.0]  # best[k]: the cost of the first k changes
    cut = [0]  # cut[k]: where the last batch of that begins
    for end in range(1, len(starts) + 1):
        cost, begin = float("inf"), end - 1
        for first in range(end - 1, -1, -1):
            positions = rows * (end - first) * (length - starts[first])
            if first < end - 1 and (positions > budget or end - first > most):
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
