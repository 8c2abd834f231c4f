"""Attention weights: what each layer's last queries attend to, mean over heads."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

import torch

from noiser.errors import NoiserError
from noiser.model.blocks import decoder_blocks
from noiser.model.precision import at_least_float32

if TYPE_CHECKING:
    from transformers import DynamicCache

    from noiser.model.language_model import LanguageModel

_ONE_AT_A_TIME = threading.Lock()
"""Which attention runs is written in the network's config, for all threads."""


@torch.inference_mode()
def attention_rows(
    model: LanguageModel,
    embeddings: torch.Tensor,
    before: DynamicCache | None = None,
    queries: int = 1,
) -> list[torch.Tensor]:
    """Attention weights of the last `queries` positions in every layer, mean over heads.

    `embeddings` (m, d) are the clean prompt's, from position n − m on where `before` is a cache of what
    comes before. Each layer's are (queries, n), at least float32, made by the model's own eager
    attention. One layer's (heads, m, n) are held at a time. NoiserError for a model that has none.
    """
    found: dict[int, torch.Tensor] = {}
    options: dict[str, Any] = {"use_cache": False}
    shape = len(embeddings), len(embeddings)
    if before is not None:
        options = {"past_key_values": before}
        shape = len(embeddings), before.get_seq_length() + len(embeddings)
    blocks = decoder_blocks(model)
    with _eager(model), ExitStack() as hooks:
        for layer, block in enumerate(blocks):
            for part in block.children():

                def look(_module: Any, _args: Any, out: Any, layer: int = layer) -> None:
                    if (weights := _weights(out, shape)) is not None:
                        found[layer] = at_least_float32(weights[0, :, -queries:]).mean(dim=0)

                hooks.callback(part.register_forward_hook(look).remove)
        model.network.get_decoder()(inputs_embeds=embeddings.unsqueeze(0), **options)
    if len(found) < len(blocks):
        has = "no attention weights" if not found else "attention weights in some layers only"
        raise NoiserError(
            f"{model.info.name} ({model.info.family}) gives {has}: choose a method that does not "
            "read them."
        )
    return [found[layer] for layer in range(len(blocks))]


def _weights(out: Any, shape: tuple[int, int]) -> torch.Tensor | None:
    """The attention weights, (1, heads, queries, keys), in what a part of a block gave, if there."""
    for one in out[1:] if isinstance(out, tuple) else ():
        if isinstance(one, torch.Tensor) and one.dim() == 4 and one.shape[-2:] == shape:
            return one
    return None


@contextmanager
def _eager(model: LanguageModel) -> Iterator[None]:
    """The implementation that makes the weights, for one run; others never have them as a matrix."""
    config = model.network.config
    with _ONE_AT_A_TIME:
        before = _implementations(config)
        config._attn_implementation = "eager"
        try:
            yield
        finally:
            config._attn_implementation = before


def _implementations(config: Any) -> dict[str, Any]:
    """Those of a config and of all in it, in the form that transformers takes them in."""
    inner = {name: getattr(config, name, None) for name in config.sub_configs}
    some = {name: _implementations(one) for name, one in inner.items() if one is not None}
    return {"": config._attn_implementation, **some}
