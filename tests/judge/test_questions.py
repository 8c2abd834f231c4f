"""What is asked: the words as a judge sees them, the controls, and what the tiny judge learns from."""

from __future__ import annotations

import random
from collections import Counter
from threading import Event

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noiser.builtin import corpus
from noiser.errors import Cancelled, WrongUse
from noiser.judge.budget import Budget
from noiser.judge.controls import control_places
from noiser.judge.drill import Answers, bare, prompt_words, show, stripped
from noiser.judge.many import ask_many
from noiser.judge.pace import Pace, Patience, told_to_wait
from noiser.judge.protocol import Reply
from noiser.judge.question import messages, words_line

WORDS = st.lists(st.text(min_size=1).filter(str.strip), max_size=9)


def test_the_words_stand_on_the_last_line_alone() -> None:
    assert words_line(["capital", "France"]) == "Words: capital, France"
    assert words_line(["plane,", "(", "C++;", ","]) == "Words: plane, (, C++, ,"
    assert words_line([]) == words_line([" "]) == "Words: (none)"


@given(WORDS)
def test_the_question_is_its_request_and_one_line(words: list[str]) -> None:
    (message,) = messages(words)
    request, line = message["content"].split("\n\n")
    assert line.startswith("Words: ")
    assert len(line.splitlines()) == 1
    assert request == messages([])[0]["content"].split("\n\n")[0]


@given(WORDS, st.integers(0, 12), st.integers(0, 5))
def test_the_controls(words: list[str], count: int, seed: int) -> None:
    assert control_places("none", words, count, seed) == ()
    assert control_places("whole", words, count, seed) == tuple(range(len(words)))
    some = control_places("random", words, count, seed)
    assert some == control_places("random", words, count, seed)
    assert len(set(some)) == min(count, len(words))
    assert list(some) == sorted(some)
    assert all(0 <= place < len(words) for place in some)


def test_random_words_are_others_with_another_seed() -> None:
    words = [str(number) for number in range(20)]
    assert len({control_places("random", words, 5, seed) for seed in range(10)}) > 5


def test_a_pace_spreads_requests_evenly() -> None:
    now = [100.0]
    pace = Pace(30, clock=lambda: now[0])
    assert [pace.turn(), pace.turn(), pace.turn()] == [0.0, 2.0, 4.0]
    now[0] = 103.0
    assert pace.turn() == 3.0
    now[0] = 1000.0
    assert pace.turn() == 0.0
    assert [Pace(None).turn() for _ in range(3)] == [0.0, 0.0, 0.0]


def test_waits_double_with_jitter_and_end() -> None:
    patience = Patience(attempts=5, first=1.0, longest=3.0, longest_told=10.0)
    rng = random.Random(0)
    waits = [patience.wait(failures, None, rng) for failures in (1, 2, 3, 4, 5)]
    for wait, most in zip(waits, (1.0, 2.0, 3.0, 3.0), strict=False):
        assert wait is not None
        assert most / 2 <= wait <= most
    assert waits[4] is None
    assert patience.wait(1, 7.0, rng) == 7.0
    assert patience.wait(1, 11.0, rng) is None


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("2", 2.0),
        ("0.5", 0.5),
        ("-3", 0.0),
        ("nan", None),
        ("soon", None),
        ("Thu, 01 Jan 1970 00:01:40 GMT", 60.0),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 0.0),
    ],
)
def test_retry_after(header: str | None, seconds: float | None) -> None:
    assert told_to_wait(header, now=lambda: 40.0) == seconds


def test_a_budget_may_be_refused() -> None:
    for options in ({"max_calls": -1}, {"max_tokens": -1}):
        with pytest.raises(WrongUse, match="it must be 0 or more") as caught:
            Budget(**options)
        assert caught.value.change == tuple(options)


class Slowly:
    """A judge that counts what it is asked and cancels after two questions."""

    def __init__(self, cancel: Event) -> None:
        self.asked = 0
        self._cancel = cancel

    def ask(self, words: object) -> Reply:
        self.asked += 1
        if self.asked == 2:
            self._cancel.set()
        return Reply((), "", False)


def test_cancelled_nothing_more_is_asked() -> None:
    cancel = Event()
    judge = Slowly(cancel)
    with pytest.raises(Cancelled):
        ask_many(judge, [[str(i)] for i in range(50)], at_once=1, cancel=cancel)
    assert judge.asked == 2


def test_whose_each_word_of_a_prompt_is() -> None:
    pairs = list(corpus.pairs())
    long = next(pair for pair in pairs if pair.long and " " in pair.fact.subject)
    distractor = corpus.distractors()[0]
    words = prompt_words(long, distractor)
    assert " ".join(word for word, _ in words) == long.prompt(distractor)
    aside = " ".join(word for word, whose in words if whose == "distractor")
    assert aside.strip("(.)") == distractor
    subject = " ".join(word for word, whose in words if whose == "subject")
    assert long.fact.subject.casefold() in subject.casefold()


def test_the_best_answers_are_those_of_the_prompts_that_hold_the_words() -> None:
    pairs = [pair for pair in corpus.pairs() if not pair.long]
    answers = Answers(pairs)
    best = answers.best(frozenset({"capital", "france"}))
    capitals = next(r for r in corpus.relations() if r.name == "capital").facts
    names = [fact.answer for fact in capitals]
    after = names.index("Paris")
    assert best == names[after : after + 5]
    counted = Counter(pair.fact.answer for pair in pairs if _holds(pair, "france"))
    best = answers.best(frozenset({"france"}))
    assert sorted(map(counted.__getitem__, best), reverse=True) == [counted[one] for one in best]
    assert best[0] == counted.most_common(1)[0][0]
    assert len(set(best)) == 5


def _holds(pair: corpus.Pair, word: str) -> bool:
    return word in {bare(one) for one in pair.prompt("").split()}


def test_what_is_shown_is_of_the_prompt_in_its_order() -> None:
    rng = random.Random(1)
    pairs = rng.sample(list(corpus.pairs()), 200)
    for pair in pairs:
        shown = show(pair, rng)
        texts = [pair.prompt(one).split() for one in corpus.distractors()]
        assert any(_within(shown.words, text) for text in texts)


def _within(words: tuple[str, ...], text: list[str]) -> bool:
    left = iter(text)
    return all(any(word in (one, stripped(one)) for one in left) for word in words)
