"""Small print of metrics: what they were measured by, what their intervals are over, what failed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from noiser.metrics.results import Curves, Hard, Soft
from noiser_tui.workbench.engine import Verdict
from noiser_tui.workbench.measured import Measured

if TYPE_CHECKING:
    from noiser.metrics.answerability import Answered

SHOWN = {"top": "top words", "none": "no words", "random": "random words", "whole": "whole prompt"}
"""What a judge is shown, in the order of the lines."""
NO_INTERVAL = "no interval"


def made_by(found: Measured) -> str:
    """The options that the numbers were measured by, as the numbers themselves have them.

    With it what has no interval, and why.
    """
    parts = []
    if (soft := found.soft) is not None:
        none = f": {NO_INTERVAL}" if soft.masks == 1 else ""
        parts.append(f"{_masks(soft)}, seed {soft.seed}{none}")
    if (removed := found.hard or found.curves) is not None:
        none = "" if _has_intervals(removed) else f"; 1 target: {NO_INTERVAL}"
        parts.append(f"{removed.grain}s → {removed.baseline}{none}")
    return "; ".join(parts)


def _masks(soft: Soft) -> str:
    if soft.reference:
        return "the released code's one mask"
    return f"{soft.masks} mask{'s' if soft.masks > 1 else ''}"


def _has_intervals(found: Hard | Curves) -> bool:
    numbers = found.sufficiency if isinstance(found, Hard) else (found.deletion_area,)
    return any(one.interval for one in numbers)


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
