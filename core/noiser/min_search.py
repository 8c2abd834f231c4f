"""The exact search for the smallest scale: follow one token, and ask the others only what matters.

All tokens bisect one grid, so two paths are the same up to a first step at which they part, and the
token that flips there ends lower. A token can thus undercut a leader only where the leader held; that
it does not is shown by one scale at which it holds where the leader flipped, if it held wherever the
leader held before, or by holding wherever the leader held. Neither rests on monotone flips, so α* is
that of the exhaustive search, to the last bit.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from noiser.events import Bracket
from noiser.search import EXTRA_STEPS, SUSPECTS, Evaluate, Levels, SearchState, next_scales

FEW = 2
"""Steps at which the leader held that are cheaper to check one by one than to try to pass over."""


@dataclass(frozen=True)
class _Step:
    """One step of the leader's path."""

    scale: float
    holds: bool


@dataclass(frozen=True)
class _Undercuts:
    """A token parts downwards from the leader's path, at step `at`."""

    at: int


@dataclass
class _Search:
    positions: tuple[int, ...]
    evaluate: Evaluate
    decide: Evaluate
    steps: int
    leader: int
    levels: Levels
    path: list[_Step] = field(default_factory=list)
    known: dict[tuple[int, float], bool] = field(default_factory=dict)

    def walk(self, active: Sequence[int]) -> Iterator[SearchState]:
        """Bisect the leader to the end of its path; `active` are still to be settled after it."""
        low, high = 0.0, 1.0
        for step in self.path:
            low, high = (step.scale, high) if step.holds else (low, step.scale)
        while len(self.path) < self.steps or (
            low == 0.0 and len(self.path) < self.steps + EXTRA_STEPS
        ):
            middle = (low + high) / 2
            if (self.leader, middle) not in self.known:
                left, levels = self.steps - len(self.path), self.levels(self.leader)
                scales = next_scales(low, high, left, levels)
                self.ask([(self.leader, scale) for scale in scales])
            step = _Step(middle, self.known[self.leader, middle])
            self.path.append(step)
            low, high = (middle, high) if step.holds else (low, middle)
            yield self.state((self.leader, *active), {self.leader: middle})

    def ask(self, pairs: Sequence[tuple[int, float]]) -> None:
        """Know whether the prediction holds at each (position, scale).

        Where the leader flipped it is never scored, so there the answer alone is wanted.
        """
        flips = {step.scale for step in self.path if not step.holds}
        for ask, wanted in ((self.decide, True), (self.evaluate, False)):
            missing = [p for p in pairs if p not in self.known and (p[1] in flips) is wanted]
            if missing:
                held = ask([i for i, _ in missing], [scale for _, scale in missing])
                self.known |= zip(missing, held, strict=True)

    def verdict(self, i: int) -> list[float] | _Undercuts | None:
        """The scales to try next at a position, or that it undercuts; None where it cannot."""
        held = [t for t, step in enumerate(self.path) if step.holds]
        for number, t in enumerate(held):
            flips = [step.scale for step in self.path[:t] if not step.holds]
            if any(self.known.get((i, scale)) for scale in flips):
                return None
            holds = self.known.get((i, self.path[t].scale))
            if holds is None:
                # the smallest flip before this step passes over this one and all that follow
                probe = t > 0 and not self.path[t - 1].holds and len(held) - number > FEW
                if probe and (i, flips[-1]) not in self.known:
                    return flips[-1:]
                return self.unasked(i, [self.path[later].scale for later in held[number:]])
            if not holds:
                # it goes lower, unless it parted upwards before: the smallest flip most likely
                return self.unasked(i, flips[::-1]) or _Undercuts(t)
        return None

    def unasked(self, i: int, scales: Sequence[float]) -> list[float]:
        """The first of these scales that are not known at a position, as many as go in one call."""
        return [scale for scale in scales if (i, scale) not in self.known][: self.levels(i)]

    def settle(self, group: Sequence[int], later: Sequence[int]) -> Iterator[SearchState]:
        """Try every position of a group until none can undercut the leader, whoever that is then."""
        live = list(group)
        while live:
            verdicts = {i: self.verdict(i) for i in live}
            below = [(i, v) for i, v in verdicts.items() if isinstance(v, _Undercuts)]
            if below:
                i, undercuts = below[0]
                live.remove(i)
                self.leader = i
                self.path = [
                    *self.path[: undercuts.at],
                    _Step(self.path[undercuts.at].scale, holds=False),
                ]
                yield from self.walk((*live, *later))
                continue
            asked = {i: v for i, v in verdicts.items() if isinstance(v, list)}
            live = list(asked)
            if asked:
                # by position, as the rows will run
                self.ask([(i, scale) for i in sorted(asked) for scale in asked[i]])
                yield self.state((*live, *later), {i: scales[0] for i, scales in asked.items()})

    def state(self, active: Sequence[int], midpoints: dict[int, float]) -> SearchState:
        brackets = {i: self.bracket(i) for i in self.positions}
        return SearchState(len(self.path), brackets, midpoints, tuple(sorted(active)))

    def bracket(self, i: int) -> Bracket:
        """Where a position's scale lies by what is known of its path beside the leader's."""
        low, high, sure, out_at = 0.0, 1.0, True, len(self.path)
        for number, step in enumerate(self.path, 1):
            holds = self.known.get((i, step.scale))
            if holds is None:
                # it may have held here, and then its scale is no smaller than this one
                sure = False
                if step.holds:
                    break
            elif holds:
                low = step.scale
            elif sure:
                high = step.scale
            if holds is not None and holds is not step.holds:
                sure, out_at = False, number
                break
        same = sure and bool(self.path)
        return Bracket(low, high, None if same or i == self.leader else out_at)


def search_minimum(
    positions: Sequence[int],
    evaluate: Evaluate,
    *,
    steps: int,
    decide: Evaluate | None = None,
    guess: float | None = None,
    levels: Levels = lambda _: 1,
) -> Iterator[SearchState]:
    """Search the smallest scale, yielding the state after each step along a leader and each round.

    `positions` come most fragile first, as far as one can guess: the first leads first, and the next
    few are settled before all others. `decide` is asked where only the answer is wanted, because that
    scale will not be scored; `evaluate` everywhere if it is None.
    `guess` is about where the first leader's scale may lie: the halvings down to it are asked at once.
    `levels` says how many further steps of a leader's are.
    """
    first, *others = positions
    search = _Search(tuple(positions), evaluate, decide or evaluate, steps, first, levels)
    suspects, rest = others[:SUSPECTS], others[SUSPECTS:]
    halvings = [2.0**-k for k in range(1, steps + 1)]
    search.ask([(first, scale) for scale in halvings if guess is not None and scale >= 2 * guess])
    yield from search.walk(others)
    yield from search.settle(suspects, rest)
    yield from search.settle(rest, ())
    yield search.state((), {})
