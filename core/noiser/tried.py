"""What noise did somewhere, told so that a run that was cancelled can go on from it."""

from __future__ import annotations

from dataclasses import dataclass

from noiser.events import Work


@dataclass(frozen=True)
class Tried:
    """What noise of a scale did at a position, of a unit its first: whether the prediction held.

    `odds` and `margin` are by how much, where the search asked that, in log-odds and in probability;
    `losses` what each draw took, shape (K,), None where not all draws were needed for the answer.
    """

    position: int
    scale: float
    holds: bool
    odds: float | None = None
    margin: float | None = None
    losses: tuple[float, ...] | None = None


@dataclass(frozen=True)
class LeftOff:
    """Where a run was cancelled: what its noise did by then, and what was spent on that."""

    tried: tuple[Tried, ...]
    work: Work
    seconds: float
