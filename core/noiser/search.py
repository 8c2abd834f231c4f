"""The bisection for the noise scale, in lock-step over the tokens (DESIGN section 3)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from noiser.bounds import Pruning
from noiser.events import Bracket

SUSPECTS = 4
"""Positions that are tried before all others where one leads: a better leader spares the rest a pass."""
EXTRA_STEPS = 20
"""Halvings after the grid, at most, for tokens that held at no scale of it."""

AHEAD = 5
"""Levels of a bisection that are asked in one call, at most."""

Evaluate = Callable[[Sequence[int], Sequence[float]], Sequence[bool]]
"""Asks whether the prediction holds with noise at each position, at the scale beside it."""


Levels = Callable[[int], int]
"""How many steps of a position's path to ask in one call."""


def levels_at_once(row: int, price: float) -> int:
    """How many levels of a bisection cost the least when asked in one call.

    A scale takes `row` positions and a call by itself as much as `price`; of all midpoints of so many
    levels one a level is used. On a GPU, where a call costs thousands, that is two to five.
    """
    return min(range(1, AHEAD + 1), key=lambda n: ((2**n - 1) * row + price) / n)


def midpoints(low: float, high: float, levels: int) -> list[float]:
    """Every scale that so many steps of a bisection may come by, between `low` and `high`."""
    if levels == 0:
        return []
    middle = (low + high) / 2
    below, above = (low, middle), (middle, high)
    return [middle, *midpoints(*below, levels - 1), *midpoints(*above, levels - 1)]


def next_scales(low: float, high: float, left: int, levels: int) -> list[float]:
    """What to ask of one position, of whose grid `left` steps are left: halvings alone after it."""
    if left > 0:
        return midpoints(low, high, min(levels, left))
    return [high / 2**step for step in range(1, levels + 1)]


@dataclass(frozen=True)
class SearchState:
    """The search after one step: a bracket and the last midpoint per position, who is still in."""

    step: int
    brackets: dict[int, Bracket]
    midpoints: dict[int, float]
    active: tuple[int, ...]

    def scale(self, position: int, *, reference: bool) -> float:
        """αᵢ: the last scale that held, or in reference mode the last midpoint whatever it did."""
        return self.midpoints[position] if reference else self.brackets[position].low

    def saturated(self, position: int) -> bool:
        """Whether the token was searched to the end and its noise never flipped the prediction."""
        bracket = self.brackets[position]
        return bracket.high == 1.0 and bracket.out_at is None

    def leaders(self, pruning: Pruning) -> tuple[int, ...]:
        """The positions that decide the scale: of the smallest (or largest) low among those still in."""
        if pruning == "none":
            return ()
        inside = [i for i, b in self.brackets.items() if b.out_at is None]
        best = (min if pruning == "min" else max)(self.brackets[i].low for i in inside)
        return tuple(i for i in inside if self.brackets[i].low == best)


def bisect(
    positions: Sequence[int],
    evaluate: Evaluate,
    *,
    steps: int,
    pruning: Pruning,
    reference: bool = False,
) -> Iterator[SearchState]:
    """Bisect the scale of every position on [0, 1], yielding the state after each step.

    All positions still in share one grid point at each step. For `min`, as soon as one flips, those
    that hold can only end higher, so they drop out; `max` mirrors it. That is exact, whether flips
    are monotone in the scale or not. A position whose low is still 0 after `steps` goes on halving
    until a scale holds, EXTRA_STEPS at most; reference mode does not, as the released code.
    """
    brackets = {i: Bracket(0.0, 1.0) for i in positions}
    midpoints: dict[int, float] = {}
    active = tuple(positions)
    for step in range(1, steps + (0 if reference else EXTRA_STEPS) + 1):
        if step > steps:
            active = tuple(i for i in active if brackets[i].low == 0.0)
        if not active:
            return
        scales = [(brackets[i].low + brackets[i].high) / 2 for i in active]
        holds = dict(zip(active, evaluate(active, scales), strict=True))
        for i, scale in zip(active, scales, strict=True):
            midpoints[i] = scale
            bracket = brackets[i]
            brackets[i] = replace(bracket, low=scale) if holds[i] else replace(bracket, high=scale)
        out = _outrun(active, holds, pruning)
        for i in out:
            brackets[i] = replace(brackets[i], out_at=step)
        active = tuple(i for i in active if i not in out)
        yield SearchState(step, dict(brackets), dict(midpoints), active)


def _outrun(active: Sequence[int], holds: dict[int, bool], pruning: Pruning) -> frozenset[int]:
    """The positions that can no longer decide the scale after this step."""
    if pruning == "none" or len(set(holds.values())) < 2:
        return frozenset()
    # for the minimum those that hold are out, for the maximum those that flip
    loser = pruning == "min"
    return frozenset(i for i in active if holds[i] is loser)
