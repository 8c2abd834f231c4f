"""What methods cost in token-forwards and calls, at most and to be expected."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from noiser.bounds import get_bound
from noiser.search import EXTRA_STEPS

if TYPE_CHECKING:
    from noiser.request import Request

FIRST_LOOK = 64
"""Samples of LIME before the first look at the scores; after each look as many again as there are."""
PROBES = 16
"""Runs of ReAGent's procedure that are averaged, as in Inseq 0.7.1."""


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
    """121·n² + 11·n with 10 draws and 10 steps; 0 for units and contrasts: the released code has none.

    For each token and step, and once more for the score, all draws and the clean prompt run whole;
    and the clean prompt alone before each round.
    """
    if request.contrast is not None or (request.granularity != "token" and request.rule == "joint"):
        return 0
    rounds = request.steps + 1 if get_bound(request.bound).searches else 1
    return rounds * ((request.draws + 1) * n * n + n)


def lime_samples(units: int, request: Request | None = None) -> int:
    """How many masks LIME runs: those asked for, or four per unit and 200 at least.

    With 200 the standard error of a coefficient is 0.05 on 40 prompts of the built-in model, where the
    largest is 0.66 in the mean; 800 find its subject among the two strongest tokens no more often.
    """
    if request is not None and request.samples is not None:
        return request.samples
    return max(200, 4 * units)


def lime_rows(n: int, request: Request) -> int:
    """The masks, and those of the zoom."""
    return (2 if request.zoom else 1) * lime_samples(n, request)


def lime_looks(request: Request) -> int:
    """How often LIME waits for samples to look at the scores, for a prompt of 50 tokens or fewer."""
    return 1 + max(0, math.ceil(math.log2(lime_samples(1, request) / FIRST_LOOK)))


def reagent_updates(request: Request) -> int:
    """How many updates a probe of ReAGent makes at most.

    Inseq makes 3,000, which come to 96,000 rows of the whole prompt. On half of 39
    prompts of the built-in model all probes have ended by 72; those that have not are not scored.
    """
    return 100 if request.samples is None else request.samples


def reagent_cost(n: int, request: Request) -> int:
    """Two rows for every probe and update."""
    rounds = 2 if request.zoom else 1
    return rounds * 2 * PROBES * reagent_updates(request) * n + n


def reagent_rows(n: int, request: Request) -> float:
    """As measured on those prompts: after u updates a share u^-0.3 of the probes still goes on.

    An update of a probe takes two rows. Luck decides: a prompt takes from a quarter to three times it.
    """
    rows: float = 2 * PROBES * reagent_updates(request) ** 0.7 / 0.7
    return (2 if request.zoom else 1) * min(rows, 2 * PROBES * reagent_updates(request))


def reagent_rounds(request: Request) -> int:
    """Two calls for each update, of which two in three come before the last probe has ended."""
    return math.ceil(4 / 3 * reagent_updates(request))
