"""What a method is given, and what it gives back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from noiser.answer import WholeAnswer
from noiser.change import Change
from noiser.draws import FloatArray
from noiser.events import Bracket, Emit, Warned
from noiser.model.language_model import LanguageModel
from noiser.perturb import Perturber
from noiser.prompt import Prompt
from noiser.request import Request
from noiser.reward import Reward
from noiser.target import Objective
from noiser.tried import Tried

Target: TypeAlias = Objective | WholeAnswer | Reward


@dataclass(frozen=True)
class Task:
    """One target of one prompt to explain; `positions` are the tokens that may be changed.

    Where an answer is explained as a whole, the perturber runs its tokens after the prompt's, and the
    predictions of its last `reads` positions are the target.

    Where tokens are changed together, a position is the first of its unit, and `members` has all
    that change with it. `request.granularity` says what a position stands for. `before` is what noise did
    at a (position, scale) in a run of the same task that was cancelled. `ahead` are changes of some units
    that the perturber was told to expect.
    """

    model: LanguageModel
    prompt: Prompt
    positions: tuple[int, ...]
    objective: Target
    request: Request
    perturber: Perturber
    emit: Emit
    members: dict[int, tuple[int, ...]] = field(default_factory=dict)
    kept: list[Attribution] = field(default_factory=list)
    before: Mapping[tuple[int, float], Tried] = field(default_factory=dict)
    ahead: Mapping[tuple[int, ...], Change] = field(default_factory=dict)

    def keep(self, found: Attribution) -> Attribution:
        """Say where the method writes what it finds, so that it is there if the run is cancelled."""
        self.kept.append(found)
        return found

    def at(self, position: int) -> tuple[int, ...]:
        """The positions that change together under the name of `position`."""
        return self.members.get(position, (position,))


def places(positions: tuple[int, ...], start: int) -> slice | list[int]:
    """How to index `positions` in rows that begin at `start`, without a copy where they are a run."""
    first, last = positions[0] - start, positions[-1] - start + 1
    return slice(first, last) if last - first == len(positions) else [i - start for i in positions]


Options: TypeAlias = "dict[str, int | float | str]"
"""A method's own options by name, as they were used."""


@dataclass
class Attribution:
    """Raw scores of all n positions, shape (n,), NaN where a position has none.

    `losses`: what each draw takes, shape (n, K), where a method has draws. `repeats`: what each of R
    repetitions of another kind says of the raw scores, their mean, shape (n, R). `alpha`: the one scale
    used, None for a scale per token; `scales`: that of each position's noise. `brackets`, `leaders`,
    `saturated` tell of the search, `scale_saturated` whether a saturated position gave the scale.
    `options` are the method's own, as they were used.
    `close` counts its decisions that were closer than the arithmetic's own `rounding` (log-odds).
    `tried` gives all that noise did by now, for a run that is cancelled to go on from.
    """

    raw: FloatArray
    losses: FloatArray | None = None
    repeats: FloatArray | None = None
    alpha: float | None = None
    scales: dict[int, float] = field(default_factory=dict)
    brackets: dict[int, Bracket] = field(default_factory=dict)
    leaders: tuple[int, ...] = ()
    saturated: frozenset[int] = frozenset()
    scale_saturated: bool = False
    rounding: float | None = None
    close: int = 0
    options: Options = field(default_factory=dict)
    warnings: list[Warned] = field(default_factory=list)
    tried: Callable[[], tuple[Tried, ...]] = tuple
