"""How fast the work of a run is done, as far as its events tell."""

from __future__ import annotations

from dataclasses import dataclass, replace

TOLD_EVERY = 0.5
"""Seconds between two numbers: they are read, not watched."""


@dataclass(frozen=True)
class Pace:
    """Token-forwards a second since the first event that told of work, `rate` 0 as long as nobody knows.

    `since` is when that was and `first` the work by then, `at` and `done` are of the last number. Of a run
    that goes on the first work told of is what was done before.
    """

    since: float = 0.0
    first: int = 0
    at: float = 0.0
    done: int = 0
    rate: float = 0.0
    goes_on: bool = False

    def heard(self, at: float, done: int) -> Pace:
        """The pace when `done` token-forwards are done at a time in seconds."""
        if self.goes_on and not done:
            return self
        if not self.since or done < self.done:  # the first, or another target is worked on
            return Pace(since=at, first=done, at=at, done=done)
        if at - self.at < TOLD_EVERY or done == self.done:
            return self
        rate = (done - self.first) / (at - self.since)
        return replace(self, at=at, done=done, rate=rate)
