"""Inseq 0.7.1 on the network of a tiny model: what the engine's numbers are held against."""

from __future__ import annotations

import copy
import functools
import warnings
from typing import Any

import torch

from noiser.draws import FloatArray
from noiser.methods.task import Task
from noiser.model.language_model import LanguageModel
from noiser.perturb import Perturber
from noiser.request import Request
from noiser.target import make_objective
from tests.tiny import make_tiny

FAMILIES = ("llama", "qwen2", "gpt2", "gemma")


@functools.cache
def twin(family: str, **options: Any) -> LanguageModel:
    """A tiny float64 model with BOS that Inseq may hook and whose tokenizer it may change."""
    model = make_tiny(family, **options)
    model.tokenizer = copy.deepcopy(model.tokenizer)
    return model


def one_step(model: LanguageModel, prompt: str) -> tuple[int, str]:
    """A token after the prompt that is read back as it is, and the text of both."""
    ids = list(model.tokenizer(prompt)["input_ids"])
    clean = Perturber(model, ids).clean
    for id_ in clean.argsort(descending=True).tolist():
        text = prompt + model.token_text(id_)
        if list(model.tokenizer(text)["input_ids"]) == [*ids, id_]:
            return id_, text
    raise AssertionError("no token goes on from here")


def reduced(scores: torch.Tensor, how: str) -> FloatArray:
    """Inseq's scores (n, d), summed or of their length over the hidden dimensions."""
    numbers = scores.sum(-1) if how == "sum" else scores.norm(dim=-1)
    return numbers.double().numpy()


@functools.cache
def inseq_scores(
    model: LanguageModel, method: str, prompt: str, target_layer: Any = None
) -> torch.Tensor:
    """What Inseq gives for the probability of the token of `one_step`, (n, d), before it aggregates."""
    import inseq

    _, text = one_step(model, prompt)
    tokenizer = copy.deepcopy(model.tokenizer)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        at = {} if target_layer is None else {"target_layer": target_layer}
        theirs = inseq.load_model(model.network, method, tokenizer=tokenizer, **at)
        found = theirs.attribute(
            prompt,
            text,
            attributed_fn="probability",
            show_progress=False,
            pretty_progress=False,
        )
    length = len(model.tokenizer(prompt)["input_ids"])
    return found.sequence_attributions[0].target_attributions[:length, 0]


def task_of(model: LanguageModel, prompt: str, contrast: str | None = None, **options: Any) -> Task:
    """The task of explaining the token of `one_step`, every token of the prompt by itself."""
    request = Request(target=f"id:{one_step(model, prompt)[0]}", contrast=contrast, **options)
    text = model.read(prompt)
    perturber = Perturber(model, text.ids)
    objective = make_objective(model, perturber.clean, request.target, contrast)
    members = {i: (i,) for i in range(len(text))}
    return Task(
        model, text, tuple(members), objective, request, perturber, lambda event: None, members
    )
