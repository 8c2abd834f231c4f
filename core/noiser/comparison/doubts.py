"""What a comparison gives reason to doubt, beside what its explanations do."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from noiser.comparison.agreement import is_constant
from noiser.comparison.alignment import Alignment
from noiser.comparison.result import Agreement, Row
from noiser.events import Warned


def doubts(rows: Sequence[Row], alignment: Alignment, agreement: Agreement) -> Iterator[Warned]:
    """The warnings; `alignment` is of the rows that did not fail, in their order."""
    explained = [row for row in rows if row.explanation is not None]
    yield from _targets(explained)
    for row, (names, share) in zip(explained, alignment.left_out, strict=True):
        if names:
            yield Warned(
                f"{row.label}: {' '.join(names)} stands for no characters and not every row has such "
                f"a token there: left out of the picture and the agreement, with {share:.0%} of the "
                "scores."
            )
    for row, scores in zip(rows, agreement.scores, strict=True):
        if is_constant(scores) and len(agreement.segments) > 1:
            yield Warned(
                f"{row.label} gives every segment the same score: it has no ranks to agree with."
            )
    count = len(agreement.segments)
    if count < 2:
        yield Warned(
            "The rows have no place in the text where all of them can be cut: there are no ranks to "
            "compare."
        )
    elif agreement.top >= count:
        yield Warned(
            f"The {agreement.top} highest of {count} segments are all of them: their overlap says "
            "nothing."
        )


def _targets(rows: Sequence[Row]) -> Iterator[Warned]:
    """Tokens that differ by the space before them only are the same target to two tokenizers."""
    by_target: defaultdict[str, list[str]] = defaultdict(list)
    for row in rows:
        assert row.explanation is not None
        text = row.explanation.target.text
        by_target[text.strip() or text].append(row.label)
    if len(by_target) > 1:
        told = "; ".join(f"{text!r} by {', '.join(names)}" for text, names in by_target.items())
        yield Warned(
            f"The rows explain different targets: {told}. Choose a target to compare them on one."
        )
