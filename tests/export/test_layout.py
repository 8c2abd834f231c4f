"""Pieces on a grid of cells: nothing dropped, nothing over the edge, every width what is drawn."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example as case
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from noiser.cells import by_itself, cell_width, graphemes, one_line, visible
from noiser.layout import lay_out
from noiser.prompt import Piece

TEXTS = st.lists(
    st.one_of(
        st.sampled_from(("\t", "\n", "\r\n", " ", "\u3000", "東京", "👩‍🚀", "\u202e", "é")),
        st.text(min_size=1, max_size=12),
    ),
    min_size=1,
    max_size=20,
)


@settings(max_examples=200)
@given(TEXTS, st.integers(2, 60))
@case(["\u3000東", "京"], 5)
@case(["abc", "\t", "d"], 4)
def test_every_piece_is_there_and_every_row_fits(texts: list[str], width: int) -> None:
    rows = lay_out([Piece(text, (i,)) for i, text in enumerate(texts)], width)
    assert {f.piece for row in rows for f in row.fragments} == set(range(len(texts)))
    for row in rows:
        x = 0
        for fragment in row.fragments:
            assert fragment.x == x
            assert fragment.width == cell_len(fragment.text)
            assert fragment.text == visible(fragment.text)
            x += fragment.width
        assert x <= width


@pytest.mark.parametrize(
    ("texts", "width", "rows"),
    [
        (["a\tb"], 10, ["a→  b"]),
        (["abc\td"], 4, ["abc→", "d"]),
        (["abcd\te"], 6, ["abcd→ ", "e"]),
        (["one two"], 5, ["one ", "two"]),
        (["a\n", "b\r\n", "c"], 9, ["a⏎", "b⏎", "c"]),
        (["abcdef"], 4, ["abcd", "ef"]),
        (["abcd", " ef"], 4, ["abcd", "ef"]),
        (["abcd", " ", "ef"], 4, ["abcd", " ef"]),
    ],
)
def test_where_rows_end(texts: list[str], width: int, rows: list[str]) -> None:
    laid = lay_out([Piece(text, (i,)) for i, text in enumerate(texts)], width)
    assert ["".join(f.text for f in row.fragments) for row in laid] == rows


@given(st.text(), st.integers(1, 30))
def test_a_line_is_cut_to_its_width(text: str, width: int) -> None:
    cut = one_line(text, width)
    assert cell_len(cut) <= width
    assert "\n" not in cut
    assert cut == visible(text) or cut.endswith("…")


def test_lines_stay_where_they_are_wanted() -> None:
    assert visible("a\tb\nc\r\x9b\ud83d") == "a→b⏎c␍��"
    assert visible("a\tb\nc\r\x9b\ud83d", lines=True) == "a\tb\nc␍��"


@pytest.mark.parametrize(
    ("token", "shown"),
    [
        (" Paris", " Paris"),
        ("👩\u200d", "👩<U+200D>"),
        ("\ufe0f", "<U+FE0F>"),
        ("\u0301a", "<U+0301>a"),
        ("a\u0301", "a\u0301"),
        ("می\u200cخواهم", "می<U+200C>خواهم"),
        ("\u202eevil", "<U+202E>evil"),
        ("\U000e0041", "<U+E0041>"),
        ("a\n", "a⏎"),
    ],
)
def test_what_is_not_seen_is_named_where_a_token_stands_alone(token: str, shown: str) -> None:
    assert by_itself(token) == shown
    assert by_itself(shown) == shown, "twice is as once"


@given(st.text(max_size=8))
def test_a_token_leaves_its_quotes_alone(text: str) -> None:
    quoted = f"“{by_itself(text)}”"
    drawn = [one for one, _ in graphemes(quoted)]
    assert (drawn[0], drawn[-1]) == ("“", "”")
    assert cell_width(quoted) == cell_width(by_itself(text)) + 2
    assert not any(unicodedata.category(one) == "Cf" for one in quoted)
