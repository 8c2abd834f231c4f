"""The models and prompts that the engine is held against the plain method on."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import pytest
import torch

from noiser.builtin import MODEL_NAME
from noiser.explainer import explain
from noiser.explanation import Explanation
from noiser.model.language_model import LanguageModel
from noiser.model.loading import load
from noiser.request import Request
from tests.engine import plain
from tests.tiny import tiny

MODELS = ("qwen2", "llama+bos", "gemma2+bos", "gpt2", "gpt2+bos", "built-in")
"""The four families, with BOS and without, and the model that is shipped."""
THOROUGH = ("qwen2", "gemma2+bos")
"""Those that every bound meets every norm on."""

PROMPT = "Tabs, emoji and code live in"
"""Seven tokens, longer than the tiny Gemma's attention window."""
BUILT_IN_PROMPT = "The capital of Italy is"


@functools.cache
def _built_in() -> LanguageModel:
    return load(MODEL_NAME, device="cpu", dtype="float64")


def model_of(name: str) -> LanguageModel:
    """One of MODELS in float64."""
    if name == "built-in":
        return _built_in()
    family, _, bos = name.partition("+")
    return tiny(family, bos=bool(bos))


def prompt_of(name: str) -> str:
    return BUILT_IN_PROMPT if name == "built-in" else PROMPT


def ids_of(name: str) -> tuple[int, ...]:
    return tuple(model_of(name).tokenizer(prompt_of(name))["input_ids"])


def specials_of(name: str) -> tuple[int, ...]:
    """Positions of special tokens, by the way each model's tokenizer was built."""
    return (0,) if name.endswith("+bos") else ()


@functools.cache
def question_of(name: str, norm: str = "none", reference: bool = False) -> plain.Question:
    return plain.ask(model_of(name).network, ids_of(name), norm=norm, reference=reference)


@functools.cache
def search_of(name: str, norm: str = "none") -> dict[int, plain.Found]:
    """The plain search, which the three searching bounds share."""
    return plain.search(question_of(name, norm))


@functools.cache
def reference_search_of(name: str, norm: str = "none") -> dict[int, plain.Found]:
    """The same in reference mode."""
    return plain.reference_search(question_of(name, norm, reference=True))


@functools.cache
def explained(name: str, **options: Any) -> Explanation:
    return explain(model_of(name), prompt_of(name), Request(**options))


def assert_same_scores(explanation: Explanation, answer: plain.Answer) -> None:
    """Raw scores and scores to 1e-9, and the same tokens left out."""
    raw = [token.raw for token in explanation.tokens]
    scores = [token.score for token in explanation.tokens]
    expected_raw = [None if x != x else pytest.approx(x, abs=1e-9) for x in answer.raw]
    expected = [None if x != x else pytest.approx(x, abs=1e-9, rel=1e-9) for x in answer.scores]
    assert raw == expected_raw
    assert scores == expected


def assert_brackets_hold(explanation: Explanation, found: dict[int, plain.Found]) -> None:
    """Whatever pruning left of a token's search, its plain scale lies in the bracket."""
    for i, token in enumerate(explanation.tokens):
        if i in found:
            assert token.alpha is not None
            low, high = token.alpha
            assert low <= found[i].alpha <= high
            assert found[i].saturated or not token.saturated


def one_sentence(error: BaseException) -> str:
    """The error as text, which is one sentence."""
    text = str(error)
    assert "\n" not in text
    assert text.endswith(".")
    return text


def before_each_call(model: LanguageModel, look: Callable[[torch.Tensor], None]) -> LanguageModel:
    """`look` sees the rows of every call of the network, and may raise."""
    assert model.prefix_fault is None, "tried before, so that the trial is not among the calls"
    model.network.register_forward_pre_hook(
        lambda _module, _args, options: look(options["inputs_embeds"]), with_kwargs=True
    )
    return model
