"""More draws for a finished run: the numbers of a run with all of them, for the work of the new ones."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from noiser.draws import make_draws
from noiser.errors import Cancelled, NoiserError, WrongUse
from noiser.events import Event, Explained, PromptRead, TokensScored
from noiser.explainer import explain
from noiser.explanation import Explanation
from noiser.margin import explain_margin, explain_reward
from noiser.record import from_record, to_record
from noiser.redraw import more_draws
from noiser.request import Request
from tests.engine import plain
from tests.engine.cases import before_each_call, model_of, prompt_of
from tests.tiny import make_reward, make_tiny, tiny

PROMPT = "Rivers run to the sea. Mountains stay where they are, mostly."
FIXED: dict[str, dict[str, Any]] = {
    "tokens": {"bound": "norm-l2"},
    "one random scale": {"bound": "random"},
    "specials excluded": {"bound": "norm-l2", "specials": "exclude"},
    "contrast": {"bound": "norm-linf", "target": "id:30", "contrast": "id:31"},
    "another target": {"bound": "norm-l2", "target": "id:30"},
    "raw": {"bound": "norm-l2", "normalisation": "raw", "norm": "2", "seed": 7},
    "sum": {"bound": "norm-l2", "normalisation": "sum"},
    "words": {"bound": "norm-l2", "granularity": "word", "specials": "exclude"},
    "summed words": {"bound": "norm-l2", "granularity": "word", "aggregate": "sum"},
    "strongest": {"bound": "norm-l2", "granularity": "sentence", "aggregate": "max"},
    "spans": {"bound": "norm-l2", "granularity": "span", "spans": ((0, 6), (14, 17))},
    "zoomed": {"bound": "norm-l2", "granularity": "sentence", "zoom": 2},
    "an answer": {"bound": "norm-l2", "target": " Mountains stay"},
    "generated": {"bound": "norm-l2", "generate": 3},
}
OF_THE_RUN = {"work", "seconds", "search_draws", "continuation"}


def assert_same_numbers(one: object, other: object, path: str = "it") -> None:
    """The same data, floats to 1e-12."""
    if isinstance(one, dict) and isinstance(other, dict):
        assert one.keys() == other.keys(), path
        for key in one.keys() - OF_THE_RUN:
            assert_same_numbers(one[key], other[key], f"{path}.{key}")
    elif isinstance(one, list) and isinstance(other, list):
        assert len(one) == len(other), path
        for i, (a, b) in enumerate(zip(one, other, strict=True)):
            assert_same_numbers(a, b, f"{path}[{i}]")
    elif isinstance(one, float):
        assert one == pytest.approx(other, abs=1e-12), path
    else:
        assert one == other, path


@pytest.mark.parametrize("name", FIXED)
@pytest.mark.parametrize("family", ["llama", "gemma2"])
def test_at_a_scale_without_search_it_is_the_run_with_all_draws(family: str, name: str) -> None:
    model, few = tiny(family), Request(**{"draws": 10, **FIXED[name]})
    saved = from_record(to_record(explain(model, PROMPT, few)))
    raised, fresh = more_draws(model, saved, 40), explain(model, PROMPT, replace(few, draws=40))
    for one, other in zip(raised.steps_explained, fresh.steps_explained, strict=True):
        if name != "zoomed" or one.zoom == other.zoom:
            assert_same_numbers(to_record(one), to_record(other))
        assert one.search_draws is None


def test_a_reward_takes_more_draws_and_a_margin_says_that_it_cannot() -> None:
    model, few = make_reward("llama"), Request(bound="norm-l2", normalisation="raw")
    raised = more_draws(model, explain_reward(model, "Rivers run", " to the sea", few), 25)
    fresh = explain_reward(model, "Rivers run", " to the sea", replace(few, draws=25))
    assert_same_numbers(to_record(raised), to_record(fresh))
    margin = explain_margin(model, "Rivers run", " to the sea", " home", few)
    with pytest.raises(WrongUse, match="A margin takes no further draws"):
        more_draws(model, margin, 25)


@pytest.mark.parametrize("bound", ["min", "max", "per-token"])
@pytest.mark.parametrize("name", ["qwen2", "gemma2+bos", "gpt2"])
def test_at_a_searched_scale_it_is_the_plain_computation_there(name: str, bound: str) -> None:
    model, draws = model_of(name), 30
    before = explain(model, prompt_of(name), Request(bound=bound))
    raised = more_draws(model, before, draws)
    ids = [token.id for token in before.tokens]
    question = plain.ask(model.network, ids, draws=draws)
    assert (raised.draws, raised.search_draws, raised.alpha) == (draws, 10, before.alpha)
    for i, (token, old) in enumerate(zip(raised.tokens, before.tokens, strict=True)):
        assert token.scale == old.scale
        assert token.scale is not None
        assert token.raw == pytest.approx(question.raw(i, token.scale), abs=1e-12)
        assert token.alpha == old.alpha


@given(st.integers(0, 2**32 - 1), st.integers(1, 20), st.integers(1, 40), st.integers(1, 16))
def test_the_first_draws_stay_when_there_are_more(seed: int, few: int, more: int, dim: int) -> None:
    both = make_draws(seed, few + more, dim)
    np.testing.assert_array_equal(both[:few], make_draws(seed, few, dim))


def test_the_losses_of_the_first_draws_are_those_that_were_there() -> None:
    model = tiny("llama")
    before = explain(model, PROMPT)
    raised = more_draws(model, before, 25)
    assert before.losses is not None
    assert raised.losses is not None
    for old, new in zip(before.losses, raised.losses, strict=True):
        assert old is not None
        assert new is not None
        assert new[:10] == old
        assert len(new) == 25


def test_only_the_new_draws_run() -> None:
    model = make_tiny("gpt2")
    before = explain(model, PROMPT, Request(bound="norm-l2"))
    rows: list[int] = []
    before_each_call(model, lambda embeddings: rows.append(len(embeddings)))
    raised = more_draws(model, before, 25)
    assert sum(rows) == 1 + len(before.tokens) * 15  # the clean prompt, then 15 on each token
    n = len(before.tokens)
    most = n + 15 * n * n
    assert 0 < raised.work.token_forwards - before.work.token_forwards <= most
    reference = before.work.reference_token_forwards + 15 * n * n
    assert raised.work.reference_token_forwards == reference, "as if it had scored the 15 alone"


def test_what_noise_of_scale_0_takes_is_nothing_and_runs_nothing() -> None:
    model = tiny("llama")
    before = explain(model, PROMPT, Request(bound="norm-l2", draws=2))
    silent = replace(before.tokens[2], scale=0.0)
    still = replace(before, tokens=(*before.tokens[:2], silent, *before.tokens[3:]))
    assert before.losses is not None
    still = replace(still, losses=(*before.losses[:2], (0.0, 0.0), *before.losses[3:]))
    raised = more_draws(model, still, 8)
    assert (raised.tokens[2].raw, raised.tokens[2].sure) == (0.0, False)


def test_draws_can_be_raised_again_and_the_record_says_with_how_many_was_searched() -> None:
    model = tiny("llama")
    twice = more_draws(model, more_draws(model, explain(model, PROMPT), 20), 50)
    once = more_draws(model, explain(model, PROMPT), 50)
    assert (twice.draws, twice.search_draws) == (50, 10)
    for one, other in zip(twice.tokens, once.tokens, strict=True):
        assert one.raw == pytest.approx(other.raw, abs=1e-12)
        assert one.interval == pytest.approx(other.interval, abs=1e-12)
    assert from_record(to_record(twice)) == twice


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("bound", ["min", "per-token"])
def test_where_the_prediction_no_longer_holds_a_warning_says_so(seed: int, bound: str) -> None:
    model = tiny("qwen2")
    before = explain(model, PROMPT, Request(draws=3, seed=seed, bound=bound))
    raised = more_draws(model, before, 24)
    ids = [token.id for token in raised.tokens]
    question = plain.ask(model.network, ids, draws=24, seed=seed)
    gone = {i for i, t in enumerate(raised.tokens) if not question.holds(i, t.scale or 0.0)}
    told = {w.position for w in raised.warnings if "some of the later ones" in w.message}
    earlier = {w.position for w in before.warnings}
    assert gone <= told | earlier
    if bound == "per-token":
        assert gone, "a token's own scale is where it nearly flips: some must"


def test_against_a_contrast_the_warnings_are_exact() -> None:
    model, seen = tiny("qwen2"), 0
    for seed in range(6):
        request = Request(draws=2, seed=seed, bound="per-token", target="id:30", contrast="id:31")
        raised = more_draws(model, explain(model, PROMPT, request), 16)
        question = plain.ask(
            model.network,
            [token.id for token in raised.tokens],
            draws=16,
            seed=seed,
            target=30,
            contrast=31,
        )
        gone = {i for i, t in enumerate(raised.tokens) if not question.holds(i, t.scale or 0.0)}
        told = {w.position for w in raised.warnings if "some of the later ones" in w.message}
        assert told == gone
        seen += len(gone)
    assert seen


def test_warnings_of_the_search_stay_and_those_of_the_scores_are_said_anew() -> None:
    model = tiny("llama")
    before = explain(model, PROMPT, Request(draws=2, seed=0))
    searched = [w for w in before.warnings if "Noise of the scale found" in w.message]
    scores = [w for w in before.warnings if "over resamples" in w.message]
    assert searched
    assert scores, "two draws are too few for any ranking"
    raised = more_draws(model, before, 400)
    assert set(searched) <= set(raised.warnings)
    assert not set(scores) & set(raised.warnings)
    assert raised.stability is not None
    assert before.stability is not None
    assert raised.stability > before.stability


def cancelled_after(count: int, draws: int, **options: Any) -> tuple[Explanation, Explanation]:
    """A run, and what is left of it when raising its draws is cancelled at the `count`-th event."""
    cancel, seen = threading.Event(), list[Event]()
    model = tiny("llama")
    before = explain(model, PROMPT, Request(**options))

    def listen(event: Event) -> None:
        seen.extend([event] if isinstance(event, TokensScored) else [])
        if len(seen) == count:
            cancel.set()

    with pytest.raises(Cancelled) as caught:
        more_draws(model, before, draws, cancel=cancel, emit=listen, positions_per_batch=40)
    assert caught.value.partial is not None
    return before, caught.value.partial


def test_cancelled_in_the_first_round_the_run_is_as_it_was() -> None:
    before, left = cancelled_after(1, 80)
    assert left == before


def test_cancelled_later_the_finished_rounds_stay() -> None:
    events: list[Event] = []
    model = tiny("llama")
    before = explain(model, PROMPT)
    more_draws(model, before, 20, emit=events.append, positions_per_batch=40)
    first = sum(isinstance(event, TokensScored) for event in events)
    _, left = cancelled_after(first + 2, 80)
    assert (left.draws, left.search_draws, left.complete) == (20, 10, True)
    whole = more_draws(model, before, 20)
    for one, other in zip(left.tokens, whole.tokens, strict=True):
        assert one.raw == pytest.approx(other.raw, abs=1e-12)
    assert from_record(to_record(left)) == left


def test_a_cancelled_generation_keeps_the_tokens_that_were_done() -> None:
    model, cancel = tiny("llama"), threading.Event()
    before = explain(model, PROMPT, Request(generate=3, bound="norm-l2", draws=4))

    def listen(event: Event) -> None:
        if isinstance(event, Explained):
            cancel.set()

    with pytest.raises(Cancelled) as caught:
        more_draws(model, before, 8, cancel=cancel, emit=listen)
    left = caught.value.partial
    assert left is not None
    assert [one.draws for one in left.steps_explained] == [8, 4, 4]
    again = more_draws(model, replace(left, continuation=left.continuation[1:]), 16)
    assert [one.draws for one in again.steps_explained] == [16, 16]


def test_it_tells_what_it_reads_scores_and_explains() -> None:
    model, events = tiny("llama"), list[Event]()
    before = explain(model, PROMPT, Request(granularity="word", bound="norm-l2"))
    raised = more_draws(model, before, 20, emit=events.append)
    first, *_, last = events
    assert isinstance(first, PromptRead)
    assert first.units == tuple(tuple(range(u.first, u.last + 1)) for u in before.units)
    assert isinstance(last, Explained)
    assert last.explanation == raised


@pytest.mark.parametrize(
    ("options", "draws", "says"),
    [
        ({"method": "occlusion"}, 40, "occlusion has no draws"),
        ({}, 10, "10 draws already"),
        ({}, 3, "10 draws already"),
        ({}, 100_001, "draws is 100001"),
    ],
)
def test_what_cannot_be_raised_is_said(options: dict[str, Any], draws: int, says: str) -> None:
    before = explain(tiny("llama"), "Rivers run", Request(**options))
    with pytest.raises(WrongUse, match=says):
        more_draws(tiny("llama"), before, draws)


def test_a_record_that_lacks_losses_was_cancelled_or_is_of_another_model_is_refused() -> None:
    model = tiny("llama")
    before = explain(model, "Rivers run", Request(bound="norm-l2"))
    other = explain(tiny("llama", seed=1), "Rivers run", Request(bound="norm-l2"))
    lacking = replace(before, losses=None)
    bare = replace(before, tokens=tuple(replace(t, scale=None) for t in before.tokens))
    short = replace(before, losses=tuple((0.1,) for _ in before.tokens))
    for damaged, says in (
        (lacking, "does not hold what each draw took"),
        (bare, "does not hold what each draw took"),
        (short, "does not hold what each draw took"),
        (replace(before, complete=False), "was cancelled"),
        (replace(before, model={**before.model, "dtype": "bfloat16"}), "its dtype is 'bfloat16'"),
        (replace(before, model={**before.model, "name": "other"}), "its name is 'other'"),
        (other, "another model"),
    ):
        with pytest.raises(NoiserError, match=says):
            more_draws(model, damaged, 40)


def test_a_record_whose_ids_the_model_does_not_have_is_refused() -> None:
    model = tiny("llama")
    before = explain(model, "Rivers run", Request(bound="norm-l2"))
    beyond = replace(before.tokens[1], id=10**6)
    damaged = replace(before, tokens=(before.tokens[0], beyond, *before.tokens[2:]))
    with pytest.raises(NoiserError):
        more_draws(model, damaged, 40)
