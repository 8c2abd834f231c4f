"""The fast search for the smallest scale: follow the most fragile token, then certify that all hold.

It finds the exhaustive search's α* wherever more noise never un-flips a token. Whatever it finds
keeps the paper's promise: at that scale the prediction holds with noise on any one token.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from noiser.events import Bracket
from noiser.search import EXTRA_STEPS, SUSPECTS, Evaluate, Levels, SearchState, next_scales


@dataclass(frozen=True)
class Trial:
    """What noise at one position and scale did: `margin` is how far the prediction stayed ahead."""

    position: int
    holds: bool
    margin: float


Try = Callable[[Sequence[int], float], Iterator[list[Trial]]]
"""Tries positions at one scale, batch by batch, so that the rest can be left out."""


@dataclass
class _Known:
    """The scales tried at one position."""

    held: list[float] = field(default_factory=list)
    flipped: list[float] = field(default_factory=list)

    def add(self, scale: float, holds: bool) -> None:
        """Note a trial."""
        (self.held if holds else self.flipped).append(scale)

    def surely_flips(self, scale: float) -> bool:
        """Whether a smaller scale flipped already: more noise is taken not to un-flip it."""
        return any(flipped <= scale for flipped in self.flipped)

    def bracket(self, out_at: int | None) -> Bracket:
        """The smallest scale that flipped, and the largest below it that held."""
        high = min(self.flipped, default=1.0)
        return Bracket(max((s for s in self.held if s < high), default=0.0), high, out_at)


def _towards(scale: float, steps: int, known: _Known) -> Iterator[float]:
    """Powers of two from `scale` on, up while they hold or down while they flip, until one does not."""
    while 2.0**-steps <= scale <= 0.5 and not (known.held and known.flipped):
        yield scale
        scale = 2 * scale if known.held else scale / 2


def follow_and_certify(
    positions: Sequence[int],
    tried: Try,
    evaluate: Evaluate,
    *,
    steps: int,
    guess: float | None = None,
    levels: Levels = lambda _: 1,
) -> Iterator[SearchState]:
    """Search the smallest scale, yielding the state after each step along a leader and each pass.

    `positions` come most fragile first, as far as one can guess, and the first of them leads first.
    A leader is bisected on the grid of the exhaustive search, then the next suspects and after them
    all others are tried at the scale found; one that flips there leads on. A scale is certified
    when all hold at it; at scale 0, which no noise reaches, there is nothing to certify. `guess` is
    about where the first leader's scale may lie: the search for it begins there. `levels` says how many
    steps of a leader's are asked at once.
    """
    known = {i: _Known() for i in positions}
    asked: dict[tuple[int, float], bool] = {}
    leader = positions[0]

    def ask(scales: Sequence[float]) -> bool:
        """Whether the leader holds at the first of the scales; the others may come next."""
        missing = [(leader, scale) for scale in scales if (leader, scale) not in asked]
        if (leader, scales[0]) in missing:
            held = evaluate([leader] * len(missing), [scale for _, scale in missing])
            asked.update(zip(missing, held, strict=True))
        known[leader].add(scales[0], asked[leader, scales[0]])
        return asked[leader, scales[0]]

    def state(step: int, midpoint: float, active: tuple[int, ...]) -> SearchState:
        brackets = {i: known[i].bracket(None if i == leader else step) for i in positions}
        return SearchState(step, brackets, {leader: midpoint}, active)

    start = 2.0**-steps if guess is None else max(2.0**-steps, min(0.5, guess))
    for scale in (
        () if guess is None else _towards(2.0 ** round(math.log2(start)), steps, known[leader])
    ):
        ask([scale])
        yield state(1, scale, (leader,))
    while True:
        low, high, step, middle = 0.0, 1.0, 0, 0.5
        while step < steps or (low == 0.0 and step < steps + EXTRA_STEPS):
            step, middle = step + 1, (low + high) / 2
            if known[leader].surely_flips(middle):
                high = middle
                continue
            if middle in known[leader].held:
                low = middle
                continue
            holds = ask(next_scales(low, high, steps - step + 1, levels(leader)))
            low, high = (middle, high) if holds else (low, middle)
            yield state(step, middle, (leader,))
        found = low
        waiting = [i for i in positions if i != leader]
        next_leader: int | None = None
        for group in (waiting[:SUSPECTS], waiting[SUSPECTS:]) if found > 0.0 else ():
            for batch in tried(sorted(group), found):
                for trial in batch:
                    known[trial.position].add(found, trial.holds)
                if flippers := [trial for trial in batch if not trial.holds]:
                    next_leader = min(flippers, key=lambda trial: trial.margin).position
                    break
            if next_leader is not None:
                break
        if next_leader is None:
            yield state(step, middle, ())
            return
        leader = next_leader
