"""Rows of different tokens over the same characters: no token is split, and no score is lost."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noiser.comparison.alignment import align
from noiser.explainer import explain
from noiser.explanation import TokenScore
from noiser.request import Request
from tests.comparison.rows import scored
from tests.export.example import example
from tests.tiny import tiny

TEXT = "The capital of France is"


def test_two_tokenizers_meet_where_neither_has_a_token_across() -> None:
    first = scored(
        TEXT, ("The", 0.1), (" cap", 0.2), ("ital", 0.3), (" of France", 0.25), (" is", 0.15)
    )
    second = scored(
        TEXT, ("The ", 0.5), ("capital", 0.1), (" of", 0.1), (" France", 0.2), (" is", 0.1)
    )
    made = align([first, second])
    assert [one.text for one in made.segments] == ["The capital", " of France", " is"]
    assert made.scores[0] == pytest.approx((0.6, 0.25, 0.15))
    assert made.scores[1] == pytest.approx((0.6, 0.3, 0.1))


def test_tokens_that_share_a_character_do_not_part() -> None:
    bytes_ = tuple(
        TokenScore(i, name, start, end, "content", False, score, score)
        for i, (name, start, end, score) in enumerate(
            [("a", 0, 1, 0.4), ("<F0>", 1, 2, 0.1), ("<9F>", 1, 2, 0.2), ("b", 2, 3, 0.3)]
        )
    )
    first = replace(scored("a🚀b", ("a", 1.0), ("🚀b", 0.0)), tokens=bytes_)
    made = align([first, scored("a🚀b", ("a", 0.5), ("🚀", 0.25), ("b", 0.25))])
    assert [one.text for one in made.segments] == ["a", "🚀", "b"]
    assert made.scores[0] == pytest.approx((0.4, 0.3, 0.3))


def test_nothing_in_common_is_one_segment() -> None:
    made = align(
        [scored("abcd", ("ab", 0.5), ("cd", 0.5)), scored("abcd", ("a", 0.1), ("bcd", 0.9))]
    )
    assert [one.text for one in made.segments] == ["abcd"]
    assert made.scores == ((1.0,), (1.0,))


def test_characters_of_no_token_go_with_what_follows_them_and_at_the_end_with_what_is_before() -> (
    None
):
    first = scored("ab cd ", ("ab", 0.5), ("cd", 0.5), gap=" ")
    second = scored("ab cd ", ("ab", 0.1), (" ", 0.2), ("cd", 0.3), (" ", 0.4))
    made = align([first, second])
    assert [one.text for one in made.segments] == ["ab", " cd "]
    assert made.scores == ((0.5, 0.5), (0.1, pytest.approx(0.9)))


def test_a_token_without_characters_has_a_segment_where_every_row_has_one() -> None:
    first = scored("ab", ("<s>", 0.5), ("a", 0.25), ("b", 0.25))
    second = scored("ab", ("<bos>", 0.2), ("a", 0.4), ("b", 0.4))
    third = scored("ab", ("a", 0.7), ("b", 0.3))
    made = align([first, second])
    assert [(one.text, one.start, one.end) for one in made.segments] == [
        ("<s>/<bos>", 0, 0),
        ("a", 0, 1),
        ("b", 1, 2),
    ]
    assert made.scores == ((0.5, 0.25, 0.25), (0.2, 0.4, 0.4))
    assert made.left_out == (((), 0.0), ((), 0.0))
    apart = align([first, second, third])
    assert [one.text for one in apart.segments] == ["a", "b"]
    assert apart.left_out == ((("<s>",), 0.5), (("<bos>",), pytest.approx(0.2)), ((), 0.0))


def test_what_has_no_score_or_none_that_is_a_number_gives_none() -> None:
    first = scored("abc", ("a", None), ("b", math.nan), ("c", 0.5))
    second = scored("abc", ("a", 0.2), ("bc", 0.8))
    assert align([first, second]).scores == ((None, 0.5), (0.2, 0.8))


def test_units_do_not_part() -> None:
    words = explain(tiny("llama"), "Rivers run mostly", Request(granularity="word"))
    tokens = explain(tiny("llama"), "Rivers run mostly", Request(method="occlusion"))
    made = align([words, tokens])
    assert [one.text for one in made.segments] == ["<s>", "Rivers", " run", " mostly"]
    assert made.scores[0] == pytest.approx([unit.score for unit in words.units])


@st.composite
def cuts(draw: st.DrawFn) -> tuple[str, list[list[tuple[str, float]]]]:
    """A text and several ways to cut it into tokens, each with a score."""
    text = draw(st.text("abc d\n🚀", min_size=1, max_size=30))
    rows: list[list[tuple[str, float]]] = []
    for _ in range(draw(st.integers(1, 4))):
        places = sorted(draw(st.sets(st.integers(0, len(text)))) | {0, len(text)})
        rows.append([(text[start:end], draw(st.floats(-1, 1))) for start, end in pairwise(places)])
    return text, rows


@given(cuts())
def test_segments_cover_the_text_split_no_token_and_keep_every_score(
    case: tuple[str, list[list[tuple[str, float]]]],
) -> None:
    text, rows = case
    made = align([scored(text, *row) for row in rows])
    assert "".join(one.text for one in made.segments) == text
    ends = {one.end for one in made.segments}
    boundaries: list[set[int]] = []
    for row, scores in zip(rows, made.scores, strict=True):
        places, end = set[int](), 0
        for token, _ in row:
            end += len(token)
            places.add(end)
        boundaries.append(places)
        assert math.fsum(one for one in scores if one is not None) == pytest.approx(
            math.fsum(score for _, score in row)
        )
    assert ends == set.intersection(*boundaries)  # as many as there can be, and no more


def test_a_row_with_everything_awkward_lines_up_with_itself() -> None:
    one = example()
    made = align([one, one])
    assert [segment.text for segment in made.segments] == [piece.text for piece, _ in one.pieces()]
    assert made.scores[0] == tuple(score for _, score in one.pieces())
