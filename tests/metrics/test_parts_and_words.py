"""Shares of parts, words by importance, and what a judge makes of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from noiser.builtin import examples
from noiser.errors import Cancelled, NoiserError, WrongUse
from noiser.explainer import explain
from noiser.judge.budget import BudgetSpent
from noiser.judge.parsing import read_reply
from noiser.judge.protocol import Reply
from noiser.metrics.answerability import answerability, ask, right, verdict
from noiser.metrics.asked_about import asked_about
from noiser.metrics.judged import judge_all
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


def test_an_answer_that_never_came_is_a_failure_and_in_no_mean() -> None:
    run = quick(tiny("qwen2"), "Rivers run to the sea")
    answers: list[Sequence[str] | Exception] = [
        ["sea"],
        ["land", "Sea"],
        ["a", "b", "c", "d", "e", "sea"],
        [],
        NoiserError("The judge is away."),
        BudgetSpent("Nothing is left."),
    ]
    samples = [ask(Scripted(lambda _, one=one: one), run, " sea") for one in answers]  # type: ignore[misc]
    assert [one.first for one in samples] == [True, False, False, False, False, False]
    assert [one.any_of_five for one in samples] == [True, True, False, False, False, False]
    found = answerability([[one] for one in samples])
    mass = samples[0].mass
    assert 0 < mass < 1
    assert found.first_rate.value == pytest.approx(1 / 4)
    assert found.five_rate.value == pytest.approx(2 / 4)
    assert found.first_score.value == pytest.approx(mass / 4)
    assert found.five_score.value == pytest.approx(2 * mass / 4)
    assert (found.samples, found.asked, found.failed, found.unparsed) == (6, 5, 1, 1)
    assert [one.error for one in samples[4:]] == ["The judge is away.", "Nothing is left."]
    assert [one.asked for one in samples] == [True] * 5 + [False]
    none = answerability([samples[4:5]])
    assert (none.first_rate, none.asked, none.failed) == (Number(None), 1, 1)
    assert answerability([]).first_rate == Number(None)


def test_the_targets_of_a_sample_are_averaged_and_one_without_a_reply_fails_it() -> None:
    run = quick(tiny("qwen2"), "Rivers run to the sea")
    right_one = ask(Scripted(lambda _: ["sea", "a", "b", "c", "d"]), run, "sea")
    wrong = ask(Scripted(lambda _: ["land"]), run, "sea")
    away = ask(Scripted(lambda _: NoiserError("Away.")), run, "sea")
    unpaid = ask(Scripted(lambda _: BudgetSpent("Spent.")), run, "sea")
    found = answerability([[right_one, wrong], [right_one, away], [right_one], [away, unpaid]])
    assert found.first_rate.value == pytest.approx((0.5 + 1) / 2)
    assert found.first_score.value == pytest.approx((0.5 + 1) / 2 * right_one.mass)
    assert (found.samples, found.asked, found.failed) == (4, 3, 1)
    made = verdict([right_one, wrong])
    assert made is not None
    assert (made.first, made.five) == (0.5, 0.5)
    assert verdict([right_one, away]) is None


@pytest.mark.parametrize(
    ("raw", "first", "five"),
    [
        ("1. sea\n2. land\n3. lake", True, True),
        ("1. land\n2. sea", False, True),
        ("sea", True, True),
        ("I think that it must go on with the sea.", False, False),
        ("", False, False),
    ],
)
def test_a_partial_list_is_unparsed_and_its_answers_count(
    raw: str, first: bool, five: bool
) -> None:
    class Partial:
        def ask(self, words: Sequence[str]) -> Reply:
            return read_reply(raw)

    one = ask(Partial(), quick(tiny("qwen2"), "Rivers run to the sea"), "sea")
    assert (one.first, one.any_of_five) == (first, five)
    found = answerability([[one]])
    assert (found.first_rate.value, found.five_rate.value) == (float(first), float(five))
    assert (found.asked, found.failed, found.unparsed) == (1, 0, 1)


def test_each_generated_token_is_asked_about_after_those_before_it() -> None:
    model = tiny("qwen2")
    run = quick(model, "Rivers run to the sea", generate=3)
    texts = [one.target.text for one in run.steps_explained]
    judge = Scripted(lambda words: [texts[1], "a", "b", "c", "d"])
    judged = judge_all(judge, [run, run.steps_explained[1]], targets=["sea", None], percent=100)
    own, single = judged.shown["top"]
    assert [one.target for one in own] == ["sea", *texts[1:]]
    assert [one.target for one in single] == [texts[1]]
    for shown, one in zip(own, run.steps_explained, strict=True):
        assert " ".join(shown.words).split() == one.prompt.split()
    made = verdict(own)
    assert made is not None
    wanted = [right([texts[1]], text, 1) for text in ("sea", *texts[1:])]
    assert made.first == pytest.approx(sum(wanted) / 3)
    assert {shown: len(each[0]) for shown, each in judged.shown.items()} == {
        "top": 3,
        "none": 3,
        "random": 3,
        "whole": 3,
    }


def test_an_answer_of_several_tokens_is_one_target() -> None:
    run = quick(tiny("qwen2"), "Rivers run to", target=" the sea")
    assert len(run.whole) > 1
    judged = judge_all(Scripted(lambda _: ["The sea"]), [run])
    ((one,),) = judged.shown["top"]
    assert (one.target, one.first, one.nameless) == (" the sea", True, False)


def test_a_target_that_no_judge_can_name_is_told() -> None:
    run = quick(tiny("qwen2"), "Rivers run to")

    def told(prompt: str, *targets: str) -> list[bool]:
        steps = [
            replace(run, prompt=prompt + "".join(targets[:i]), tokens=(), leaders=(), warnings=())
            for i in range(len(targets))
        ]
        steps = [
            replace(step, target=replace(run.target, text=text))
            for step, text in zip(steps, targets, strict=True)
        ]
        whole = replace(steps[0], continuation=tuple(steps[1:]))
        return [one.nameless for one in asked_about(whole)]

    assert told("They speak", " Nether", "lands", "ish", ".") == [True] * 4
    assert told("They speak", " Dutch", "\n", " and") == [False, True, False]
    assert told("The Nether", "lands") == [True]
    assert told("我喜欢", "北", "京") == [False, False]
    assert told("(", "see", " C++", "<|endoftext|>") == [False, False, True]


def test_what_is_no_prediction_or_no_end_is_refused() -> None:
    run = quick(tiny("qwen2"), "Rivers run to")
    for broken, told in (
        (replace(run, explains="reward"), "A reward is explained"),
        (replace(run, continuation=(replace(run, complete=False),)), "was cancelled"),
    ):
        with pytest.raises(WrongUse, match=told):
            judge_all(Scripted(lambda _: []), [broken])


def test_a_cancel_is_no_failure() -> None:
    run = quick(tiny("qwen2"), "Rivers run to the sea")
    with pytest.raises(Cancelled):
        ask(Scripted(lambda _: Cancelled()), run, "sea")
