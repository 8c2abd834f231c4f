"""Spans that the user marks: each one unit, every other token by itself."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noiser.errors import WrongUse
from noiser.estimator import estimate
from noiser.explainer import explain
from noiser.prompt import Prompt, Token, read_prompt
from noiser.request import Request
from noiser.units import cut, find_spans, unit_text
from tests.engine import plain, plain_units
from tests.tiny import tiny, tokenizer

PROMPT = "Tabs, emoji and code live in"


def texts(prompt: Prompt, *spans: tuple[int, int]) -> list[str]:
    return [unit_text(prompt.text, prompt.tokens, u) for u in cut(prompt, "span", spans)]


def test_spans_by_hand() -> None:
    prompt = read_prompt(tokenizer(True), "Rivers run to the 🚀 sea")
    alone = [token.text for token in prompt.tokens]
    assert texts(prompt) == [*alone[: alone.index("<F0>")], "🚀", *alone[alone.index("<80>") + 1 :]]
    whole = texts(prompt, (0, 10))
    assert whole[:2] == ["<s>", "Rivers run"]
    rocket = prompt.text.index("🚀")
    assert "🚀" in texts(prompt, (rocket, rocket + 1))
    assert texts(prompt, (8, 9))[1:3] == alone[1:3]  # a part of a token marks all of it


TEXTS = st.text(alphabet="ab 🚀é.\n", min_size=1, max_size=20)


@given(text=TEXTS, cuts=st.lists(st.integers(0, 20), min_size=2, max_size=6))
def test_units_cover_every_token_once_or_the_overlap_is_told(text: str, cuts: list[int]) -> None:
    prompt = read_prompt(tokenizer(True), text)
    ends = sorted({min(one, len(text)) for one in cuts})
    spans = list(zip(ends[::2], ends[1::2], strict=False))

    def of(token: Token) -> list[tuple[int, int]]:
        return [(start, end) for start, end in spans if token.start < end and start < token.end]

    if any(len(of(token)) > 1 for token in prompt.tokens):
        with pytest.raises(WrongUse, match="share the token"):
            cut(prompt, "span", spans)
        return
    units = cut(prompt, "span", spans)
    assert [i for unit in units for i in unit] == list(range(len(prompt)))
    for start, end in spans:
        (own,) = [u for u in units if any((start, end) in of(prompt.tokens[i]) for i in u)]
        assert unit_text(text, prompt.tokens, own)
        first, last = prompt.tokens[own[0]], prompt.tokens[own[-1]]
        assert first.start <= start
        assert last.end >= end


def test_every_occurrence_is_marked_and_an_absent_one_told() -> None:
    prompt = read_prompt(tokenizer(False), "a b a")
    assert find_spans(prompt, [(2, 3)], ["a"]) == ((0, 1), (2, 3), (4, 5))
    assert find_spans(prompt, [(0, 1)], ["a"]) == ((0, 1), (4, 5))
    with pytest.raises(WrongUse, match="'x' does not occur in the prompt"):
        find_spans(prompt, [], ["a", "x"])


def test_in_a_chat_only_contents_are_marked() -> None:
    tokens = (Token(1, "user", 0, 4, "template"), Token(2, " user", 4, 9))
    prompt = Prompt("user user", tokens)
    assert find_spans(prompt, [], ["user"]) == ((5, 9),)
    with pytest.raises(WrongUse, match="does not occur"):
        find_spans(Prompt("user", tokens[:1]), [], ["user"])


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"granularity": "span"}, "needs spans"),
        ({"spans": ((0, 1),)}, "are for the granularity span, not token"),
        ({"granularity": "word", "marks": ("a",)}, "are for the granularity span, not word"),
        ({"granularity": "span", "spans": ((3, 3),)}, "The span 3:3 has no character"),
        ({"granularity": "span", "spans": ((-1, 3),)}, "The span -1:3 has no character"),
        ({"granularity": "span", "marks": ("",)}, "A mark is empty"),
    ],
)
def test_requests_that_cannot_be_meant(options: dict[str, object], says: str) -> None:
    with pytest.raises(WrongUse) as caught:
        Request(**options)  # type: ignore[arg-type]
    assert says in str(caught.value)


def test_spans_that_do_not_fit_the_prompt() -> None:
    for spans, says in (
        (((0, 99),), "ends after the prompt's 28 characters"),
        (((0, 7), (7, 9)), "share the token"),
    ):
        with pytest.raises(WrongUse, match=says):
            explain(tiny("qwen2"), PROMPT, Request(granularity="span", spans=spans))


def test_noise_is_on_all_of_a_span_at_once_and_on_single_tokens_beside_it() -> None:
    model = tiny("qwen2")
    request = Request(granularity="span", marks=("emoji and",), steps=6)
    explanation = explain(model, PROMPT, request)
    ids = tuple(model.tokenizer(PROMPT)["input_ids"])
    several = [unit for unit in explanation.units if unit.first < unit.last]
    assert [unit.text for unit in several] == [" emoji and"]
    assert explanation.spans == ((6, 15),)
    members = {u.first: tuple(range(u.first, u.last + 1)) for u in explanation.units}
    question = plain_units.of_units(plain.ask(model.network, ids), members)
    found = plain_units.search(question, steps=6)
    assert explanation.alpha == min(one.alpha for one in found.values())
    for unit in explanation.units:
        drop = question.clean - question.mean_distribution(unit.first, explanation.alpha)
        assert unit.raw == pytest.approx(float(drop[explanation.target.id]), abs=1e-9)


def test_a_generation_keeps_the_spans_of_its_prompt() -> None:
    request = Request(granularity="span", marks=("emoji and",), generate=2, draws=2, steps=3)
    explanation = explain(tiny("qwen2"), PROMPT, request)
    for one in explanation.steps_explained:
        assert one.spans == ((6, 15),)
        assert [unit.text for unit in one.units if unit.first < unit.last] == [" emoji and"]
    assert estimate(tiny("qwen2"), PROMPT, request).token_forwards > 0
