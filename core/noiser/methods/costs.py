"""What Noiser costs in token-forwards and calls, at most and to be expected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from noiser.bounds import get_bound
from noiser.search import EXTRA_STEPS

if TYPE_CHECKING:
    from noiser.request import Request


def noiser_cost(n: int, request: Request) -> int:
    """Every token at every step, the halvings below the grid included, then once more for the score.

    And all of it again where zooming looks into every unit.
    """
    rounds = 2 if request.zoom else 1
    if not get_bound(request.bound).searches:
        return rounds * request.draws * n * n + n
    steps = request.steps + (0 if request.reference else EXTRA_STEPS)
    return rounds * request.draws * (steps + 1) * n * n + n


def noiser_passes(n: int, request: Request) -> float:
    """As measured on 50 Knowns and 25 LongRA prompts, with noise as it is and 30 times larger.

    A leader's path is ten times one token's rows: much for a short prompt, little for a long one.
    """
    bound = get_bound(request.bound)
    if not bound.searches:
        return 1.0
    if bound.name == "min" and not request.reference:
        return (1.05 if request.search == "fast" else 1.75) + request.steps / n
    return request.steps * (0.9 if bound.pruning != "none" else 1.0)


def noiser_rounds(request: Request) -> int:
    """The steps of one leader and of some who challenge it; other bounds try all tokens at each step."""
    return request.steps + 8 if request.bound == "min" and not request.reference else 1


def noiser_reference_work(n: int, request: Request) -> int:
    """121·n² + 11·n with 10 draws and 10 steps; 0 for units, which the released code does not have.

    For each token and step, and once more for the score, all draws and the clean prompt run whole;
    and the clean prompt alone before each round.
    """
    if request.granularity != "token" and request.rule == "joint":
        return 0
    rounds = request.steps + 1 if get_bound(request.bound).searches else 1
    return rounds * ((request.draws + 1) * n * n + n)
