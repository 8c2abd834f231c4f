"""Marked spans of a prompt, marked texts of a chat: what becomes of them as one marks and types."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from noiser.request import Request
from noiser.units import Span


def toggled(spans: Sequence[Span], span: Span) -> tuple[Span, ...]:
    """The spans with this one in place of those it overlaps, or without it where it was among them."""
    start, end = span
    others = [one for one in spans if one[1] <= start or end <= one[0]]
    return tuple(sorted(others if span in spans else [*others, span]))


def spans_kept(spans: Sequence[Span], before: str, after: str) -> tuple[Span, ...]:
    """The spans whose text was not touched between two texts, where it stands now.

    What changed is taken to be one place: what lies between the longest beginning and the longest end
    that both texts share.
    """
    head = _alike(before, after)
    tail = len(before) - _alike(before[head:][::-1], after[head:][::-1])
    moved = len(after) - len(before)
    kept = [(start, end) for start, end in spans if end <= head]
    kept += [(start + moved, end + moved) for start, end in spans if start >= max(head, tail)]
    return tuple(kept)


def _alike(one: str, other: str) -> int:
    """How many characters both begin with."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))


def with_spans(request: Request, spans: tuple[Span, ...]) -> Request:
    """The request by these spans, by token where there are none; WrongUse where it cannot be so."""
    if spans:
        return replace(request, granularity="span", spans=spans, marks=())
    return request.by_token


def other_marks(marks: Sequence[str], mark: str) -> tuple[str, ...]:
    """The marks with this text in place of those it overlaps with, or without it where it was among them."""
    others = [one for one in marks if one not in mark and mark not in one]
    return tuple(others if mark in marks else [*others, mark])


def with_marks(request: Request, marks: tuple[str, ...]) -> Request:
    """The request by every occurrence of these texts, by token where there are none; errors as above."""
    if marks:
        return replace(request, granularity="span", spans=(), marks=marks)
    return request.by_token


def marks_kept(marks: Sequence[str], said: Sequence[str]) -> tuple[str, ...]:
    """The marks that somebody still says."""
    return tuple(mark for mark in marks if any(mark in one for one in said))
