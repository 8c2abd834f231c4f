"""Noiser as a method of Inseq's: `inseq.load_model(model, "noiser").attribute(...)`."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Iterator
from dataclasses import fields
from typing import Any

import torch
from inseq.attr.feat import FeatureAttribution
from inseq.data import CoarseFeatureAttributionStepOutput

from noiser.errors import WrongUse
from noiser.explainer import explain
from noiser.model.language_model import LanguageModel
from noiser.model.loading import model_info
from noiser.prompt import Prompt, from_ids
from noiser.request import Request

EXPLAINED = ("probability", "probability_fn")
"""What Inseq calls the function whose value we explain."""
_OURS = {field.name for field in fields(Request)} - {
    "method",
    "target",
    "contrast",
    "generate",
    "at",
}


@contextlib.contextmanager
def _without_gradients(network: torch.nn.Module) -> Iterator[None]:
    """Our engine takes a model's weights as fixed; other methods of Inseq's may not."""
    needed = [weight for weight in network.parameters() if weight.requires_grad]
    network.requires_grad_(False)
    try:
        yield
    finally:
        for weight in needed:
            weight.requires_grad_(True)


class NoiserAttribution(FeatureAttribution):  # type: ignore[misc]  # Inseq has no types
    """The scores of `noiser.explain` on the ids that Inseq attributes, shape (rows, tokens).

    Options of `noiser.Request` go to `attribute` by name: `attribute(text, bound="max", draws=20)`.
    WrongUse for a model with an encoder, and for another attributed function than the probability.
    """

    method_name = "noiser"

    def __init__(self, attribution_model: Any, **kwargs: Any) -> None:
        if attribution_model.is_encoder_decoder:
            raise WrongUse("The method noiser is for causal language models: this has an encoder.")
        super().__init__(attribution_model, **kwargs)

    def get_attribution_args(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """The options of ours among those given, and the rest."""
        ours = {name: value for name, value in kwargs.items() if name in _OURS}
        return ours, {name: value for name, value in kwargs.items() if name not in _OURS}

    def attribute_step(
        self, attribute_fn_main_args: dict[str, Any], attribution_args: dict[str, Any] | None = None
    ) -> CoarseFeatureAttributionStepOutput:
        """Explain one token of every row after the tokens before it."""
        ids, targets, explained, mask, *_ = attribute_fn_main_args["additional_forward_args"]
        name = getattr(explained, "__name__", str(explained))
        if name not in EXPLAINED:
            raise WrongUse(f"The method noiser explains the probability of a token, not {name}.")
        scores = torch.full(ids.shape, float("nan"))
        with _without_gradients(self.attribution_model.model):
            for row, target in enumerate(targets.reshape(-1).tolist()):
                there = mask[row].bool().cpu()
                request = Request(**(attribution_args or {}), target=f"id:{target}")
                found = explain(self._model, self._prompt(ids[row].cpu()[there].tolist()), request)
                scores[row, there] = torch.tensor(
                    [float("nan") if one.score is None else one.score for one in found.tokens]
                )
        return CoarseFeatureAttributionStepOutput(
            source_attributions=None, target_attributions=scores
        )

    @functools.cached_property
    def _model(self) -> LanguageModel:
        """The model that Inseq loaded, as our engine sees it."""
        theirs = self.attribution_model
        info = model_info(str(theirs.model_name), theirs.model)
        return LanguageModel(theirs.model, theirs.tokenizer, info)

    def _prompt(self, ids: list[int]) -> Prompt:
        prompt = from_ids(self._model.tokenizer, ids)
        self._model.check_length(len(prompt))
        return prompt
