"""Shares of parts, words by importance, and what a judge makes of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from noiser.builtin import examples
from noiser.errors import Cancelled, NoiserError, WrongUse
from noiser.explainer import explain
from noiser.judge.protocol import Reply
from noiser.metrics.answerability import answerability, ask, minimal_set, right
from noiser.metrics.parts import longra_parts, shares
from noiser.metrics.results import Number
from noiser.metrics.words import top_words, words_of
from tests.metrics.cases import quick, with_scores
from tests.tiny import tiny

LONGRA = examples()[5]


class Scripted:
    """A judge that answers by a function of the words."""

    def __init__(self, answer: Callable[[Sequence[str]], Sequence[str] | Exception]) -> None:
        self.answer, self.seen = answer, list[tuple[str, ...]]()

    def ask(self, words: Sequence[str]) -> Reply:
        self.seen.append(tuple(words))
        found = self.answer(words)
        if isinstance(found, Exception):
            raise found
        return Reply(tuple(found), ", ".join(found), parsed=bool(found))


def test_the_parts_of_a_longra_prompt() -> None:
    parts = longra_parts(LONGRA, "Kenya")
    texts = {name: [LONGRA[a:b] for a, b in spans] for name, spans in parts.items()}
    assert texts["relative"] == ["Kenya"]
    (distractor,) = texts["distractor"]
    assert distractor.startswith("(My cousin")
    assert distractor.endswith("mind that.)")
    assert texts["main"][0] + distractor + texts["main"][1] == LONGRA
    for prompt, relative in ((LONGRA, "Peru"), ("No parentheses in Kenya", "Kenya"), (LONGRA, "")):
        with pytest.raises(WrongUse, match="LongRA"):
            longra_parts(prompt, relative)


def test_shares_are_sums_of_importance_over_the_characters() -> None:
    model = tiny("llama")
    run = quick(model, "The capital (of) France")
    n = len(run.tokens)
    raw = [float(i + 1) for i in range(n)]
    run = with_scores(run, [*raw[:-1], -3.0])
    total = sum(raw[:-1])
    found = shares(run, longra_parts(run.prompt, "capital"))
    assert [token.text for token in run.tokens[2:7]] == [" capital", " ", "(", "of", ")"]
    assert found["relative"].value == pytest.approx(raw[2] / total)
    assert found["distractor"].value == pytest.approx(sum(raw[4:7]) / total)
    bos = raw[0] / total
    both = found["main"].value, found["distractor"].value
    assert sum(filter(None, both)) == pytest.approx(1 - bos)
    assert found["main"].interval is None  # random scores have no draws
    with pytest.raises(WrongUse, match="outside"):
        shares(run, {"there": [(0, 1000)]})
    nothing = with_scores(run, [0.0] * n)
    assert shares(nothing, {"all": [(0, 3)]}) == {"all": Number(None)}


def test_shares_of_draws_have_an_interval() -> None:
    model = tiny("qwen2", bos=False)
    run = explain(model, "Tabs, emoji and code live in")
    found = shares(run, {"emoji": [(6, 11)], "all": [(0, len(run.prompt))]})
    value, interval = found["emoji"].value, found["emoji"].interval
    assert value is not None
    assert interval is not None
    assert 0.0 <= interval[0] <= value <= interval[1] <= 1.0
    assert found["all"].interval == pytest.approx((1.0, 1.0))


def test_words_have_the_sum_of_their_tokens_and_special_tokens_are_none() -> None:
    model = tiny("llama")
    run = quick(model, "Rivers run  to the sea, mostly.")
    words = words_of(run)
    assert [word.text for word in words] == ["Rivers", "run", "to", "the", "sea,", "mostly."]
    assert run.tokens[0].score is not None
    assert sum(word.score for word in words) == pytest.approx(1 - run.tokens[0].score)
    top = top_words(words, 50)
    assert len(top) == 3
    assert [word.place for word in top] == sorted(word.place for word in top)
    assert min(w.score for w in top) >= max(w.score for w in words if w not in top)
    assert len(top_words(words, 1)) == 1


@pytest.mark.parametrize(
    ("answer", "target", "same"),
    [
        (" Paris", "paris", True),
        ("“Paris”.", " Paris", True),
        ("Пари́ж", "пари́ж", True),
        ("巴黎。", "巴黎", True),
        ("STRASSE", "straße", True),
        ("नई दिल्ली", "नई दिल्ली", True),
        ("Paris, France", "Paris", False),
        ("C", "C++", False),
        ("?", "?", True),
        ("", "", False),
        ("London", "Paris", False),
    ],
)
def test_answers_are_compared_in_any_script(answer: str, target: str, same: bool) -> None:
    assert right([answer], target, 1) is same


def test_rates_and_scores_count_failures_as_wrong() -> None:
    run = quick(tiny("qwen2"), "Rivers run to the sea")
    answers: list[Sequence[str] | Exception] = [
        ["sea"],
        ["land", "Sea"],
        ["a", "b", "c", "d", "e", "sea"],
        [],
        NoiserError("The judge is away."),
    ]
    samples = [ask(Scripted(lambda _, one=one: one), run, " sea") for one in answers]  # type: ignore[misc]
    assert [one.first for one in samples] == [True, False, False, False, False]
    assert [one.any_of_five for one in samples] == [True, True, False, False, False]
    found = answerability(samples)
    mass = samples[0].mass
    assert 0 < mass < 1
    assert found.first_rate.value == pytest.approx(1 / 5)
    assert found.five_rate.value == pytest.approx(2 / 5)
    assert found.first_score.value == pytest.approx(mass / 5)
    assert found.five_score.value == pytest.approx(2 * mass / 5)
    assert (found.samples, found.failed, found.unparsed) == (5, 1, 1)
    assert samples[4].error == "The judge is away."
    assert answerability([]).first_rate == Number(None)


def test_a_cancel_is_no_failure() -> None:
    run = quick(tiny("qwen2"), "Rivers run to the sea")
    with pytest.raises(Cancelled):
        ask(Scripted(lambda _: Cancelled()), run, "sea")


def test_the_minimal_set_is_the_last_success() -> None:
    run = quick(tiny("qwen2"), "Rivers run to the sea")
    words = words_of(run)
    order = sorted(words, key=lambda word: -word.score)
    needed = {word.text for word in order[:2]}
    judge = Scripted(lambda shown: ["x", "sea"] if needed <= set(shown) else ["land"])
    found = minimal_set(judge, run, "sea", answers=5)
    assert (set(found.words), found.share, found.asked) == (needed, 2 / 5, 5)
    in_prompt_order = tuple(word.text for word in words)
    assert judge.seen[0] == in_prompt_order
    assert minimal_set(judge, run, "sea", answers=1).share is None
    always = minimal_set(Scripted(lambda _: ["sea"]), run, "sea")
    assert (always.share, always.asked, len(always.words)) == (1 / 5, 5, 1)
    never = minimal_set(Scripted(lambda _: []), run, "sea")
    assert (never.share, never.asked, never.words) == (None, 1, ())
    away = minimal_set(Scripted(lambda _: NoiserError("Away.")), run, "sea")
    assert (away.share, away.error) == (None, "Away.")
