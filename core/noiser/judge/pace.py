"""When the next request may be sent: so many a minute, and how long to wait after a failure."""

from __future__ import annotations

import email.utils
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from noiser.errors import WrongUse


class Pace:
    """Spreads requests evenly, `per_minute` of them; None: as they come. Safe for several threads."""

    def __init__(
        self, per_minute: float | None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        if per_minute is not None and not per_minute > 0:
            raise WrongUse(f"{per_minute:g} requests a minute are none: give more than 0.")
        self._gap = 0.0 if per_minute is None else 60.0 / per_minute
        self._clock = clock
        self._next = float("-inf")
        self._lock = threading.Lock()

    def turn(self) -> float:
        """Take the next turn; seconds until it comes."""
        with self._lock:
            now = self._clock()
            return self._taken(now, self._gap) - now

    def _taken(self, now: float, gap: float) -> float:
        """When the turn is that was taken; the next one is `gap` seconds later at the earliest."""
        mine = max(now, self._next)
        self._next = mine + gap
        return mine


@dataclass(frozen=True)
class Patience:
    """How often a request is repeated and how long is waited before: doubling, with jitter.

    `attempts` counts the first; `first` and `longest` are seconds, `timeout` those that a server may be
    silent. A server that says when to come back (Retry-After) is heeded, up to `longest_told`.
    """

    attempts: int = 6
    first: float = 1.0
    longest: float = 60.0
    longest_told: float = 300.0
    timeout: float = 120.0

    def wait(self, failures: int, told: float | None, rng: random.Random) -> float | None:
        """Seconds to wait after so many failures; None where it is not worth it."""
        if failures >= self.attempts or (told is not None and told > self.longest_told):
            return None
        own = min(self.longest, self.first * 2.0 ** (failures - 1)) * rng.uniform(0.5, 1.0)
        return max(own, told or 0.0)


def told_to_wait(header: str | None, now: Callable[[], float] = time.time) -> float | None:
    """The seconds of a Retry-After header, a number or a date (RFC 9110, 10.2.3); None for no sense."""
    if header is None:
        return None
    try:
        seconds = float(header)
    except ValueError:
        parsed = email.utils.parsedate_tz(header)
        if parsed is None:
            return None
        seconds = email.utils.mktime_tz(parsed) - now()
    return max(0.0, seconds) if seconds == seconds else None
