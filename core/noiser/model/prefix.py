"""What a model computed for the clean prompt, reused by every row that changes it only later."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from transformers import DynamicCache
from transformers.cache_utils import DynamicLayer

if TYPE_CHECKING:
    from transformers import PreTrainedModel

_PLAIN_ATTENTION = {"full_attention", "sliding_attention", "chunked_attention"}


class SharedLayer(DynamicLayer):  # type: ignore[misc]
    """One layer's clean keys and values, put before those of every row and kept as they are."""

    def __init__(self, keys: torch.Tensor, values: torch.Tensor) -> None:
        super().__init__()
        self.keys, self.values = keys, values
        self.dtype, self.device = keys.dtype, keys.device
        self.is_initialized = True

    def update(
        self, key_states: torch.Tensor, value_states: torch.Tensor, *args: Any, **kwargs: Any
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """The keys and values that the rows attend to."""
        rows = key_states.shape[0]
        return (
            torch.cat([self.keys.expand(rows, -1, -1, -1), key_states], dim=-2),
            torch.cat([self.values.expand(rows, -1, -1, -1), value_states], dim=-2),
        )


class Prefix:
    """The keys and values of the clean prompt in every layer, for one row."""

    def __init__(self, layers: list[tuple[torch.Tensor, torch.Tensor]]) -> None:
        self.layers = layers

    def before(self, position: int) -> DynamicCache:
        """A cache that holds what comes before `position`, for any number of rows."""
        cache = DynamicCache()
        cache.layers = [
            SharedLayer(keys[..., :position, :], values[..., :position, :])
            for keys, values in self.layers
        ]
        return cache


def new_cache(network: PreTrainedModel) -> DynamicCache | None:
    """An empty cache of full length in every layer, or None where the model keeps another state.

    Sliding-window layers get a full-length one as well: their window is applied by the mask, and a
    cut at any position must still be possible.
    """
    config = network.config.get_text_config()
    kinds = set(getattr(config, "layer_types", None) or ())
    if kinds - _PLAIN_ATTENTION or getattr(network, "_is_stateful", False):
        return None
    return DynamicCache()


def read_prefix(cache: Any, length: int, layers: int) -> Prefix | None:
    """The prefix that a clean run left in `cache`; None where that is not a plain cache."""
    if type(cache) is not DynamicCache or len(cache.layers) != layers:
        return None
    found: list[tuple[torch.Tensor, torch.Tensor]] = []
    for layer in cache.layers:
        if type(layer) is not DynamicLayer or not layer.is_initialized:
            return None
        if layer.keys.dim() != 4 or layer.keys.shape[-2] != length:
            return None
        found.append((layer.keys, layer.values))
    return Prefix(found)
