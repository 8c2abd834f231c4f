"""Runs to put into a store."""

from __future__ import annotations

from dataclasses import replace

from noiser.comparison.agreement import agree
from noiser.comparison.alignment import align
from noiser.comparison.result import Comparison, Row
from noiser.events import NextToken
from noiser.explanation import Explanation
from tests.export.example import example


def explained(prompt: str, target: str = " Paris", **changes: object) -> Explanation:
    """A small explanation of a prompt."""
    return replace(example([prompt]), target=NextToken(7, target, 0.9), **changes)  # type: ignore[arg-type]


def compared(prompt: str) -> Comparison:
    """Two methods on a prompt, the second of which failed."""
    made = explained(prompt)
    rows = (
        Row("noiser", "tiny", "noiser", "min", made),
        Row("lime", "tiny", "lime", None, error="It failed."),
    )
    alignment = align([made])
    agreement = agree(alignment.segments, [alignment.scores[0], None], None)
    return Comparison(prompt, rows, agreement, (), 0.5, {"noiser": "0.1.0"})
