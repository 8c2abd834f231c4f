"""Noise on a prompt's embeddings, and what it does to the prediction: every (position, scale) once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import cast

import torch

from noiser.answer import WholeAnswer
from noiser.draws import Norm, make_draws, norm_constant
from noiser.events import ScalesTried, TokensScored
from noiser.fast_search import Trial
from noiser.methods.task import Attribution, Task, places
from noiser.reward import Reward
from noiser.tally import Tally
from noiser.target import Objective
from noiser.tried import Tried

Note = Callable[[list[tuple[int, float]], torch.Tensor], None]
"""Takes the mean distributions under noise at each (position, scale)."""
Enough = Callable[[Tried], bool]
"""Whether what is known of a (position, scale) answers what is asked now."""
CLOSE = 4
"""Times the rounding seen on the clean row, since noised rows err more.

Of 14 prompts all 6 decisions that bfloat16 took otherwise than float64 were within twice it.
"""
MANY = 8
"""Questions for which a second call is worth the draws that it may spare."""


@dataclass(frozen=True)
class Noise:
    """All draws, times `scale`, on the embedding at each of `positions`; one row per draw."""

    positions: tuple[int, ...]
    scale: float
    draws: torch.Tensor

    @property
    def first(self) -> int:
        """The first position that changes."""
        return self.positions[0]

    def apply(self, rows: torch.Tensor, variants: slice, start: int) -> None:
        """Add the same noise to the rows' embedding at every position."""
        noise = (self.scale * self.draws[variants]).to(rows.dtype)
        rows[:, places(self.positions, start)] += noise.unsqueeze(1)


@dataclass
class Trials:
    """What noise does on one task: the answers and losses of each position and scale that was tried."""

    task: Task
    draws: torch.Tensor
    rounding: float
    known: dict[tuple[int, float], torch.Tensor] = field(default_factory=dict)
    """Losses per draw, shape (K,), of each (position, scale) already evaluated: none runs twice."""
    held: dict[tuple[int, float], bool] = field(default_factory=dict)
    """Whether the prediction held at each of them."""
    odds: dict[tuple[int, float], float] = field(default_factory=dict)
    """The log-odds by which it did or did not, of those that the search decided."""
    margins: dict[tuple[int, float], float] = field(default_factory=dict)
    """How far the prediction stayed ahead, where the search asked that."""

    @property
    def _searched(self) -> Objective | WholeAnswer:
        """The objective where a scale is searched, which is no reward."""
        assert not isinstance(self.task.objective, Reward)
        return self.task.objective

    def holds(self, positions: Sequence[int], scales: Sequence[float]) -> list[bool]:
        """Whether the prediction holds with noise at each position, at the scale beside it."""
        pairs = list(zip(positions, scales, strict=True))
        done = 0
        for batch in self._run(pairs, self._note_odds):
            done += len(batch)
            self.task.emit(ScalesTried(done, len(pairs), self.task.perturber.work))
        return [self.held[pair] for pair in pairs]

    def decide(self, positions: Sequence[int], scales: Sequence[float]) -> list[bool]:
        """The same, but with no more draws than the answer needs; the others are not known then.

        A bare majority of the draws comes first: if they are sure enough, no others can overrule them.
        """
        count, most = len(self.draws), len(self.draws) // 2 + 1
        objective, perturber = self._searched, self.task.perturber
        sure = objective.decided(most * perturber.clean.unsqueeze(0), count - most)
        if len(positions) < MANY or not bool(sure):  # the clean prediction is not even
            return self.holds(positions, scales)
        pairs, done = list(zip(positions, scales, strict=True)), 0
        changes = [Noise(self.task.at(i), scale, self.draws) for i, scale in pairs]
        for batch in perturber.batches(changes, most):
            done += len(batch)
            if self._again([pairs[i] for i in batch], lambda one: True):
                continue
            first = Tally(objective, len(batch))
            sums = first.draw(perturber, [changes[i] for i in batch], slice(0, most)).sums
            decided = objective.decided(sums, count - most).tolist()
            answers = objective.holds(sums).tolist()
            for i, enough, answer in zip(batch, decided, answers, strict=True):
                if enough:
                    self.held[pairs[i]] = answer
            open_ = [at for at, enough in enumerate(decided) if not enough]
            rest = [changes[batch[at]] for at in open_]
            for some in perturber.batches(rest, count - most):
                at = [open_[i] for i in some]
                asked = [pairs[batch[i]] for i in at]
                more = [rest[i] for i in some]
                whole = first.of(at).draw(perturber, more, slice(most, count))
                self._note_odds(asked, self._note(asked, whole))
            self.task.emit(ScalesTried(done, len(pairs), perturber.work))
        return [self.held[pair] for pair in pairs]

    def tried(self, positions: Sequence[int], scale: float) -> Iterator[list[Trial]]:
        """What noise of one scale does at each position, batch by batch."""
        done = 0
        asked = [(i, scale) for i in positions]
        for batch in self._run(asked, self._note_margins, lambda one: one.margin is not None):
            done += len(batch)
            self.task.emit(ScalesTried(done, len(positions), self.task.perturber.work))
            pairs = [(positions[i], scale) for i in batch]
            yield [Trial(pair[0], self.held[pair], self.margins[pair]) for pair in pairs]

    def close(self) -> int:
        """How many decisions were closer than rounding may have moved them."""
        return sum(abs(odds) < CLOSE * self.rounding for odds in self.odds.values())

    def _note_odds(self, pairs: list[tuple[int, float]], means: torch.Tensor) -> None:
        self.odds |= zip(pairs, self._searched.odds(means).tolist(), strict=True)

    def _note_margins(self, pairs: list[tuple[int, float]], means: torch.Tensor) -> None:
        self.margins |= zip(pairs, self._searched.margin(means).tolist(), strict=True)
        self._note_odds(pairs, means)

    def score(self, scales: dict[int, float], result: Attribution) -> None:
        """Know the losses of every position at its scale; without noise nothing is lost."""
        assert result.losses is not None
        losses = result.losses
        silent = [pair for pair in scales.items() if pair[1] == 0.0]
        self.known |= {pair: torch.zeros(len(self.draws), dtype=torch.float64) for pair in silent}
        self.held |= dict.fromkeys(silent, True)
        missing = [pair for pair in scales.items() if pair not in self.known]
        done = 0

        def tell(pairs: list[tuple[int, float]]) -> None:
            nonlocal done
            done += len(pairs)
            for pair in pairs:
                losses[pair[0]] = self.known[pair].numpy()
                result.raw[pair[0]] = losses[pair[0]].mean()
            raw = {i: float(result.raw[i]) for i, _ in pairs}
            self.task.emit(TokensScored(done, len(scales), raw, self.task.perturber.work))

        if len(missing) < len(scales):
            tell([pair for pair in scales.items() if pair in self.known])
        for batch in self._run(missing):
            tell([missing[i] for i in batch])

    def all_tried(self) -> tuple[Tried, ...]:
        """All that is known, with what was known before this run began."""
        own = {
            pair: Tried(
                *pair,
                holds,
                self.odds.get(pair),
                self.margins.get(pair),
                tuple(self.known[pair].tolist()) if pair in self.known else None,
            )
            for pair, holds in self.held.items()
        }
        return tuple({**self.task.before, **own}.values())

    def _run(
        self,
        pairs: list[tuple[int, float]],
        note: Note = lambda pairs, means: None,
        enough: Enough = lambda one: one.losses is not None,
    ) -> Iterator[list[int]]:
        """Put noise at each (position, scale), batch by batch, and keep what it does.

        `note` is told the mean distributions. A batch of which a run before knew `enough` is not run.
        """
        perturber, count = self.task.perturber, len(self.draws)
        changes = [Noise(self.task.at(i), scale, self.draws) for i, scale in pairs]
        for batch in perturber.batches(changes, count):
            asked = [pairs[i] for i in batch]
            if not self._again(asked, enough):
                found = Tally(self.task.objective, len(batch))
                found.draw(perturber, [changes[i] for i in batch], slice(0, count))
                note(asked, self._note(asked, found))
            yield batch

    def _again(self, pairs: list[tuple[int, float]], enough: Enough) -> bool:
        """Whether a run before knew `enough` of all pairs; then that is taken over.

        Of a batch all or nothing: in other batches the same arithmetic rounds otherwise.
        """
        before = self.task.before
        if not all(pair in before and enough(before[pair]) for pair in pairs):
            return False
        for pair in pairs:
            one = before[pair]
            self.held[pair] = one.holds
            if one.odds is not None:
                self.odds[pair] = one.odds
            if one.margin is not None:
                self.margins[pair] = one.margin
            if one.losses is not None:
                self.known[pair] = torch.tensor(one.losses, dtype=torch.float64)
        return True

    def _note(self, pairs: list[tuple[int, float]], found: Tally) -> torch.Tensor:
        """Keep what all draws take at each pair, and give the means of their distributions."""
        objective = self.task.objective
        clean = float(objective.value(self.task.perturber.clean))
        means = found.means
        losses = (clean - found.values).double().cpu()
        self.known |= zip(pairs, losses, strict=True)
        self.held |= zip(pairs, objective.holds(means).tolist(), strict=True)
        return means


def make_noise(task: Task) -> torch.Tensor:
    """The draws as they are added to embeddings at scale 1, shape (K, d), on the model's device."""
    request = task.request
    draws = make_draws(request.seed, request.draws, task.model.dim)
    draws /= norm_constant(cast("Norm", request.norm), task.model.dim, reference=request.reference)
    draws *= task.model.noise_factor
    # mps has no float64
    dtype = torch.float32 if task.model.device.type == "mps" else torch.float64
    return torch.from_numpy(draws).to(task.model.device, dtype)
