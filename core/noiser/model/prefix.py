"""What a model computed for the clean prompt, reused by every row that changes it only later."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from transformers import DynamicCache
from transformers.cache_utils import DynamicLayer

from noiser.model.memory import is_out_of_memory

if TYPE_CHECKING:
    from transformers import PreTrainedModel

    from noiser.model.language_model import LanguageModel

_PLAIN_ATTENTION = {"full_attention", "sliding_attention", "chunked_attention"}


class _SharedLayer(DynamicLayer):  # type: ignore[misc]
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
        self._layers = layers

    def before(self, position: int) -> DynamicCache:
        """A cache that holds what comes before `position`, for any number of rows."""
        cache = DynamicCache()
        cache.layers = [
            _SharedLayer(keys[..., :position, :], values[..., :position, :])
            for keys, values in self._layers
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


TOLERANCE = {"float64": 1e-8, "float32": 1e-3, "bfloat16": 0.25, "float16": 0.05}
"""How far log-probabilities may differ between the two paths: rounding, never another position."""
CONTRAST = 4
"""How many times further they must be apart when what comes before is left out altogether."""
COMPARED = 20
"""The most probable tokens, whose log-probabilities are compared."""


def prefix_fault(model: LanguageModel) -> str | None:
    """Why rows of this model cannot start from a prefix; None where a trial run shows that they can.

    Runs a few tokens once whole, once from a cut on, and, to see that the comparison can tell, once
    from there without what is before it. Memory that runs out is no fault, it is raised.
    """
    length = _probe_length(model)
    cut = 3 * length // 4
    spread = [(2 * i + 1) * model.vocabulary // (2 * length) for i in range(length)]
    embeddings = model.embed(spread).unsqueeze(0)
    try:
        whole, prefix = model.clean_run(embeddings)
        if prefix is None:
            return "it keeps no plain key-value cache"
        rest = embeddings[:, cut:]
        apart = _apart(whole, model.next_logits(rest, prefix.before(cut)))
        without = _apart(whole, model.next_logits(rest))
    except (
        AttributeError,
        IndexError,
        NotImplementedError,
        RuntimeError,
        TypeError,
        ValueError,
    ) as error:
        if is_out_of_memory(error):
            raise
        return f"its cache does not take part in this: {error}"
    if not apart <= TOLERANCE.get(model.info.dtype, 1e-3):
        return f"its results differ by {apart:.2g} when it starts from a cache"
    if not CONTRAST * apart < without:
        return (
            f"its results differ by {apart:.2g} when it starts from a cache, and by no more than "
            f"{without:.2g} without it"
        )
    return None


def _probe_length(model: LanguageModel) -> int:
    """Eight tokens, more where that takes the trial past a short attention window."""
    window = getattr(model.network.config.get_text_config(), "sliding_window", None)
    length = window + 8 if isinstance(window, int) and window <= 64 else 8
    return min(length, model.info.context or length)


def _apart(whole: torch.Tensor, other: torch.Tensor) -> float:
    """The mean distance of the log-probabilities of the tokens that are most probable in `whole`."""
    top = whole[0].topk(min(COMPARED, whole.shape[-1])).indices
    return float((whole.log_softmax(-1) - other.log_softmax(-1))[0, top].abs().mean())
