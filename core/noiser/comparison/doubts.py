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
    yield from _left_out([row.label for row in explained], alignment)
    flat = [
        row.label
        for row, scores in zip(rows, agreement.scores, strict=True)
        if is_constant(scores) and len(agreement.segments) > 1
    ]
    if flat:
        yield Warned(
            f"{', '.join(flat)}: every segment has the same score, so there are no ranks to agree with."
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


def _left_out(labels: Sequence[str], alignment: Alignment) -> Iterator[Warned]:
    """Tokens that stand for no characters, of which some rows have none."""
    out = [(label, *one) for label, one in zip(labels, alignment.left_out, strict=True) if one[0]]
    if out:
        names = " ".join(dict.fromkeys(name for _, tokens, _ in out for name in tokens))
        shares = ", ".join(f"{share:.0%} of {label}" for label, _, share in out)
        yield Warned(
            f"{names}: not every row has such a token there and it stands for no characters, so it is "
            f"left out of the picture and the agreement, with its scores: {shares}."
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
