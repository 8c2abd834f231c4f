"""Metrics that were cancelled, to go on from: what had been run of each target by then."""

from __future__ import annotations

from dataclasses import dataclass, field

from noiser.events import Work


@dataclass(frozen=True)
class TargetBegun:
    """What was run of one target.

    `distances` are those of the soft ones, shape (changes, masks), None where none was run. `values` are
    the target's with the units of a ranking replaced from one place to before another, and those places.
    """

    distances: tuple[tuple[float | None, ...], ...] = ()
    values: tuple[tuple[int, int, float], ...] = ()

    def __post_init__(self) -> None:
        if len({len(row) for row in self.distances}) > 1:
            raise ValueError("the distances are not of as many masks each")


@dataclass(frozen=True)
class MetricsBegun:
    """What was run of metrics, target by target, and what was spent on it.

    `of` is a mark of the explanation and of the options: with others there is nothing to go on from.
    """

    of: str
    targets: tuple[TargetBegun, ...] = ()
    work: Work = field(default_factory=Work)
    seconds: float = 0.0

    @property
    def known(self) -> bool:
        """Whether there is anything to go on from."""
        return any(one != TargetBegun() for one in self.targets)
