"""What goes wrong while explaining ends in one sentence, and what can go on goes on."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch

from noiser.assembly import doubts
from noiser.errors import NoiserError, WrongUse
from noiser.events import Event, Explained, Warned, ignore
from noiser.explainer import explain
from noiser.methods.task import Attribution, Task
from noiser.model.language_model import LanguageModel
from noiser.perturb import Perturber
from noiser.request import Request
from noiser.target import make_objective
from tests.engine.cases import before_each_call, one_sentence
from tests.tiny import CONTEXT, make_tiny, tiny

PROMPT = "Rivers run to the sea and"


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
    with pytest.raises(NoiserError, match="special and template tokens only"):
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
    said = any(
        "more draws would tell" in warning.message for warning in doubts(task, attribution, None)
    )
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
