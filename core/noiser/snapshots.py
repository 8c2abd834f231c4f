"""What is known of work that is under way, taken now and then: its process may be killed."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

EVERY = 5.0
"""Seconds between two snapshots."""
SHARE = 50
"""Times as long as a snapshot took nothing is taken after it: of a long prompt it takes a while."""
T = TypeVar("T")
Part = TypeVar("Part")


@dataclass
class _Pace:
    every: float
    due: float


class Snapshots(Generic[T]):
    """Gives `take` what a cancel would leave now, every few seconds of the work, in its own thread."""

    def __init__(self, take: Callable[[T], object], every: float | None = None) -> None:
        self._take = take
        seconds = EVERY if every is None else every
        self._pace = _Pace(seconds, time.monotonic() + seconds)

    def within(self, whole: Callable[[Part], T | None]) -> Snapshots[Part]:
        """The same ones, taken while a part of the work is done: `whole` puts what is known around it."""

        def take(part: Part) -> None:
            if (made := whole(part)) is not None:
                self._take(made)

        inside = Snapshots(take)
        inside._pace = self._pace
        return inside

    def look(self, known: Callable[[], T | None]) -> None:
        """Take what is `known` now if it is time."""
        began = time.monotonic()
        if began < self._pace.due:
            return
        if (found := known()) is not None:
            self._take(found)
        ended = time.monotonic()
        self._pace.due = ended + max(self._pace.every, SHARE * (ended - began))
