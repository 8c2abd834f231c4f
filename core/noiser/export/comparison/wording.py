"""Numbers and texts of a comparison as people read them, the same in every export and on screen."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict

from noiser.cells import visible
from noiser.comparison.result import CANCELLED, Comparison, Matrix, Row
from noiser.export import wording
from noiser.prompt import Piece


def missing(row: Row) -> str:
    """What stands in the place of a row's heat map that has none."""
    return "cancelled" if row.error == CANCELLED else "failed, see below"


def question(comparison: Comparison) -> str:
    """What is explained, in how many ways: the target that all rows have, if they have one."""
    explained = comparison.known
    count = len(comparison.explained)
    ways = f"{count} way{'' if count == 1 else 's'}"
    questions = {wording.question(one) for one in explained}
    if len(questions) == 1:
        return f"{questions.pop()}, in {ways}"
    targets = {one.target.text.strip() for one in explained}
    if len(targets) == 1:  # by models that find it more or less probable
        return f"Why {wording.quoted(explained[0].target.text)}, in {ways}"
    return f"{len(targets)} targets, in {ways}"


def names(comparison: Comparison) -> list[str]:
    """The rows with their numbers, which head the columns of the matrices."""
    width = len(str(len(comparison.rows)))
    return [f"{i:>{width}} {visible(row.label)}" for i, row in enumerate(comparison.rows, 1)]


def pieces(comparison: Comparison) -> list[Piece]:
    """The segments as pieces of a picture; the position of each is its number."""
    return [Piece(one.text, (i,)) for i, one in enumerate(comparison.agreement.segments)]


def scaffold(comparison: Comparison) -> frozenset[int]:
    """The segments of special and template tokens only, as the first row has them."""
    tokens = comparison.known[0].tokens
    contents = [one.start for one in tokens if not one.scaffold]
    return frozenset(
        i
        for i, one in enumerate(comparison.agreement.segments)
        if bisect_left(contents, one.start) == bisect_left(contents, one.end)
    )


def matrices(comparison: Comparison) -> list[tuple[str, Matrix]]:
    """Both matrices with what they are called."""
    agreement = comparison.agreement
    top = min(agreement.top, len(agreement.segments))
    return [("Kendall's τ", agreement.tau), (f"top {top} in common", agreement.overlap)]


def share(value: float | None) -> str:
    """A number of a matrix, two decimals."""
    return wording.NOTHING if value is None else wording.minus(f"{value:.2f}")


def found(comparison: Comparison) -> str:
    """Over how much the rows were compared, and what they cost, in one line."""
    explained = comparison.known
    count = len(comparison.agreement.segments)
    tokens = sorted({len(one.tokens) for one in explained})
    of = f"{tokens[0]}" if len(tokens) == 1 else f"{tokens[0]} to {tokens[-1]}"
    work = sum(one.work.token_forwards for one in explained)
    parts = [f"{count} segment{'' if count == 1 else 's'} of {of} tokens"]
    if comparison.failed:
        parts.append(
            f"{len(comparison.failed)} of {len(comparison.rows)} rows without an explanation"
        )
    return ", ".join([*parts, f"{work:,} token-forwards", f"{comparison.seconds:.2f} s"])


def settings(comparison: Comparison) -> str:
    """The models, and what the rows have in common in how they were asked."""
    first = comparison.known[0]
    models = {
        f"{one.model.get('name', '?')} {one.model.get('device', '?')} {wording.precision(one.model)}"
        for one in comparison.known
    }
    unit = [f"by {first.granularity}"] if first.units else []
    parts = [*sorted(models), *unit, f"{first.normalisation}, seed {first.seed}"]
    return visible(" · ".join(parts))


def warnings(comparison: Comparison) -> list[str]:
    """What to know about the comparison, then about rows, those with the same warning together."""
    by_text: defaultdict[str, list[str]] = defaultdict(list)
    for row in comparison.rows:
        if row.explanation is not None:
            for one in row.explanation.warnings:
                by_text[wording.warning(row.explanation, one)].append(row.label)
    own = [one.message for one in comparison.warnings]
    return own + [f"{', '.join(labels)}: {text}" for text, labels in by_text.items()]


def failures(comparison: Comparison) -> list[str]:
    """The rows without an explanation, each with its reason."""
    return [f"{row.label}: {row.error}" for row in comparison.failed]
