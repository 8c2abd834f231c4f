"""What stands for nothing: the embedding that takes a token's place, or that a path begins at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import torch

from noiser.errors import NoiserError

if TYPE_CHECKING:
    from noiser.model.language_model import LanguageModel


def make_baseline(model: LanguageModel, name: str, own: Sequence[str]) -> tuple[str, torch.Tensor]:
    """The baseline's name and its embedding, shape (d,), as the model's body receives it.

    `auto` is the first of the method's `own` that the model has. NoiserError where it has none.
    """
    for one in own if name == "auto" else (name,):
        if (found := _embedding(model, one)) is not None:
            return one, found
    wanted = ", ".join(own) if name == "auto" else name
    raise NoiserError(
        f"{model.info.name} has no such token as a baseline wants ({wanted}): "
        "try the baseline zero or mean.",
        change=("baseline zero",),
    )


@torch.inference_mode()
def _embedding(model: LanguageModel, name: str) -> torch.Tensor | None:
    if name == "zero":
        return torch.zeros_like(model.embed([0])[0])
    if name == "mean":
        return model.mean_embedding
    rows = int(model.network.get_input_embeddings().weight.shape[0])
    id_ = getattr(model.tokenizer, f"{name}_token_id")
    return model.embed([int(id_)])[0] if id_ is not None and id_ < rows else None
