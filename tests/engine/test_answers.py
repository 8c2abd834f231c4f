"""Targets of several tokens: as a whole against a plain float64 search, each token, one of them."""

from __future__ import annotations

import math
import threading
from itertools import pairwise

import pytest
import torch

import noiser
from noiser.draws import make_draws
from noiser.errors import Cancelled, NoiserError, WrongUse
from noiser.events import Event, Explained
from noiser.explanation import Explanation
from noiser.record import from_record, to_record
from noiser.request import Request
from tests.tiny import make_tiny

PROMPT = "The capital of France is"
ANSWER = " Paris and Rome"


def explained(family: str = "qwen2", **how: object) -> Explanation:
    model = make_tiny(family, dtype="float64")
    return noiser.explain(model, PROMPT, Request(**{"target": ANSWER, **how}))  # type: ignore[arg-type]


class Plain:
    """The whole answer's probabilities with noise on one token, the model run whole each time."""

    def __init__(self, family: str) -> None:
        model = make_tiny(family, dtype="float64")
        self.network = model.network
        tokenizer = model.tokenizer
        self.prompt = list(tokenizer(PROMPT)["input_ids"])
        self.answer = list(tokenizer(ANSWER, add_special_tokens=False)["input_ids"])
        self.ids = torch.tensor(self.prompt + self.answer[:-1])
        scale = model.noise_factor
        self.draws = torch.from_numpy(make_draws(1, 10, model.dim)) * scale

    def distributions(self, position: int, alpha: float) -> torch.Tensor:
        clean = self.network.get_input_embeddings()(self.ids)
        rows = clean.repeat(len(self.draws), 1, 1)
        rows[:, position] += alpha * self.draws
        with torch.no_grad():
            logits = self.network(inputs_embeds=rows, use_cache=False).logits
        return logits.softmax(-1)[:, -len(self.answer) :]

    def value(self, distributions: torch.Tensor) -> torch.Tensor:
        own = [distributions[:, at, id_] for at, id_ in enumerate(self.answer)]
        return torch.stack(own).log().mean(dim=0).exp()

    def scale(self, position: int) -> float:
        tops = self.distributions(position, 0.0).mean(0).argmax(-1)
        low, high, step = 0.0, 1.0, 0
        while step < 10 or (low == 0.0 and step < 30):
            middle = (low + high) / 2
            held = bool((self.distributions(position, middle).mean(0).argmax(-1) == tops).all())
            low, high = (middle, high) if held else (low, middle)
            step += 1
        return low


@pytest.mark.parametrize("family", ["qwen2", "gemma2", "gpt2"])
@pytest.mark.parametrize("search", ["exact", "fast"])
def test_the_whole_against_a_plain_search(family: str, search: str) -> None:
    plain, found = Plain(family), explained(family, search=search)
    alpha = min(plain.scale(i) for i in range(len(plain.prompt)))
    assert found.alpha == alpha
    clean = plain.value(plain.distributions(0, 0.0))[0]
    assert found.target.probability == pytest.approx(float(clean), abs=1e-12)
    assert [one.id for one in found.whole] == plain.answer
    assert found.target.text == ANSWER
    for i, token in enumerate(found.tokens):
        lost = float((clean - plain.value(plain.distributions(i, alpha))).mean())
        assert token.raw == pytest.approx(lost, abs=1e-9)
    assert len(found.tokens) == len(plain.prompt)


@pytest.mark.parametrize("bound", ["max", "per-token", "norm-l2", "random"])
def test_every_bound_takes_an_answer(bound: str) -> None:
    found = explained(bound=bound, draws=3, steps=4)
    assert all(token.raw is not None and math.isfinite(token.raw) for token in found.tokens)


def test_each_token_is_explained_after_those_before_it() -> None:
    whole = explained()
    model = make_tiny("qwen2", dtype="float64")
    assert len(whole.continuation) == len(whole.whole)
    for step, (told, one) in enumerate(zip(whole.whole, whole.continuation, strict=True)):
        assert (one.target.id, one.target.text) == (told.id, told.text)
        assert one.target.probability == pytest.approx(told.probability, abs=1e-12)
        assert [token.id for token in one.tokens[-step:]][:step] == [
            t.id for t in whole.whole[:step]
        ]
        assert [token.role for token in one.tokens].count("generated") == step
    first = noiser.explain(model, PROMPT, Request(target=f"id:{whole.whole[0].id}"))
    assert [t.raw for t in whole.continuation[0].tokens] == [t.raw for t in first.tokens]
    mean = sum(math.log(one.probability) for one in whole.whole) / len(whole.whole)
    assert whole.target.probability == pytest.approx(math.exp(mean))
    assert from_record(to_record(whole)) == whole


def test_one_token_of_an_answer_and_of_a_generation() -> None:
    whole, one = explained(), explained(at=2)
    assert not one.continuation
    assert one.tokens == whole.continuation[1].tokens
    made = explained(target=None, generate=3)
    third = explained(target=None, generate=3, at=3)
    assert third.tokens == made.continuation[1].tokens
    assert third.target == made.continuation[1].target


def test_the_more_probable_spelling_is_explained() -> None:
    model = make_tiny("qwen2", dtype="float64")
    text = ANSWER.strip()

    def log(spelling: str) -> float:
        found = noiser.explain(model, PROMPT, Request(target=spelling, method="random"))
        return sum(math.log(one.probability) for one in found.whole)

    found = noiser.explain(model, PROMPT, Request(target=text, method="random"))
    spaced = noiser.explain(model, PROMPT, Request(target=f" {text}", method="random"))
    ids = [one.id for one in found.whole]
    if log(f" {text}") >= sum(math.log(one.probability) for one in found.whole):
        assert ids == [one.id for one in spaced.whole]
    else:
        assert ids != [one.id for one in spaced.whole]


def test_what_an_answer_cannot_be() -> None:
    with pytest.raises(WrongUse, match="contrast is between single tokens"):
        explained(contrast="id:7")
    with pytest.raises(WrongUse, match="no token 40 in it"):
        explained(at=40)
    with pytest.raises(WrongUse, match="no token 2 in it"):
        explained(target="id:7", at=2)
    with pytest.raises(WrongUse, match="names one of the tokens generated"):
        explained(target=None, generate=2, at=3)
    with pytest.raises(NoiserError, match="reads 128 at most"):
        explained(target=" sea" * 124)
    with pytest.raises(WrongUse, match="256 are explained at most"):
        explained(target=" mountains, and" * 200)


def test_an_answer_that_is_not_the_models_own_is_told() -> None:
    assert any("not what the model would generate" in w.message for w in explained().warnings)


def test_steps_count_the_whole_and_its_tokens() -> None:
    seen: list[Event] = []
    model = make_tiny("qwen2", dtype="float64")
    whole = noiser.explain(model, PROMPT, Request(target=ANSWER, draws=2), emit=seen.append)
    steps = [(event.step, event.steps) for event in seen if isinstance(event, Explained)]
    assert steps == [(i, len(whole.whole) + 1) for i in range(len(whole.whole) + 1)]
    assert all(b[0] - a[0] == 1 for a, b in pairwise(steps))


def test_a_cancel_keeps_what_was_explained() -> None:
    cancel = threading.Event()
    model = make_tiny("qwen2", dtype="float64")

    def stop(event: Event) -> None:
        if isinstance(event, Explained) and event.step == 1:
            cancel.set()

    with pytest.raises(Cancelled) as caught:
        noiser.explain(model, PROMPT, Request(target=ANSWER), cancel=cancel, emit=stop)
    partial = caught.value.partial
    assert partial is not None
    assert not partial.complete
    assert len(partial.continuation) >= 1
    assert "the whole and 1 of its" in partial.warnings[-1].message


def test_an_answer_of_byte_tokens_is_shown_as_the_characters_they_join_into() -> None:
    found = explained(target=" \U0001f355 and \U0001f355")
    assert found.target.text == " \U0001f355 and \U0001f355"
    assert any("<" in one.text for one in found.whole)
