"""The sizes that decide what a call of a model takes, by its config."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from noiser.model.weights import snapshot

_NAMES: Mapping[str, tuple[str, ...]] = {
    "dim": ("hidden_size", "n_embd", "d_model"),
    "inner": ("intermediate_size", "n_inner", "ffn_dim"),
    "heads": ("num_attention_heads", "n_head"),
    "kv_heads": ("num_key_value_heads",),
    "width": ("head_dim",),
    "vocabulary": ("vocab_size",),
}
"""What config.json calls them, by family."""


@dataclass(frozen=True)
class Shape:
    """Width of the embeddings and of a layer's inside, heads and those with keys, their width, tokens.

    `tied` says that the head is the embeddings once more.
    """

    dim: int
    inner: int
    heads: int
    kv_heads: int
    width: int
    vocabulary: int
    tied: bool = False

    @property
    def ends(self) -> int:
        """The numbers of embeddings and head, which quantization leaves as they are."""
        return self.vocabulary * self.dim * (1 if self.tied else 2)

    def call_bytes(self, length: int, number: int, reads: int = 1) -> tuple[float, float]:
        """About what a call makes per position and per row of `length` tokens, `number` bytes a number.

        A layer's intermediate results per position; keys and values of a layer and `reads` next-token
        distributions per row. The model's own forward makes about twice that of packed rows.
        """
        kv = self.kv_heads * self.width
        position = number * (6 * self.dim + 3 * self.inner + 4 * self.heads * self.width + 6 * kv)
        grouped = 2 * self.heads * self.width if self.heads > self.kv_heads else 0
        keys = number * length * (4 * kv + grouped)
        return 2.0 * position, keys + 16.0 * reads * self.vocabulary


def shape_by(get: Callable[[str], Any], **known: int) -> Shape | None:
    """The shape by a config's values, what it leaves out as transformers has it; `known` counts first.

    None where it has no width or no vocabulary.
    """
    found = {name: next(filter(None, map(get, keys)), None) for name, keys in _NAMES.items()}
    size = {name: int(value) for name, value in (found | known).items() if value}
    if not {"dim", "vocabulary"} <= size.keys():
        return None
    heads = size.get("heads", 1)
    return Shape(
        dim=size["dim"],
        inner=size.get("inner", 4 * size["dim"]),
        heads=heads,
        kv_heads=size.get("kv_heads", heads),
        width=size.get("width", size["dim"] // heads),
        vocabulary=size["vocabulary"],
        tied=bool(get("tie_word_embeddings")),
    )


def read_shape(where: Path) -> Shape | None:
    """The shape of a model's folder, or of a hub model's in the cache; None where its config is of no use."""
    try:
        config: Any = json.loads((snapshot(where) / "config.json").read_text(encoding="utf-8"))
        return shape_by((config.get("text_config") or config).get)
    except (OSError, ValueError, TypeError, AttributeError):  # loading says what is amiss
        return None
