"""How fast a model runs changed rows on the machine at hand, by a short measurement."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from noiser.model.rows import Rows, make_rows

if TYPE_CHECKING:
    from noiser.model.language_model import LanguageModel

LONGEST = 0.5
"""Seconds that one measured call should stay within; it stays small where the model is slow."""
MANY = 1024
"""Positions of the larger of the two calls, as many as time allows."""
REPEATS = 3
OWN_SHARE = 0.02
FEWEST, MOST = 1024, 262144
"""Bounds on positions in a call: less is slower anywhere, more keeps cancelling and the screen waiting."""


@dataclass(frozen=True)
class Speed:
    """Seconds of a call by itself, and of each position in it."""

    call: float
    position: float

    def seconds(self, calls: float, positions: float) -> float:
        """What so many calls of so many positions in all take."""
        return calls * self.call + positions * self.position


def worthwhile_positions(speed: Speed) -> int:
    """Positions of a call of which the call by itself is 2%, more is hardly faster.

    Rounded to a power of two, so that measuring again finds the same.
    """
    wanted = speed.call / max(speed.position, 1e-12) / OWN_SHARE
    return int(2 ** round(math.log2(min(max(wanted, FEWEST), MOST))))


@torch.inference_mode()
def measure(model: LanguageModel, embeddings: torch.Tensor) -> Speed:
    """Time a small and a larger call over rows of a prompt's embeddings, shape (n, d).

    The least of a few repeats each, after one that warms up.
    """
    length = len(embeddings)
    rows = make_rows(model, embeddings)
    if rows.clean is None:
        rows.batch([], 1).logits()
    start = rows.start(max(0, length - 16))
    _call(model, rows, start, 1)
    small, few = _best(model, rows, start, 1)
    most = min(MANY, int(LONGEST / small * few))
    if most < 2 * few:
        return Speed(0.0, small / few)
    # rows from the middle on, as they are on average: short rows of a long prompt are mostly keys
    start = rows.start(max(length // 2, length - most))
    large, many = _best(model, rows, start, max(1, most // (length - start)))
    if many <= few:
        return Speed(0.0, small / few)
    position = max((large - small) / (many - few), 0.0)
    return Speed(max(small - few * position, 0.0), position)


def _best(model: LanguageModel, rows: Rows, start: int, count: int) -> tuple[float, int]:
    """The least seconds of a call of `count` rows, and its positions; slow calls are not repeated."""
    best, spent, positions = float("inf"), 0.0, 0
    for _ in range(REPEATS):
        seconds, positions = _call(model, rows, start, count)
        best, spent = min(best, seconds), spent + seconds
        if spent > LONGEST:
            break
    return best, positions


def _call(model: LanguageModel, rows: Rows, start: int, count: int) -> tuple[float, int]:
    began = time.perf_counter()
    batch = rows.batch([start], count)
    batch.logits().softmax(-1).sum().item()  # which waits for the device
    return time.perf_counter() - began, batch.positions
