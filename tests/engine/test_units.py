"""Units cover every token once, in order, and end where a reader would end them."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from noiser.prompt import Prompt, Token, pieces, read_prompt
from noiser.units import GRANULARITIES, cut, unit_pieces, unit_text
from tests.tiny import tokenizer

PARTS = [
    *(
        "One",
        " two",
        ". ",
        "! ",
        "?",
        "…",
        "\n",
        "\n\n",
        "\r\n",
        " ",
        "\t",
        "”",
        ")",
        "'",
        '"',
        "\u2028",
    ),
    *("。", "！", "」", "「", "你好", "🚀", "👩‍🚀", "e\u0301", "<s>", "3.5", "e.g. ", "A."),
]
TEXTS = st.one_of(st.text(max_size=40), st.lists(st.sampled_from(PARTS), max_size=20).map("".join))


def prompt_of(text: str, bos: bool = True) -> Prompt:
    return read_prompt(tokenizer(bos), text)


def texts(text: str, granularity: str) -> list[str]:
    prompt = prompt_of(text, bos=False)
    return [unit_text(prompt.text, prompt.tokens, unit) for unit in cut(prompt, granularity)]


@pytest.mark.parametrize("granularity", GRANULARITIES)
@given(text=TEXTS, bos=st.booleans())
@example(text="", bos=True)
@example(text="  \n ", bos=False)
def test_every_token_is_in_one_unit_and_in_order(granularity: str, text: str, bos: bool) -> None:
    prompt = prompt_of(text, bos)
    units = cut(prompt, granularity)
    assert [i for unit in units for i in unit] == list(range(len(prompt)))
    assert all(units)


@pytest.mark.parametrize("granularity", [g for g in GRANULARITIES if g != "token"])
@given(text=TEXTS)
def test_tokens_of_one_character_never_part(granularity: str, text: str) -> None:
    prompt = prompt_of(text)
    home = {i: number for number, unit in enumerate(cut(prompt, granularity)) for i in unit}
    for piece in pieces(prompt.text, prompt.tokens):
        assert len({home[i] for i in piece.positions}) <= 1


@given(text=TEXTS)
def test_coarser_units_are_made_of_finer_ones(text: str) -> None:
    prompt = prompt_of(text)
    starts = [{unit[0] for unit in cut(prompt, g)} for g in ("line", "sentence", "token")]
    assert starts[0] <= starts[1] <= starts[2]
    if not any(char in text for char in "。！？｡"):  # which end a sentence inside a word
        assert starts[1] <= {unit[0] for unit in cut(prompt, "word")}


@pytest.mark.parametrize("granularity", GRANULARITIES)
@given(text=TEXTS)
def test_no_character_is_lost_on_the_screen(granularity: str, text: str) -> None:
    prompt = prompt_of(text)
    units = cut(prompt, granularity)
    for some in (units, units[::2], ()):
        shown = unit_pieces(prompt.text, prompt.tokens, some)
        assert "".join(piece.text for piece in shown) == "<s>" + prompt.text
        assert [i for piece in shown for i in piece.positions] == list(range(len(prompt)))
    whole = unit_pieces(prompt.text, prompt.tokens, units)
    if granularity != "token":
        assert [p.positions for p in whole if p.positions] == list(units)


@given(text=TEXTS)
def test_what_is_in_no_unit_is_shown_token_by_token(text: str) -> None:
    prompt = prompt_of(text)
    assert unit_pieces(prompt.text, prompt.tokens, ()) == pieces(prompt.text, prompt.tokens)


def test_a_token_without_characters_is_a_unit_of_its_own() -> None:
    for granularity in GRANULARITIES:
        assert cut(prompt_of("One two. Three"), granularity)[0] == (0,)


def test_a_special_token_that_is_typed_belongs_to_its_line() -> None:
    prompt = prompt_of("<s>user\nHi", bos=False)
    (first, _) = cut(prompt, "line")
    assert prompt.tokens[first[0]].special
    assert unit_text(prompt.text, prompt.tokens, first) == "<s>user\n"


def test_what_a_tokenizer_leaves_uncovered_joins_the_unit_around_it() -> None:
    text = "a b.  C d"
    tokens = tuple(Token(i, text[s : s + 1], s, s + 1) for i, s in enumerate((0, 2, 6, 8)))
    shown = unit_pieces(text, tokens, [(0, 1), (2, 3)])
    assert [piece.text for piece in shown] == ["a b", ".  ", "C d"]
    assert cut(Prompt(text, tokens), "sentence") == ((0, 1), (2, 3))


def test_a_token_goes_where_its_first_character_that_is_no_space_goes() -> None:
    """A tokenizer may have one token for the end of a sentence and the breaks after it, or before."""
    text = "A.\n\n  B. C"
    tokens = (Token(0, "A", 0, 1), Token(1, ".\n\n", 1, 4), Token(2, "  B.", 4, 8))
    assert cut(Prompt(text, (*tokens, Token(3, " C", 8, 10))), "sentence") == ((0, 1), (2,), (3,))
    across = (Token(0, "A.", 0, 2), Token(1, "\n\n  ", 2, 6), Token(2, "B. C", 6, 10))
    assert cut(Prompt(text, across), "sentence") == ((0, 1), (2,))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three? Four", ["One.", " Two!", " Three?", " Four"]),
        ("He said “No.” She left.", ["He said “No.”", " She left."]),
        ("“Stop!” he said. (Why?) Go", ["“Stop!” he said.", " (Why?)", " Go"]),
        ("e.g. this, 3.5 km. Yes", ["e.g. this, 3.5 km.", " Yes"]),
        ("Well… maybe… Yes... No", ["Well… maybe…", " Yes...", " No"]),
        ("a\n\n\nb\r\nc", ["a\n\n\n", "b\r\n", "c"]),
        ("\n a\n ", ["\n a\n "]),
        ("1. First one\n 2. Second", ["1. First one\n", " 2. Second"]),
        ("In 1999. Then", ["In 1999.", " Then"]),
        ("Dr. Who", ["Dr.", " Who"]),
        ("你好。「是吗？」他说。再见", ["你好。", "「是吗？」", "他说。", "再见"]),
        ("「是。」 他", ["「是。」", " 他"]),
        ("no end", ["no end"]),
    ],
)
def test_where_sentences_end(text: str, expected: list[str]) -> None:
    assert texts(text, "sentence") == expected


def test_where_words_and_lines_end() -> None:
    text = "So, well…\n\n  I\tgo 🚀🚀 now."
    assert texts(text, "word") == ["So,", " well…\n\n", "  I", "\tgo", " 🚀🚀", " now."]
    assert texts(text, "line") == ["So, well…\n\n", "  I\tgo 🚀🚀 now."]


def test_long_texts_are_cut_in_a_moment() -> None:
    """No rule looks at the same characters again and again."""
    for text in (" " * 50_000, ")" * 50_000, "." * 50_000 + " A", "1" * 50_000, "。" * 50_000):
        tokens = tuple(Token(0, text[i : i + 9], i, i + 9) for i in range(0, len(text) - 9, 9))
        for granularity in GRANULARITIES:
            assert cut(Prompt(text, tokens), granularity)
