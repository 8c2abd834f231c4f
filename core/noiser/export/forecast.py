"""What a run is expected to cost, as people read it."""

from __future__ import annotations

from noiser.bounds import get_bound
from noiser.events import Estimate
from noiser.methods import get_method
from noiser.request import Request


def about(seconds: float) -> str:
    """Seconds in words, for a sentence."""
    return "less than 0.1 s" if seconds < 0.1 else f"about {_rounded(seconds)}"


def approximate(seconds: float) -> str:
    """Seconds in signs, for a line that is short of room."""
    return "< 0.1 s" if seconds < 0.1 else f"≈ {_rounded(seconds)}"


def expected(estimate: Estimate) -> str:
    """Seconds, token-forwards and calls, for a sentence."""
    return f"{about(estimate.seconds)}, {_work(estimate)}"


def _work(estimate: Estimate) -> str:
    calls = f"{estimate.calls:,} call{'' if estimate.calls == 1 else 's'}"
    return f"{estimate.token_forwards:,} token-forwards in {calls}"


def _rounded(seconds: float) -> str:
    """Two figures or so: an estimate is not worth more."""
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    for size, unit in ((1, "s"), (60, "min")):
        if seconds < 100 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds / 3600:,.0f} h"


def not_known(request: Request) -> str:
    """What no estimate knows before the run, in one sentence; empty where all is known."""
    bound = get_bound(request.bound)
    if not (get_method(request.method).searches and bound.searches) or request.reference:
        return ""
    if bound.name != "min":
        return "How far the search goes is not known before."
    if request.search == "fast":
        return "How many tokens will lead the search in turn is not known before."
    return (
        "How far the search goes is not known before: where no noise flips the prediction it takes "
        "about five times as much."
    )
