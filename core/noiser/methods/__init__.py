"""The attribution methods: one registry of what each is, one file per family for how it runs."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from noiser.bounds import get_bound
from noiser.errors import unknown
from noiser.search import EXTRA_STEPS

if TYPE_CHECKING:
    from noiser.methods.task import Attribution, Task
    from noiser.request import Request


@dataclass(frozen=True)
class Method:
    """An attribution method: what it is, whether its raw scores are signed, what it costs.

    `cost` gives token-forwards at most for a prompt of n tokens, far more than pruning and prefixes
    leave of it; the fast search can pass it where many tokens lead in turn. What is to be expected:
    each of n units runs once with all its `variants` in every one of `passes`, and `rounds` are calls
    that wait for each other's outcome, of few rows. `reference_work` gives
    what the released code spends, 0 where it has no such method. `searches` says whether the method
    uses the bound, the norm and the noise. Its code is imported when it first runs.
    """

    name: str
    what: str
    signed: bool
    searches: bool
    cost: Callable[[int, Request], int]
    passes: Callable[[int, Request], float]
    variants: Callable[[Request], int] = lambda request: 1
    rounds: Callable[[Request], int] = lambda request: 1
    reference_work: Callable[[int, Request], int] = lambda n, request: 0

    def run(self, task: Task) -> Attribution:
        """Score every position of the task."""
        module = importlib.import_module(f"noiser.methods.{self.name}")
        return cast("Attribution", module.attribute(task))


def _noiser_cost(n: int, request: Request) -> int:
    """Every token at every step, the halvings below the grid included, then once more for the score.

    And all of it again where zooming looks into every unit.
    """
    rounds = 2 if request.zoom else 1
    if not get_bound(request.bound).searches:
        return rounds * request.draws * n * n + n
    steps = request.steps + (0 if request.reference else EXTRA_STEPS)
    return rounds * request.draws * (steps + 1) * n * n + n


def _noiser_passes(n: int, request: Request) -> float:
    """As measured on 50 Knowns and 25 LongRA prompts, with noise as it is and 30 times larger.

    A leader's path is ten times one token's rows: much for a short prompt, little for a long one.
    """
    bound = get_bound(request.bound)
    if not bound.searches:
        return 1.0
    if bound.name == "min" and not request.reference:
        return (1.05 if request.search == "fast" else 1.75) + request.steps / n
    return request.steps * (0.9 if bound.pruning != "none" else 1.0)


def _noiser_rounds(request: Request) -> int:
    """The steps of one leader and of some who challenge it; other bounds try all tokens at each step."""
    return request.steps + 8 if request.bound == "min" and not request.reference else 1


def _noiser_reference_work(n: int, request: Request) -> int:
    """121·n² + 11·n with 10 draws and 10 steps; 0 for units, which the released code does not have.

    For each token and step, and once more for the score, all draws and the clean prompt run whole;
    and the clean prompt alone before each round.
    """
    if request.granularity != "token":
        return 0
    rounds = request.steps + 1 if get_bound(request.bound).searches else 1
    return rounds * ((request.draws + 1) * n * n + n)


METHODS: dict[str, Method] = {
    method.name: method
    for method in (
        Method(
            "noiser",
            "bounded noise on each embedding (Madani et al. 2025)",
            signed=True,
            searches=True,
            cost=_noiser_cost,
            passes=_noiser_passes,
            variants=lambda request: request.draws,
            rounds=_noiser_rounds,
            reference_work=_noiser_reference_work,
        ),
        Method(
            "occlusion",
            "each embedding replaced by a neutral one",
            signed=True,
            searches=False,
            cost=lambda n, request: (2 if request.zoom else 1) * n * n + n,
            passes=lambda n, request: 1.0,
        ),
        Method(
            "random",
            "uniform random scores, the baseline to beat",
            signed=False,
            searches=False,
            cost=lambda n, request: n,
            passes=lambda n, request: 0.0,
        ),
    )
}


def get_method(name: str) -> Method:
    """The method called `name`; WrongUse with a suggestion when there is none."""
    if name not in METHODS:
        raise unknown("method", name, METHODS)
    return METHODS[name]
