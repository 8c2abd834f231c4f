"""Prompts in text files, whatever editor wrote them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noiser.files import prompt_in, with_ends, with_prompt

TEXT = st.text(st.sampled_from("ab \n\t"), max_size=12)
FILES = st.text(st.sampled_from("ab\n"), max_size=8)


@pytest.mark.parametrize(
    ("text", "prompt"),
    [
        ("France is", "France is"),
        ("France is\n", "France is"),
        ("France is\n\n", "France is\n"),
        ("a\r\nb\r\n", "a\nb"),
        ("\ufeffa\rb", "a\nb"),
        ("", ""),
    ],
)
def test_what_an_editor_adds_is_no_part_of_the_prompt(text: str, prompt: str) -> None:
    assert prompt_in(text) == prompt


@given(FILES, st.booleans(), st.booleans(), TEXT)
def test_a_prompt_that_is_written_is_read_again_and_the_file_keeps_its_form(
    before: str, marked: bool, returns: bool, prompt: str
) -> None:
    before = ("\ufeff" if marked else "") + (before.replace("\n", "\r\n") if returns else before)
    text = with_prompt(before, prompt)
    assert prompt_in(text) == prompt
    assert text.startswith("\ufeff") == marked
    assert text.count("\r\n") == (text.count("\n") if "\r\n" in before else 0)
    if before.endswith("\n"):
        assert text.endswith("\n")
    assert with_prompt(before, prompt_in(before)) == before


def test_other_texts_keep_how_their_lines_end() -> None:
    assert with_ends("a\r\n", "b\nc") == "b\r\nc"
    assert with_ends("a\n", "b\nc\n") == "b\nc\n"
