"""Minimal sets: by hand, and the same however many questions are asked together."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from noiser.errors import Cancelled, NoiserError
from noiser.judge.asker import ModelJudge
from noiser.judge.budget import Budget, BudgetSpent
from noiser.judge.cache import Cache
from noiser.judge.local import LocalModel
from noiser.judge.protocol import Reply
from noiser.metrics.minimal import minimal_set, minimal_sets
from noiser.metrics.words import words_of
from tests.metrics.cases import quick
from tests.metrics.test_parts_and_words import Scripted
from tests.tiny import tiny


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
    with pytest.raises(BudgetSpent):
        minimal_set(Scripted(lambda _: BudgetSpent("Spent.")), run, "sea")
    away = minimal_set(Scripted(lambda _: NoiserError("Away.")), run, "sea")
    assert (away.share, away.error) == (None, "Away.")


class Batched(Scripted):
    """One that takes several questions together."""

    batches = True

    def __init__(self, answer: Callable[[Sequence[str]], Sequence[str] | Exception]) -> None:
        super().__init__(answer)
        self.sizes: list[int] = []

    def ask_each(self, questions: Sequence[Sequence[str]]) -> list[Reply | NoiserError]:
        self.sizes.append(len(questions))
        found: list[Reply | NoiserError] = []
        for words in questions:
            try:
                found.append(self.ask(words))
            except NoiserError as error:
                found.append(error)
        return found


@given(st.integers(0, 7), st.integers(1, 9), st.booleans())
@settings(max_examples=40, deadline=None)
def test_together_they_find_what_one_by_one_finds(least: int, at_once: int, batched: bool) -> None:
    """Right with `least` words at least, and with one smaller set, which comes after the failure."""
    runs = [quick(tiny("qwen2"), f"Rivers run to the {last}") for last in ("sea", "blue sea")]

    def answer(shown: Sequence[str]) -> list[str]:
        return ["sea"] if len(shown) >= least or len(shown) == least - 2 else ["land"]

    alone = [minimal_set(Scripted(answer), run, "sea") for run in runs]
    judge = Batched(answer) if batched else Scripted(answer)
    found = minimal_sets(judge, [(run, "sea") for run in runs], at_once=at_once)
    assert [(one.words, one.share) for one in found] == [(one.words, one.share) for one in alone]
    for one, other in zip(found, alone, strict=True):
        assert one.asked >= other.asked
        assert batched or one.asked < 2 * other.asked


def test_a_batch_is_filled_and_nothing_is_asked_ahead_of_a_failure_that_costs() -> None:
    run = quick(tiny("qwen2"), "Rivers run to the sea")
    together = Batched(lambda _: ["sea"])
    assert minimal_sets(together, [(run, "sea")], at_once=8)[0].share == 1 / 5
    assert together.sizes == [5]
    alone = Scripted(lambda _: ["land"])
    assert minimal_sets(alone, [(run, "sea")], at_once=8)[0].asked == len(alone.seen) == 1


def test_what_comes_after_a_failure_may_go_wrong_or_cost_too_much() -> None:
    run = quick(tiny("qwen2"), "Rivers run to the sea")

    def answer(shown: Sequence[str]) -> list[str] | Exception:
        if len(shown) < 3:
            return BudgetSpent("Spent.") if len(shown) % 2 else NoiserError("Away.")
        return ["sea"] if len(shown) > 3 else ["land"]

    (found,) = minimal_sets(Batched(answer), [(run, "sea")], at_once=8)
    assert (found.share, found.error, found.asked) == (4 / 5, None, 5)


def test_a_cancel_ends_it() -> None:
    stop = threading.Event()
    stop.set()
    run = quick(tiny("qwen2"), "Rivers run to the sea")
    with pytest.raises(Cancelled):
        minimal_sets(Scripted(lambda _: ["sea"]), [(run, "sea")], cancel=stop)


def test_the_local_judge_answers_them_in_batches_and_notes_its_verdicts(tmp_path: Path) -> None:
    run = quick(tiny("qwen2"), "Rivers run to the sea")
    cache = Cache(tmp_path / "judge.sqlite")
    judge = ModelJudge(LocalModel(budget=Budget(8)), cache)
    (found,) = minimal_sets(judge, [(run, "sea")], at_once=5)
    assert (found.asked, judge.asked, found.error) == (5, 5, None)
    kept = cache._data.execute("SELECT target, first FROM verdicts").fetchall()
    assert kept == [("sea", int(found.share is not None))]
    again = ModelJudge(LocalModel(budget=Budget(0)), cache)
    assert minimal_sets(again, [(run, "sea")], at_once=5) == [found]
    assert [word.text for word in words_of(run)] == ["Rivers", "run", "to", "the", "sea"]
