"""A comparison: the same prompt explained in several ways, and how far the ways agree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from noiser.events import Warned
from noiser.explanation import Explanation

FORMAT: Literal["noiser-compare/1"] = "noiser-compare/1"
Matrix: TypeAlias = tuple[tuple[float | None, ...], ...]


@dataclass(frozen=True)
class Segment:
    """Characters start to end of the prompt that no token of any row crosses the ends of.

    Empty for special tokens that stand for no characters and that every row has at this place;
    `text` is then their name.
    """

    text: str
    start: int
    end: int


CANCELLED = "Cancelled before it was finished."
"""Stands as the error of a row that a cancel left without an explanation."""


@dataclass(frozen=True)
class Row:
    """One way to explain the prompt: its explanation, or the sentence that says why there is none.

    `label` says what tells the row from the others; `bound` is None for a method without noise. `begun` is
    what a cancel left of it, to go on from.
    """

    label: str
    model: str
    method: str
    bound: str | None
    explanation: Explanation | None = None
    error: str | None = None
    begun: Explanation | None = None

    def __post_init__(self) -> None:
        if (self.explanation is None) == (self.error is None):
            raise ValueError(f"row {self.label!r} needs an explanation or an error, and not both")


@dataclass(frozen=True)
class Agreement:
    """How far the rows agree about the segments.

    `scores` holds for each row the sum of its tokens' scores in each segment, shape (rows,
    segments): None for a row that failed, and in a segment without a scored token. `tau` is
    Kendall's τ-b of two rows' scores, from -1 to 1, and `overlap` the share of the `top` highest
    segments of one row that are among those of the other, 0 to 1; both have shape (rows, rows) and
    hold None where a row failed or gives every segment the same score.
    """

    segments: tuple[Segment, ...]
    scores: tuple[tuple[float | None, ...] | None, ...]
    top: int
    tau: Matrix
    overlap: Matrix

    def __post_init__(self) -> None:
        _check_matrix("tau", self.tau, len(self.scores), -1.0)
        _check_matrix("overlap", self.overlap, len(self.scores), 0.0)
        if any(row is not None and len(row) != len(self.segments) for row in self.scores):
            raise ValueError("a row of scores is not as long as the segments")
        if self.top < 1:
            raise ValueError("top is less than 1")


@dataclass(frozen=True)
class Comparison:
    """One prompt explained in several ways, a row each, over the same characters.

    `warnings` are about the comparison; each explanation has its own. `complete` is False where it
    was cancelled: the rows that were not finished by then say so as their error. `seconds` is the
    wall time, loading included.
    """

    prompt: str
    rows: tuple[Row, ...]
    agreement: Agreement
    warnings: tuple[Warned, ...]
    seconds: float
    environment: dict[str, str]
    complete: bool = True
    format: Literal["noiser-compare/1"] = FORMAT

    def __post_init__(self) -> None:
        if len(self.agreement.scores) != len(self.rows):
            raise ValueError("the agreement is not about these rows")
        for row, scores in zip(self.rows, self.agreement.scores, strict=True):
            if (row.explanation is None) != (scores is None):
                raise ValueError(f"row {row.label!r} has scores without an explanation, or none")
            if row.explanation is not None and row.explanation.prompt != self.prompt:
                raise ValueError(f"row {row.label!r} explains another prompt")
        end = 0
        for segment in self.agreement.segments:
            if not end <= segment.start <= segment.end <= len(self.prompt):
                raise ValueError("the segments do not follow each other in the prompt")
            end = segment.end

    @property
    def explained(self) -> tuple[Explanation, ...]:
        """The explanations of the rows that did not fail, in order."""
        return tuple(row.explanation for row in self.rows if row.explanation is not None)

    @property
    def known(self) -> tuple[Explanation, ...]:
        """Those, and where there is none what was begun: it tells of the prompt and of the model, too."""
        begun = (row.begun for row in self.rows)
        return self.explained or tuple(one for one in begun if one is not None)

    @property
    def failed(self) -> tuple[Row, ...]:
        """The rows without an explanation, in order."""
        return tuple(row for row in self.rows if row.explanation is None)

    def _repr_html_(self) -> str:
        """The heat map and both matrices, as a notebook shows them."""
        from noiser.export.comparison.html import fragment

        return fragment(self)


def _check_matrix(name: str, matrix: Matrix, size: int, least: float) -> None:
    if len(matrix) != size or any(len(row) != size for row in matrix):
        raise ValueError(f"{name} has no row and column for each row of the comparison")
    values: Sequence[float] = [one for row in matrix for one in row if one is not None]
    if not all(least <= one <= 1.0 for one in values):
        raise ValueError(f"{name} holds a number outside {least:g} to 1")
