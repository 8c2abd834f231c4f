"""Measures that need nothing but the explanation."""

from __future__ import annotations

from collections.abc import Mapping
from statistics import fmean

from noiser.explanation import Explanation
from noiser.study.measures import Case, Value


def measure(case: Case) -> Mapping[str, Value]:
    """The scale, the target's probability and the sum of raw scores; means over generated tokens."""
    steps = case.explanation.steps_explained
    return {
        "alpha": _mean([one.alpha for one in steps]),
        "probability": _mean([one.target.probability for one in steps]),
        "raw": _mean([sum(t.raw for t in one.tokens if t.raw is not None) for one in steps]),
        "saturated": _mean([float(one.saturated) for one in steps]),
        "tokens": float(len(case.explanation.tokens)),
    }


def hit(case: Case) -> Mapping[str, Value]:
    """1 where a token of the sample's `relative` is the top one, or among the top five, else 0.

    Of the first explained token; special tokens do not count among the top ones. None where the
    sample names no such word, or its prompt has it nowhere.
    """
    relative = case.sample.relative
    start = case.explanation.prompt.lower().find(relative.lower()) if relative else -1
    if relative is None or start < 0:
        return {"hit1": None, "hit5": None}
    ranked = _top(case.explanation, 5)
    end = start + len(relative)
    hits = [
        case.explanation.tokens[i].start < end and start < case.explanation.tokens[i].end
        for i in ranked
    ]
    return {"hit1": float(any(hits[:1])), "hit5": float(any(hits))}


def _top(explanation: Explanation, count: int) -> list[int]:
    contents = [i for i in explanation.ranked() if not explanation.tokens[i].scaffold]
    return contents[:count]


def _mean(values: list[float | None]) -> Value:
    known = [value for value in values if value is not None]
    return fmean(known) if known else None
