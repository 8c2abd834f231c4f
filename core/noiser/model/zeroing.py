"""What the last positions are in every layer, with the values of other positions zeroed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

import torch
from transformers import DynamicCache

from noiser.errors import NoiserError
from noiser.model.blocks import decoder_blocks
from noiser.model.precision import at_least_float32
from noiser.model.prefix import SharedLayer

if TYPE_CHECKING:
    from torch import nn

    from noiser.model.language_model import LanguageModel
    from noiser.model.prefix import Prefix


class _ZeroedLayer(SharedLayer):
    """One layer's clean keys and values, a position's value zero in each row; −1 for none."""

    def __init__(self, keys: torch.Tensor, values: torch.Tensor, zeroed: torch.Tensor) -> None:
        super().__init__(keys, values)
        self._rows = (zeroed >= 0).nonzero()[:, 0].to(values.device)
        self._zeroed = zeroed.to(values.device)[self._rows]

    def update(
        self, key_states: torch.Tensor, value_states: torch.Tensor, *args: Any, **kwargs: Any
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """The keys and values that the rows attend to, the last position's own among them."""
        keys, values = super().update(key_states, value_states, *args, **kwargs)
        values[self._rows, :, self._zeroed] = 0
        return keys, values


class Zeroing:
    """What each layer makes of the last `reads` positions where values are zeroed in it alone.

    `embeddings` (n, d) and `prefix` are those of the clean prompt. Every layer is given its clean
    input, so that one call runs all of them. The clean outputs take `reads` positions through the body.
    """

    def __init__(
        self, model: LanguageModel, embeddings: torch.Tensor, prefix: Prefix, reads: int = 1
    ) -> None:
        self._model, self._prefix = model, prefix
        self._last, self._before = embeddings[-reads:], len(embeddings) - reads
        self._blocks = decoder_blocks(model)
        self._clean: list[torch.Tensor] = []
        self._clean = self._outputs([-1])

    def distances(self, positions: Sequence[int]) -> torch.Tensor:
        """Cosine distances of each layer's outputs from the clean ones, on the CPU.

        The shape is (layers, positions, reads).

        A position of −1 zeroes nothing: its distance is what rounding alone makes.
        """
        outputs = self._outputs(positions)
        return torch.stack(
            [_distance(out, clean).cpu() for out, clean in zip(outputs, self._clean, strict=True)]
        )

    @torch.inference_mode()
    def _outputs(self, zeroed: Sequence[int]) -> list[torch.Tensor]:
        """Each layer's outputs at the last positions, (rows, reads, d), a row per position zeroed."""
        cache = DynamicCache()
        which = torch.tensor(zeroed)
        cache.layers = [
            _ZeroedLayer(keys[..., : self._before, :], values[..., : self._before, :], which)
            for keys, values in self._prefix.layers
        ]
        rows = self._last.expand(len(zeroed), -1, -1)
        with _outputs_of(self._blocks, self._clean) as found:
            self._model.network.get_decoder()(inputs_embeds=rows, past_key_values=cache)
        if len(found) < len(self._blocks):
            raise NoiserError(
                f"The layers of {self._model.info.name} ({self._model.info.family}) do not run one "
                "by one: choose a method that does not look into them."
            )
        return [found[layer] for layer in range(len(self._blocks))]


@contextmanager
def _outputs_of(
    blocks: nn.ModuleList, clean: Sequence[torch.Tensor]
) -> Iterator[dict[int, torch.Tensor]]:
    """The blocks' outputs, (rows, reads, d), as they come; each passes on its `clean` one, where known."""
    found: dict[int, torch.Tensor] = {}
    with ExitStack() as hooks:
        for layer, block in enumerate(blocks):

            def replace(_module: Any, _args: Any, out: Any, layer: int = layer) -> Any:
                states = out[0] if isinstance(out, tuple) else out
                found[layer] = states
                if not clean:
                    return out
                onward = clean[layer].expand(len(states), -1, -1)
                return (onward, *out[1:]) if isinstance(out, tuple) else onward

            hooks.callback(block.register_forward_hook(replace).remove)
        yield found


def _distance(out: torch.Tensor, clean: torch.Tensor) -> torch.Tensor:
    """1 − cos, (rows, reads): as half the squared distance of unit vectors, which rounding leaves exact."""
    unit, other = (torch.nn.functional.normalize(at_least_float32(x), dim=-1) for x in (out, clean))
    return (unit - other).square().sum(dim=-1) / 2
