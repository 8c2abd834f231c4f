"""Small print of metrics: what their intervals are over, and what failed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from noiser.metrics.results import Soft
from noiser_tui.workbench.engine import Verdict
from noiser_tui.workbench.widgets.measured_by import NO_INTERVAL

if TYPE_CHECKING:
    from noiser.metrics.answered import Answered

SHOWN = {"top": "top words", "none": "no words", "random": "random words", "whole": "whole prompt"}
"""What a judge is shown, in the order of the lines."""


def ratio_note(found: Soft) -> str:
    """Beside the faithfulness: what 0 is, or why it has no value, or no interval."""
    if why := found.why_no_ratio:
        return why
    if found.log_ratio.interval is None and found.masks > 1:
        return f"{NO_INTERVAL}: a part is 0 for some masks"
    return "0 is random"


def surety(found: Verdict) -> str:
    """What the intervals of a judge's shares are over."""
    targets = max((len(answers) for answers in found.shown.values()), default=0)
    return f"1 sample: {NO_INTERVAL}" if targets < 2 else f"95% intervals over {targets} targets"


def counts(found: Verdict) -> str:
    """How many questions were answered, by whom, and how many were not."""
    every = list(_every(found))
    failed = len({one.words for one in every if one.error and one.asked})
    broken = len({one.words for one in every if one.reply is not None and not one.reply.parsed})
    parts = [f"{found.asked} answered"]
    parts += [f"{found.known} known from before"] if found.known else []
    parts += [f"{failed} failed"] if failed else []
    parts += [f"{broken} unparsed"] if broken else []
    parts += [f"{found.unasked} not asked: the budget is spent"] if found.unasked else []
    return ", ".join(parts)


def unparsed(found: Verdict) -> list[str]:
    """The replies that are no list of five, each once."""
    replies = (one.reply for one in _every(found))
    return list(dict.fromkeys(one.raw for one in replies if one is not None and not one.parsed))


def _every(found: Verdict) -> Iterator[Answered]:
    for answers in found.shown.values():
        yield from answers
