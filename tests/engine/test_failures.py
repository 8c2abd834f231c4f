"""What goes wrong while explaining ends in one sentence, and what can go on goes on."""

from __future__ import annotations

import math
import threading
import weakref
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from noiser.assembly import doubts
from noiser.errors import Cancelled, NoiserError, WrongUse
from noiser.events import BatchHalved, Event, Explained, SearchNarrowed, Warned, ignore
from noiser.explainer import explain
from noiser.methods.task import Attribution, Task
from noiser.model.language_model import LanguageModel
from noiser.perturb import Perturber
from noiser.request import Request
from noiser.target import make_objective
from tests.tiny import CONTEXT, make_tiny, tiny

PROMPT = "Rivers run to the sea and"


def one_sentence(error: BaseException) -> str:
    text = str(error)
    assert "\n" not in text
    assert text.endswith(".")
    return text


# The prompt


@pytest.mark.parametrize("prompt", ["", " ", "\n\t "])
def test_an_empty_prompt(prompt: str) -> None:
    with pytest.raises(WrongUse, match="empty"):
        explain(tiny("qwen2"), prompt)


def test_a_prompt_that_is_no_text() -> None:
    with pytest.raises(WrongUse, match="not valid UTF-8"):
        explain(tiny("qwen2"), "a\udcffb")


@pytest.mark.parametrize("family", ["qwen2", "gpt2"])
def test_a_prompt_longer_than_the_context(family: str) -> None:
    with pytest.raises(NoiserError, match=f"tokens long and tiny-{family} reads {CONTEXT} at most"):
        explain(tiny(family, bos=False), "1" * (CONTEXT + 1))


def test_a_prompt_that_just_fits() -> None:
    request = Request(bound="none", draws=1)
    explanation = explain(tiny("gpt2", bos=False), "1" * CONTEXT, request)
    assert len(explanation.tokens) == CONTEXT


def test_a_prompt_of_one_token() -> None:
    explanation = explain(tiny("qwen2", bos=False), "1")
    assert [token.score for token in explanation.tokens] in ([1.0], [0.0])


def test_a_prompt_of_special_tokens_only_that_are_excluded() -> None:
    with pytest.raises(NoiserError, match="special tokens only"):
        explain(tiny("llama"), "<s></s>", Request(specials="exclude"))


# Generation


def test_generation_ends_after_the_end_of_text_token() -> None:
    model = make_tiny("qwen2")
    first = explain(model, PROMPT, Request(generate=3, draws=1, bound="none"))
    assert len(first.steps_explained) == 3
    model.tokenizer = _ending_with(model, first.steps_explained[1].target.id)
    again = explain(model, PROMPT, Request(generate=3, draws=1, bound="none"))
    assert [e.target.id for e in again.steps_explained] == [
        e.target.id for e in first.steps_explained[:2]
    ]


@pytest.mark.parametrize("several", [False, True])
def test_generation_ends_after_any_token_that_the_models_config_names(several: bool) -> None:
    """Chat models end a turn with a token that is not the tokenizer's end of text."""
    model = make_tiny("qwen2")
    request = Request(generate=3, draws=1, bound="none")
    first = explain(model, PROMPT, request)
    end = first.steps_explained[1].target.id
    assert end != model.tokenizer.eos_token_id
    model.network.generation_config.eos_token_id = [5, end] if several else end
    assert len(explain(model, PROMPT, request).steps_explained) == 2


def test_a_generated_special_token_can_be_excluded_too() -> None:
    model = make_tiny("qwen2")
    with torch.no_grad():
        model.network.lm_head.weight[0] = 0
        model.network.lm_head.weight[0] += 9 * torch.sign(
            model.network.model(torch.tensor([model.read(PROMPT).ids])).last_hidden_state[0, -1]
        )
    request = Request(generate=2, draws=1, bound="none", specials="exclude")
    explanation = explain(model, PROMPT, request)
    assert explanation.target.text == "<s>"
    token = explanation.steps_explained[1].tokens[-1]
    assert (token.text, token.special, token.raw) == ("<s>", True, None)


def _ending_with(model: LanguageModel, id_: int) -> Any:
    import copy

    words = copy.deepcopy(model.tokenizer)
    words.eos_token = words.convert_ids_to_tokens(id_)
    return words


def test_generation_ends_where_the_context_is_full_and_says_so() -> None:
    told: list[Event] = []
    request = Request(generate=9, bound="none", draws=1)
    explanation = explain(tiny("gpt2", bos=False), "1" * (CONTEXT - 1), request, emit=told.append)
    steps = explanation.steps_explained
    assert [len(step.tokens) for step in steps] == [CONTEXT - 1, CONTEXT]
    assert f"reads {CONTEXT} tokens at most" in steps[-1].warnings[-1].message
    assert steps[-1].warnings[-1] in [event for event in told if isinstance(event, Warned)]


def test_generated_tokens_are_told_as_they_come() -> None:
    told: list[Event] = []
    explanation = explain(tiny("llama"), PROMPT, Request(generate=3, draws=1), emit=told.append)
    steps = [event for event in told if isinstance(event, Explained)]
    assert [event.step for event in steps] == [0, 1, 2]
    assert tuple(event.explanation for event in steps) == tuple(
        one if one.continuation == () else steps[0].explanation
        for one in explanation.steps_explained
    )
    assert [t.role for t in explanation.steps_explained[2].tokens[-2:]] == ["generated"] * 2


# Numbers


def saturating() -> LanguageModel:
    """A model whose embeddings are so large that noise up to 1 is nothing."""
    model = make_tiny("llama")
    with torch.no_grad():
        model.network.get_input_embeddings().weight.normal_(0, 1e6)
    return model


@pytest.mark.parametrize("bound", ["min", "max", "per-token"])
def test_noise_that_never_flips_is_said(bound: str) -> None:
    explanation = explain(saturating(), PROMPT, Request(bound=bound))
    assert explanation.saturated
    assert all(token.saturated for token in explanation.tokens)
    assert all(token.alpha == (1 - 2**-10, 1.0) for token in explanation.tokens)
    assert any("flips the prediction" in warning.message for warning in explanation.warnings)
    if bound != "per-token":
        assert explanation.alpha == 1 - 2**-10


@pytest.mark.parametrize(("shift", "told"), [(0.0, True), (5.0, False)])
def test_draws_that_cannot_tell_are_said(shift: float, told: bool) -> None:
    """Losses that scatter around 0 on every token tell nothing; around 5 they do."""
    model = tiny("llama")
    prompt = model.read(PROMPT)
    losses = np.tile([-1.0, 1.0, -2.0, 2.0], (len(prompt), 1)) + shift
    attribution = Attribution(losses.mean(axis=1), losses)
    perturber = Perturber(model, prompt.ids)
    objective = make_objective(model, perturber.clean, None, None)
    positions = tuple(range(len(prompt)))
    task = Task(model, prompt, positions, objective, Request(draws=4), perturber, ignore)
    said = any("more draws would tell" in warning.message for warning in doubts(task, attribution))
    assert said is told


def test_an_unsafe_sum_flips_no_sign_and_is_said() -> None:
    for seed in range(1, 60):
        request = Request(bound="norm-l2", normalisation="sum", draws=1, seed=seed)
        explanation = explain(tiny("gpt2"), "The capital of Italy", request)
        raw = [token.raw or 0.0 for token in explanation.tokens]
        if sum(raw) < 0:
            break
    assert sum(raw) < 0
    assert [token.score for token in explanation.tokens] == raw
    assert explanation.normalisation == "raw", "what was done, not what was asked for"
    assert any("left raw" in warning.message for warning in explanation.warnings)


def test_nan_weights() -> None:
    model = make_tiny("qwen2")
    with torch.no_grad():
        model.network.lm_head.weight[3, 3] = math.nan
    with pytest.raises(NoiserError, match="NaN") as caught:
        explain(model, PROMPT)
    assert "float64" in one_sentence(caught.value)


def before_each_call(model: LanguageModel, look: Callable[[torch.Tensor], None]) -> LanguageModel:
    """`look` sees the rows of every call of the network, and may raise."""
    assert model.prefix_fault is None, "tried before, so that the trial is not among the calls"
    model.network.register_forward_pre_hook(
        lambda _module, _args, options: look(options["inputs_embeds"]), with_kwargs=True
    )
    return model


def test_nan_that_comes_with_the_noise_only() -> None:
    model = make_tiny("qwen2")
    assert model.prefix_fault is None

    def overflow(_module: Any, _args: Any, options: Any, output: Any) -> None:
        if len(options["inputs_embeds"]) > 1:
            output.logits *= math.nan

    model.network.register_forward_hook(overflow, with_kwargs=True)
    with pytest.raises(NoiserError, match="NaN"):
        explain(model, PROMPT)


def test_other_errors_of_the_model_are_not_hidden() -> None:
    def broken(rows: torch.Tensor) -> None:
        raise RuntimeError("a bug")

    model = before_each_call(make_tiny("qwen2"), broken)
    with pytest.raises(RuntimeError, match="a bug"):
        explain(model, PROMPT)


# Memory


MEMORY_ERRORS = [
    torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB."),
    RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried"),
    RuntimeError("MPS backend out of memory (MPS allocated: 9 GB)"),
    MemoryError(),
]


def small(model: LanguageModel, most: int, error: BaseException) -> LanguageModel:
    """The model on a machine where more than `most` rows do not fit."""

    def guarded(rows: torch.Tensor) -> None:
        if len(rows) > most:
            raise error

    return before_each_call(model, guarded)


@pytest.mark.parametrize("error", MEMORY_ERRORS, ids=lambda e: str(e)[:12] or "MemoryError")
@pytest.mark.parametrize("most", [1, 3, 15])
def test_out_of_memory_halves_the_batch_and_changes_nothing(
    most: int, error: BaseException
) -> None:
    told: list[Event] = []
    whole = explain(tiny("llama"), PROMPT)
    halved = explain(small(make_tiny("llama"), most, error), PROMPT, emit=told.append)
    assert halved.alpha == whole.alpha
    assert [t.alpha for t in halved.tokens] == [t.alpha for t in whole.tokens]
    assert [t.raw for t in halved.tokens] == pytest.approx([t.raw for t in whole.tokens], abs=1e-12)
    rows = [event.rows for event in told if isinstance(event, BatchHalved)]
    assert rows == sorted(rows, reverse=True)
    assert 1 <= rows[-1] <= most
    assert halved.work.token_forwards <= whole.work.token_forwards, "later rows start later"


def test_the_batch_that_failed_is_gone_before_memory_is_tidied(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Or tidying would free nothing: the error holds on to the frames, and those to the rows."""
    failed: list[weakref.ref[torch.Tensor]] = []
    model = make_tiny("llama")
    assert model.prefix_fault is None
    run = LanguageModel.next_logits

    def guarded(rows: torch.Tensor, before: Any = None) -> torch.Tensor:
        if len(rows) > 3:
            failed.append(weakref.ref(rows))
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return run(model, rows, before)

    monkeypatch.setattr(model, "next_logits", guarded)
    alive: list[bool] = []

    def listen(event: Event) -> None:
        if isinstance(event, BatchHalved):
            alive.append(failed[-1]() is not None)

    explain(model, PROMPT, Request(bound="none"), emit=listen)
    assert alive
    assert not any(alive)


def test_later_prompts_remember_how_much_fits() -> None:
    def halvings(model: LanguageModel) -> int:
        told: list[Event] = []
        explain(model, PROMPT, Request(bound="none"), emit=told.append)
        return sum(isinstance(event, BatchHalved) for event in told)

    def guarded(rows: torch.Tensor) -> None:
        if rows.shape[0] * rows.shape[1] > 40:
            raise torch.OutOfMemoryError("CUDA out of memory.")

    model = before_each_call(make_tiny("llama"), guarded)
    counts = [halvings(model) for _ in range(8)]
    assert counts[0] > 0
    assert counts[-1] == 0
    assert sum(counts) < 10


@pytest.mark.parametrize("error", MEMORY_ERRORS, ids=lambda e: str(e)[:12] or "MemoryError")
def test_memory_that_runs_out_in_the_trial_of_the_prefix_is_no_fault_of_the_model(
    error: BaseException,
) -> None:
    model = make_tiny("llama")
    full = True

    def guarded(_module: Any, _args: Any, _options: Any) -> None:
        if full:
            raise error

    model.network.register_forward_pre_hook(guarded, with_kwargs=True)
    with pytest.raises(NoiserError, match="Out of memory on cpu with a prompt of"):
        explain(model, PROMPT)
    full = False
    assert model.prefix_fault is None


@pytest.mark.parametrize("error", MEMORY_ERRORS, ids=lambda e: str(e)[:12] or "MemoryError")
def test_a_prompt_whose_single_row_does_not_fit(error: BaseException) -> None:
    with pytest.raises(NoiserError, match="Out of memory on cpu") as caught:
        explain(small(make_tiny("llama"), 0, error), PROMPT)
    one_sentence(caught.value)


def test_memory_that_runs_out_after_the_clean_row() -> None:
    calls: list[int] = []

    def guarded(rows: torch.Tensor) -> None:
        calls.append(len(rows))
        if len(calls) > 1:
            raise torch.OutOfMemoryError("CUDA out of memory.")

    model = before_each_call(make_tiny("llama"), guarded)
    with pytest.raises(NoiserError, match="Out of memory on cpu with a single row") as caught:
        explain(model, PROMPT)
    one_sentence(caught.value)
    assert calls[-1] == 1


# Cancelling


def test_cancelling_from_another_thread_stops_within_one_batch() -> None:
    cancel, inside, go_on = threading.Event(), threading.Event(), threading.Event()
    calls: list[int] = []

    def slow(rows: torch.Tensor) -> None:
        calls.append(len(rows))
        if len(calls) == 3:
            inside.set()
            assert go_on.wait(20)

    model = before_each_call(make_tiny("llama"), slow)
    outcome: list[BaseException] = []

    def work() -> None:
        try:
            explain(model, PROMPT, cancel=cancel, positions_per_batch=20)
        except BaseException as error:  # noqa: BLE001 - the test looks at it
            outcome.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    assert inside.wait(20)
    cancel.set()
    go_on.set()
    thread.join(20)
    assert not thread.is_alive()
    assert [type(error) for error in outcome] == [Cancelled]
    assert len(calls) == 3


def test_cancelling_before_the_start_does_no_work() -> None:
    cancel = threading.Event()
    cancel.set()
    with pytest.raises(Cancelled):
        explain(tiny("llama"), PROMPT, cancel=cancel)


def test_cancelling_while_generating_keeps_what_was_told() -> None:
    cancel, told = threading.Event(), list[Explained]()

    def listen(event: Event) -> None:
        if isinstance(event, Explained):
            told.append(event)
        if len(told) == 2 and isinstance(event, SearchNarrowed):
            cancel.set()

    with pytest.raises(Cancelled):
        explain(tiny("llama"), PROMPT, Request(generate=5), cancel=cancel, emit=listen)
    assert [event.step for event in told] == [0, 1]
