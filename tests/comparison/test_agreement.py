"""τ-b and the overlap against their definitions, and what has no ranks."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from noiser.comparison.agreement import agree, default_top, kendall_tau, top_overlap
from noiser.comparison.result import Segment
from tests.comparison.rows import compared, scored

SCORES = st.lists(st.integers(-3, 3).map(float), min_size=2, max_size=9)


def segments(count: int) -> list[Segment]:
    return [Segment("x", i, i + 1) for i in range(count)]


def counted_tau(first: list[float], second: list[float]) -> float:
    """Kendall's own definition: pair by pair."""
    same = ours = theirs = 0
    for i, j in itertools.combinations(range(len(first)), 2):
        a = np.sign(first[i] - first[j])
        b = np.sign(second[i] - second[j])
        same += int(a * b)
        ours += int(a != 0)
        theirs += int(b != 0)
    return same / math.sqrt(ours * theirs)


@given(SCORES, SCORES)
def test_tau_is_its_definition_pair_by_pair(first: list[float], second: list[float]) -> None:
    size = min(len(first), len(second))
    first, second = first[:size], second[:size]
    assume(len(set(first)) > 1 and len(set(second)) > 1)
    found = kendall_tau(np.array(first), np.array(second))
    assert found == pytest.approx(counted_tau(first, second), abs=1e-12)


@given(SCORES, SCORES, st.integers(1, 12))
def test_the_overlap_is_a_share_that_is_symmetric_and_whole_with_itself(
    first: list[float], second: list[float], top: int
) -> None:
    size = min(len(first), len(second))
    a, b = np.array(first[:size]), np.array(second[:size])
    assert top_overlap(a, a, top) == pytest.approx(1.0)
    assert 0.0 <= top_overlap(a, b, top) <= 1.0
    assert top_overlap(a, b, top) == top_overlap(b, a, top)


@given(st.permutations(range(8)), st.permutations(range(8)), st.integers(1, 8))
def test_without_ties_the_overlap_counts_common_members(
    first: list[int], second: list[int], top: int
) -> None:
    def highest(order: list[int]) -> set[int]:
        return set(sorted(range(8), key=lambda i: -order[i])[:top])

    found = top_overlap(np.array(first, float), np.array(second, float), top)
    assert found == pytest.approx(len(highest(first) & highest(second)) / top)


def test_ties_at_the_edge_share_what_is_left() -> None:
    """The first row has one clear highest and three equal zeros for the second place."""
    first, second = np.array([0.9, 0.0, 0.0, 0.0]), np.array([0.5, 0.4, 0.1, 0.0])
    assert top_overlap(first, second, 2) == pytest.approx((1 + 1 / 3) / 2)


def test_by_hand() -> None:
    """Of three pairs two are in the same order; the two highest have one in common."""
    made = agree(segments(3), [(0.5, 0.3, 0.2), (0.5, 0.1, 0.4)], 2)
    assert made.tau[0][1] == made.tau[1][0] == pytest.approx(1 / 3)
    assert made.overlap[0][1] == pytest.approx(0.5)
    assert made.tau[0][0] == made.overlap[1][1] == 1.0


def test_signed_scores_rank_by_sign_too() -> None:
    assert agree(segments(3), [(0.5, 0.1, -0.6), (3.0, 2.0, 1.0)], 1).tau[0][1] == 1.0


def test_what_failed_or_is_constant_has_no_number() -> None:
    made = agree(segments(2), [(0.5, 0.5), None, (0.1, 0.9)], None)
    assert made.tau == ((None, None, None), (None, None, None), (None, None, 1.0))
    assert made.overlap == made.tau


def test_rows_are_compared_where_both_have_scores() -> None:
    made = agree(segments(4), [(None, 0.1, 0.2, 0.7), (0.9, 0.2, 0.3, None)], 1)
    assert made.tau[0][1] == 1.0
    assert agree(segments(2), [(None, 0.1), (0.2, None)], 1).tau[0][1] is None


@pytest.mark.parametrize(("count", "top"), [(0, 1), (1, 1), (4, 1), (5, 2), (9, 3)])
def test_a_quarter_is_compared_unless_told(count: int, top: int) -> None:
    assert default_top(count) == top
    assert agree(segments(count), [None, None], None).top == top


# What is told


def told(*rows: tuple[str, list[tuple[str, float | None]]], top: int | None = None) -> str:
    made = compared({label: scored("ab", *tokens) for label, tokens in rows}, top)
    return " ".join(one.message for one in made.warnings)


def test_doubts_are_told() -> None:
    plain: list[tuple[str, float | None]] = [("a", 0.9), ("b", 0.1)]
    assert told(("x", plain), ("y", plain)) == ""
    assert "y: every segment has the same score" in told(
        ("x", plain), ("y", [("a", 0.5), ("b", 0.5)])
    )
    assert "no ranks to compare" in told(("x", plain), ("y", [("ab", 1.0)]))
    assert "their overlap says nothing" in told(("x", plain), ("y", plain), top=2)
    with_bos = told(("x", plain), ("y", [("<s>", 0.6), ("a", 0.3), ("b", 0.1)]))
    assert "<s>: not every row has such a token" in with_bos
    assert "60% of y" in with_bos


def test_different_targets_are_told_but_not_those_that_differ_by_a_space() -> None:
    one = scored("ab", ("a", 0.9), ("b", 0.1))
    same = compared({"x": one, "y": scored("ab", ("a", 1.0), ("b", 0.0), target="Paris")})
    assert same.warnings == ()
    other = compared({"x": one, "y": scored("ab", ("a", 1.0), ("b", 0.0), target=" Rome")})
    assert "different targets: 'Paris' by x; 'Rome' by y" in other.warnings[0].message
