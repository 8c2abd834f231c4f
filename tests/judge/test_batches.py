"""Questions that a local model is asked together: the replies are those of one by one."""

from __future__ import annotations

import random
import threading
from pathlib import Path

import pytest
import torch

from noiser.builtin import corpus
from noiser.errors import Cancelled, NoiserError
from noiser.judge import continuing
from noiser.judge.asker import ModelJudge
from noiser.judge.budget import Budget, BudgetSpent
from noiser.judge.cache import Cache
from noiser.judge.continuing import continuations
from noiser.judge.local import LocalModel
from noiser.judge.many import ask_many
from noiser.judge.question import Settings, messages
from noiser.judge.talking import Said
from tests.judge.counting import count_calls
from tests.tiny import tiny


@pytest.fixture(scope="module")
def model() -> LocalModel:
    return LocalModel()


def _questions(count: int) -> list[tuple[str, ...]]:
    rng = random.Random(3)
    prompts = [pair.prompt("") for pair in rng.sample(list(corpus.pairs()), count)]
    return [tuple(word for word in text.split() if rng.random() < 0.6) for text in prompts]


@pytest.fixture
def judge_calls(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many questions each call of the judge's model had."""
    return count_calls(monkeypatch)


def test_together_they_get_the_replies_of_one_by_one(
    model: LocalModel, judge_calls: list[int]
) -> None:
    chats = [messages(words) for words in _questions(23)]
    together = model.say_each(chats, Settings())
    assert judge_calls == [23]
    assert together == [model.say(chat, Settings()) for chat in chats]
    assert len({said.text for said in together if isinstance(said, Said)}) > 10


def test_many_questions_go_in_batches_of_so_many_at_once(
    model: LocalModel, judge_calls: list[int], tmp_path: Path
) -> None:
    questions = _questions(10)
    judge = ModelJudge(model, Cache(tmp_path / "c.sqlite"))
    done: list[tuple[int, int]] = []
    first = ask_many(judge, questions[:6], at_once=4, watch=lambda *now: done.append(now))
    assert judge_calls == [4, 2]
    assert done == [(4, 6), (6, 6)]
    second = ask_many(judge, questions, at_once=8)
    assert judge_calls[2:] == [2, 2]  # what the cache knows is not asked again
    assert all(first.ask(words) == second.ask(words) for words in questions[:6])


def test_what_is_too_long_fails_alone(model: LocalModel) -> None:
    chats = [messages(words) for words in (["capital", "France"], ["capital"] * 2000, [])]
    good, long, other = model.say_each(chats, Settings())
    assert isinstance(long, NoiserError)
    assert [good, other] == [model.say(chats[i], Settings()) for i in (0, 2)]


def test_the_budget_is_asked_for_each_question() -> None:
    budget = Budget(max_calls=2)
    chats = [messages([word]) for word in ("France", "Kenya", "snow")]
    *good, spent = LocalModel(budget=budget).say_each(chats, Settings())
    assert isinstance(spent, BudgetSpent)
    assert budget.calls == 2
    assert budget.tokens == sum(one.tokens for one in good if isinstance(one, Said))


def test_memory_that_does_not_suffice_halves_the_batch(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    model = tiny("llama")
    rows = [[3, 4, 5], [6, 7], [8], [9, 10, 11, 12]]
    wanted = continuations(model, rows, 5)
    plain = continuing._generate

    def cramped(model: object, rows: list[list[int]], *more: object) -> list[list[int]]:
        if len(rows) > 1 or rows == [[8]]:
            raise torch.OutOfMemoryError
        return plain(model, rows, *more)  # type: ignore[arg-type]

    monkeypatch.setattr(continuing, "_generate", cramped)
    made = continuations(model, rows, 5)
    assert isinstance(made[2], NoiserError)
    assert "not enough memory" in str(made[2])
    assert [made[i] for i in (0, 1, 3)] == [wanted[i] for i in (0, 1, 3)]


def test_cancelling_ends_an_answer_after_the_token_that_is_written() -> None:
    model, cancel = tiny("llama"), threading.Event()
    calls: list[int] = []

    def stop_at_third(*_: object) -> None:
        calls.append(1)
        if len(calls) == 3:
            cancel.set()

    hook = model.network.register_forward_pre_hook(stop_at_third)
    try:
        with pytest.raises(Cancelled):
            continuations(model, [[3, 4, 5], [6]], 40, cancel)
    finally:
        hook.remove()
    assert len(calls) == 3


def test_a_local_judge_that_is_cancelled_is_not_even_loaded() -> None:
    cancel = threading.Event()
    cancel.set()
    with pytest.raises(Cancelled):
        LocalModel(cancel=cancel).say(messages(["a"]), Settings())


@pytest.mark.parametrize("family", ["llama", "gpt2", "qwen2"])
def test_a_row_that_fills_the_context_does_not_shorten_the_others(
    family: str, judge_calls: list[int]
) -> None:
    model = tiny(family)
    context = model.info.context
    assert context is not None
    rows = [[3, 4], [5 + i % 7 for i in range(context - 3)], [9]]
    made = continuations(model, rows, 6)
    assert judge_calls == [1, 2]
    assert made == [continuations(model, [row], 6)[0] for row in rows]
    assert isinstance(made[1], list)
    assert len(made[1]) <= 3
