"""How far the rows of a comparison agree: Kendall's τ-b, and the overlap of what they rank highest."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np

from noiser.comparison.result import Agreement, Matrix, Segment
from noiser.draws import FloatArray

Scores: TypeAlias = "Sequence[float | None] | None"
_Measure: TypeAlias = "Callable[[FloatArray, FloatArray], float]"


def default_top(segments: int) -> int:
    """How many of the highest segments are compared unless a number is given: a quarter, rounded up."""
    return max(1, math.ceil(segments / 4))


def agree(segments: Sequence[Segment], rows: Sequence[Scores], top: int | None) -> Agreement:
    """The agreement of `rows` of scores over `segments`, None for a row that has none.

    Two rows are compared over the segments in which both have a score. Signed scores are ranked as
    they are, the most negative last; scores that normalising made 0 tie.
    """
    chosen = default_top(len(segments)) if top is None else top
    return Agreement(
        tuple(segments),
        tuple(None if row is None else tuple(row) for row in rows),
        chosen,
        tau=_matrix(rows, kendall_tau),
        overlap=_matrix(rows, lambda a, b: top_overlap(a, b, chosen)),
    )


def is_constant(row: Scores) -> bool:
    """Whether a row gives every segment the same score, so that it has no ranks."""
    return row is not None and len({score for score in row if score is not None}) < 2


def kendall_tau(first: FloatArray, second: FloatArray) -> float:
    """Kendall's τ-b of two rows of scores, shape (n,) each, -1 to 1.

    Pairs in the same order less pairs in opposite orders, over the geometric mean of the pairs that
    either row does not tie (Kendall, "The treatment of ties in ranking problems", Biometrika 33,
    1945). Neither row may be constant.
    """
    from scipy.stats import kendalltau  # here: half a second that opening a record can do without

    tau = float(kendalltau(first, second, variant="b").statistic)
    return min(1.0, max(-1.0, tau))


def top_overlap(first: FloatArray, second: FloatArray, top: int) -> float:
    """The share of the `top` highest scores of one row that are among those of the other, 0 to 1.

    |A ∩ B| / k for rows of shape (n,), where k is `top` or n if that is less. Where scores tie at the
    edge, each of them counts with the same share of the places left, and the smaller share of the two
    rows is what they have in common; no order among equals is made up.
    """
    top = min(top, len(first))
    shared = np.minimum(_membership(first, top), _membership(second, top))
    return min(1.0, float(shared.sum()) / top)


def _membership(scores: FloatArray, top: int) -> FloatArray:
    edge = np.sort(scores)[-top]
    above, level = scores > edge, scores == edge
    return np.asarray(above + level * (top - above.sum()) / level.sum())


def _matrix(rows: Sequence[Scores], measure: _Measure) -> Matrix:
    """A measure that is symmetric, and 1 of a row with itself, of every two rows."""
    size = len(rows)
    values: list[list[float | None]] = [[None] * size for _ in rows]
    for i, first in enumerate(rows):
        for j, second in enumerate(rows[: i + 1]):
            pairs = _both(first, second)
            if pairs is not None:
                value = 1.0 if i == j else measure(*pairs)
                values[i][j] = values[j][i] = value
    return tuple(tuple(row) for row in values)


def _both(first: Scores, second: Scores) -> tuple[FloatArray, FloatArray] | None:
    """Where both rows have a score; None if either is constant there."""
    if first is None or second is None:
        return None
    pairs = [(a, b) for a, b in zip(first, second, strict=True) if a is not None and b is not None]
    if any(is_constant(row) for row in zip(*pairs, strict=True)) or not pairs:
        return None
    ours, theirs = np.array(pairs, dtype=float).T
    return ours, theirs
