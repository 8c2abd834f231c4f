"""What is known of a run that is under way, taken now and then: its process may be killed."""

from __future__ import annotations

import time
from collections.abc import Callable

from noiser.explanation import Explanation

EVERY = 5.0
"""Seconds between two snapshots."""
SHARE = 50
"""Times as long as a snapshot took nothing is taken after it: of a long prompt it takes a while."""


class Snapshots:
    """Gives `take` what a cancel would leave now, every few seconds of a run, in the run's thread."""

    def __init__(self, take: Callable[[Explanation], object], every: float = EVERY) -> None:
        self._take = take
        self._every = every
        self._due = time.monotonic() + every
        self._with: Callable[[Explanation], Explanation | None] = lambda left: left

    def behind(self, with_made: Callable[[Explanation], Explanation | None]) -> None:
        """From now on what is known comes after targets that were explained: `with_made` joins them."""
        self._with = with_made

    def look(self, known: Callable[[], Explanation | None]) -> None:
        """Take what is `known` now if it is time."""
        began = time.monotonic()
        if began < self._due:
            return
        found = known()
        if found is not None and (whole := self._with(found)) is not None:
            self._take(whole)
        ended = time.monotonic()
        self._due = ended + max(self._every, SHARE * (ended - began))
