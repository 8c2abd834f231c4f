"""Texts in Markdown are read again as they were, by a parser that is not ours."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from noiser.cells import visible
from noiser.export import markdown

PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
TEXTS = st.text(st.sampled_from("\\|*_`<[]&~!#->1.a \n\t\r;lt") | st.characters())


def read(text: str) -> list[list[Token]]:
    """What is in each cell of a table, and of all else that is a line of text."""
    return [one.children or [] for one in PARSER.parse(text) if one.type == "inline"]


def said(inline: list[Token]) -> str:
    return "".join(one.content for one in inline)


@given(st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=3))
@example([("a\\|b", "\\"), ("|", "|\\"), ("&lt;", "`` `"), ("x\ny", "~~a~~")])
def test_every_cell_says_its_text_and_nothing_in_it_is_obeyed(rows: list[tuple[str, str]]) -> None:
    cells = [[markdown.escaped(name), markdown.code(text)] for name, text in rows]
    heads, *found = zip(*[iter(read(markdown.table(["name", "text"], cells)))] * 2, strict=True)
    assert [said(one) for one in heads] == ["name", "text"]
    for (name, text), (plain, coded) in zip(rows, found, strict=True):
        assert said(plain) == visible(name).strip()
        assert {one.type for one in plain} <= {"text"}
        assert said(coded) == visible(text)
        assert [one.type for one in coded] == ["code_inline"] * bool(text)


@given(TEXTS)
def test_a_line_of_text_says_it_too(text: str) -> None:
    (plain, coded) = read(f"It is {markdown.escaped(text)}\n\nIt is {markdown.code(text)}.")
    assert said(plain) == f"It is {visible(text)}".rstrip()
    assert said(coded) == f"It is {visible(text)}."


def test_columns_of_numbers_stand_to_the_right() -> None:
    made = markdown.table(["a", "b", "c"], [["x", "y|z", "1"]], words=2)
    assert made == "| a | b | c |\n| --- | --- | ---: |\n| x | y\\|z | 1 |"
