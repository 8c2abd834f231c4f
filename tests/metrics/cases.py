"""Explanations to measure: with scores that are given, and of a network that reads one token only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import torch

from noiser.explainer import explain
from noiser.explanation import Explanation
from noiser.model.language_model import LanguageModel
from noiser.request import Request
from tests.engine.cases import PROMPT
from tests.tiny import make_tiny


def with_scores(explanation: Explanation, scores: Sequence[float | None]) -> Explanation:
    """The same explanation with other scores."""
    pairs = zip(explanation.tokens, scores, strict=True)
    return replace(explanation, tokens=tuple(replace(token, score=score) for token, score in pairs))


def quick(model: LanguageModel, prompt: str = PROMPT, **options: Any) -> Explanation:
    """An explanation by random scores, which costs one run."""
    return explain(model, prompt, Request(method="random", **options))


def last_token_reader() -> LanguageModel:
    """A network whose attention adds nothing: its prediction hangs on the last token alone."""
    model = make_tiny("qwen2", bos=False)
    with torch.no_grad():
        for layer in model.network.model.layers:
            layer.self_attn.o_proj.weight.zero_()
    return model
