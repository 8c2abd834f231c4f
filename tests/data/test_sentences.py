from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noiser.data.sentences import first_sentences


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("A. B comes. Then C.", "A. B comes."),
        ("He was in the U.S. Army. He left.", "He was in the U.S. Army."),
        ("He asked “Why?” and left. She stayed.", "He asked “Why?” and left."),
        ("He asked “Why?” Then he left.", "He asked “Why?”"),
        ("He left (at last!). She stayed.", "He left (at last!)."),
        ("He scored 3. She scored 4.", "He scored 3."),
        ("It fell by 3.5 points. It rose.", "It fell by 3.5 points."),
        (
            "J. R. Doe, Jr. (born 1912) was a judge. He wrote.",
            "J. R. Doe, Jr. (born 1912) was a judge.",
        ),
        ("She took her Ph.D. in 1950. She taught.", "She took her Ph.D. in 1950."),
        ("  No end at all  ", "No end at all"),
        ("", ""),
    ],
)
def test_where_the_first_sentence_ends(text: str, first: str) -> None:
    assert first_sentences(text, 1) == first


@given(st.text(alphabet='aB3. !?()"\n', max_size=60), st.integers(1, 4))
def test_what_is_taken_begins_the_text_and_grows_with_the_count(text: str, count: int) -> None:
    taken, more = first_sentences(text, count), first_sentences(text, count + 1)
    assert text.strip().startswith(more)
    assert more.startswith(taken)
    assert first_sentences(taken, count) == taken
