"""What further draws take from every position of a finished run, each at the scale it has."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from noiser.events import TokensScored, Warned
from noiser.methods.noise import Noise, make_noise
from noiser.methods.task import Attribution, Task
from noiser.tally import Tally
from noiser.target import Objective


@dataclass
class AddedDraws:
    """One run of the method, on tokens or units or inside some units, and the draws added to it.

    `task.request.draws` is how many draws there may be in the end.
    """

    task: Task
    found: Attribution
    doubted: set[int] = field(default_factory=set)
    """Positions on which the draws of some round, by themselves, flip the prediction."""

    def add(self, some: slice) -> None:
        """Run the draws `some`, which follow those that are there, on every position."""
        task, objective, before = self.task, self.task.objective, self.found.losses
        assert before is not None
        losses = np.full((len(before), some.stop), np.nan)
        losses[:, : some.start] = before
        clean, draws = objective.value(task.perturber.clean), make_noise(task)
        scales, done = self.found.scales, 0
        noised = [i for i in task.positions if scales[i] != 0.0]
        for i in task.positions:
            if scales[i] == 0.0:  # without noise nothing is lost
                losses[i, some], done = 0.0, done + 1
        changes = [Noise(task.at(i), scales[i], draws) for i in noised]
        for batch in task.perturber.batches(changes, some.stop - some.start):
            at = [noised[i] for i in batch]
            found = Tally(objective, len(batch))
            found.draw(task.perturber, [changes[i] for i in batch], some)
            losses[at, some] = (clean - found.values).double().cpu().numpy()
            held = objective.holds(found.means).tolist()
            self.doubted.update(i for i, holds in zip(at, held, strict=True) if not holds)
            done += len(at)
            raw = {i: float(losses[i].mean()) for i in at}
            task.emit(TokensScored(done, len(task.positions), raw, task.perturber.work))
        self.found.losses, self.found.raw = losses, losses.mean(axis=1)

    def flips(self, searched: int) -> Iterator[Warned]:
        """Where the prediction held at the scale under the draws of the search and may no longer.

        The mean of draws that all hold by themselves holds, too. So does a mean that leaves the
        prediction more than a half; against a contrast the losses alone tell.
        """
        task = self.task
        for i, scale in self.found.scales.items():
            if not self._held(i) or self._holds(i):
                continue
            last = task.at(i)[-1] if task.members else None
            yield Warned(
                f"The scale {scale:.4g} was found with {searched} draws; some of the later ones "
                f"together flip the prediction on this {task.request.granularity}.",
                i,
                last,
            )

    def _held(self, i: int) -> bool:
        """Whether the prediction held at the scale of the position when it was searched."""
        if i not in self.found.brackets or self.task.request.reference:
            return False
        own = self.found.brackets[i].low == self.found.scales[i]
        return own or self.task.request.bound == "min"

    def _holds(self, i: int) -> bool:
        """Whether it surely still does."""
        objective, clean = self.task.objective, self.task.perturber.clean
        if not isinstance(objective, Objective):
            return i not in self.doubted
        left = float(objective.value(clean)) - float(self.found.raw[i])
        if objective.contrast is not None:
            return (left > 0.0) == bool(clean[objective.target] > clean[objective.contrast])
        if objective.target == objective.top and left > 0.5:
            return True
        return i not in self.doubted
