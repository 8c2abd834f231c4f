"""Laying explanations of one text over each other, whatever tokens each of them has.

Every row's text is cut at the places where no row has a token across: each token then lies in one
segment as a whole, and no score has to be divided among characters.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from noiser.comparison.result import Segment
from noiser.explanation import Explanation


@dataclass(frozen=True)
class Alignment:
    """Segments, and each row's scores over them, shape (rows, segments).

    `left_out` holds for each row the names of its special tokens that stand for no characters where
    not every row has one, and the share that they have of the row's scores, by magnitude.
    """

    segments: tuple[Segment, ...]
    scores: tuple[tuple[float | None, ...], ...]
    left_out: tuple[tuple[tuple[str, ...], float], ...]


@dataclass(frozen=True)
class _Part:
    """A token, or tokens that never part, with its characters and its score."""

    text: str
    start: int
    end: int
    score: float | None

    @property
    def bare(self) -> bool:
        """Whether it stands for no characters."""
        return self.start == self.end


def align(rows: Sequence[Explanation]) -> Alignment:
    """Cut the text that all `rows` explain into segments, as many as there can be.

    A segment has tokens of every row; characters between tokens go with those after them. The
    tokens of a unit that was not looked into do not part.
    """
    parts = [list(_parts(row)) for row in rows]
    text = rows[0].prompt
    stretches = _stretches(text, parts)
    segments = tuple(sorted([*stretches, *_bare(text, parts, stretches)], key=_order))
    placed = {segment.start for segment in segments if segment.start == segment.end}
    return Alignment(
        segments,
        tuple(_sums(row, segments) for row in parts),
        tuple(_left_out(row, placed) for row in parts),
    )


def _parts(row: Explanation) -> Iterator[_Part]:
    for piece, score in row.pieces():
        tokens = [row.tokens[i] for i in piece.positions]
        if tokens:
            start, end = min(one.start for one in tokens), max(one.end for one in tokens)
            finite = score is not None and math.isfinite(score)
            yield _Part(piece.text, start, end, score if finite else None)


def _stretches(text: str, rows: Sequence[Sequence[_Part]]) -> list[Segment]:
    """The text between two of the places where every row can be cut."""
    cuts = sorted(set.intersection(*(_edges(row, len(text)) for row in rows)))
    starts = [{one.start for one in row if not one.bare} for row in rows]
    spans: list[tuple[int, int]] = []
    waiting = 0
    for _, end in pairwise(cuts):
        if all(any(start in row for start in range(waiting, end)) for row in starts):
            spans.append((waiting, end))
            waiting = end
    if spans and waiting < len(text):  # characters of no token at the end
        spans[-1] = (spans[-1][0], len(text))
    return [Segment(text[start:end], start, end) for start, end in spans]


def _edges(row: Sequence[_Part], length: int) -> set[int]:
    """Where a token of the row ends or begins and none goes on."""
    ends = {0, length}
    inside: set[int] = set()
    for one in row:
        ends |= {one.start, one.end}
        inside.update(range(one.start + 1, one.end))
    return ends - inside


def _bare(
    text: str, rows: Sequence[Sequence[_Part]], stretches: Sequence[Segment]
) -> Iterator[Segment]:
    """Segments of the tokens without characters that every row has at an end of a stretch."""
    places = [{one.start for one in row if one.bare} for row in rows]
    for place in set.intersection({len(text), *(one.start for one in stretches)}, *places):
        names = [
            "".join(one.text for one in row if one.bare and one.start == place) for row in rows
        ]
        yield Segment("/".join(dict.fromkeys(names)), place, place)


def _order(segment: Segment) -> tuple[int, int]:
    """In the order of the text, what stands for no characters before what begins at its place."""
    return segment.start, segment.end


def _sums(row: Sequence[_Part], segments: Sequence[Segment]) -> tuple[float | None, ...]:
    stretches = [i for i, one in enumerate(segments) if one.start < one.end]
    starts = [segments[i].start for i in stretches]
    at = {one.start: i for i, one in enumerate(segments) if one.start == one.end}
    found: list[list[float]] = [[] for _ in segments]
    for one in row:
        home = at.get(one.start) if one.bare else stretches[bisect_right(starts, one.start) - 1]
        if home is not None and one.score is not None:
            found[home].append(one.score)
    return tuple(math.fsum(scores) if scores else None for scores in found)


def _left_out(row: Sequence[_Part], placed: set[int]) -> tuple[tuple[str, ...], float]:
    out = [one for one in row if one.bare and one.start not in placed and one.score is not None]
    every = math.fsum(abs(one.score or 0.0) for one in row)
    own = math.fsum(abs(one.score or 0.0) for one in out)
    return tuple(one.text for one in out), own / every if every else 0.0
