"""Metrics on their way: what is known of the target in hand, and of those before it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from noiser.draws import FloatArray
from noiser.events import Work
from noiser.metrics.begun import MetricsBegun, TargetBegun

if TYPE_CHECKING:
    from noiser.perturb import Perturber
    from noiser.snapshots import Snapshots


class Known:
    """What is known of one target as it grows, which `grown` is told after every call."""

    def __init__(
        self, before: TargetBegun | None = None, grown: Callable[[], object] = lambda: None
    ) -> None:
        before = before or TargetBegun()
        self.values = {range(first, after): value for first, after, value in before.values}
        self.grown = grown
        self._distances: FloatArray = np.array(before.distances, dtype=float)

    def distances(self, changes: int, masks: int) -> FloatArray:
        """The distances, shape (changes, masks), NaN where none is known: to be filled in."""
        if self._distances.shape != (changes, masks):
            self._distances = np.full((changes, masks), np.nan)
        return self._distances

    def left(self) -> TargetBegun:
        """What a cancel leaves now."""
        rows = self._distances.tolist()
        return TargetBegun(
            tuple(tuple(None if one != one else one for one in row) for row in rows),
            tuple((one.start, one.stop, value) for one, value in self.values.items()),
        )


class Going:
    """One explanation's metrics under way, from what was `before` on; `keep` takes what there is of them."""

    def __init__(self, before: MetricsBegun, keep: Snapshots[MetricsBegun] | None) -> None:
        self._before = before
        self._keep = keep
        self._made: list[TargetBegun] = []
        self._now: Known | None = None
        self._perturber: Perturber | None = None
        self._work = before.work
        self._started = time.perf_counter() - before.seconds

    def begin(self, perturber: Perturber) -> Known:
        """What is known of the next target, which is run here."""
        self.end()
        self._perturber, at = perturber, len(self._made)
        targets = self._before.targets
        self._now = Known(targets[at] if at < len(targets) else None, self._grown)
        return self._now

    def left(self) -> MetricsBegun:
        """What a cancel leaves now; of targets that were not come to, what was known before."""
        made = [*self._made, *([self._now.left()] if self._now is not None else [])]
        rest = self._before.targets[len(made) :]
        return MetricsBegun(self._before.of, (*made, *rest), self.work, self.seconds)

    @property
    def work(self) -> Work:
        """What was spent by now, the first time included."""
        return self._work if self._perturber is None else self._work + self._perturber.work

    @property
    def seconds(self) -> float:
        """The seconds of all that."""
        return time.perf_counter() - self._started

    def end(self) -> None:
        """The target in hand is done: nothing holds its tensors any more."""
        if self._now is not None:
            self._made.append(self._now.left())
        self._work, self._now, self._perturber = self.work, None, None

    def _grown(self) -> None:
        if self._keep is not None:
            self._keep.look(self.left)
