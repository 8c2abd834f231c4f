"""Weights laid out beforehand as oneDNN reads them, which by itself it does anew in every call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import torch
from torch import nn

from noiser.model.packed.layers import Decoder, Layer

MOST = 2**24
"""Bytes of weights that are held a second time at most, for as long as a prompt is worked on.

Of larger ones a call spends longer on the products themselves.
"""
WORTH = 4096
"""Positions that have run when what is to come is expected to win back what laying out costs.

That is 0.3 ms a weight; a prompt that is done in a call or two never pays it.
"""
CALL = 1024
"""Positions as which a call counts, since each lays out every weight for itself."""


@dataclass(frozen=True)
class Laid:
    """A linear map with its weight laid out; the numbers it gives are the same to the bit."""

    weight: torch.Tensor
    bias: torch.Tensor | None
    out_features: int


def laid_out(decoder: Decoder) -> Decoder:
    """The decoder with its weights laid out; itself where they take too much.

    What every position projects goes through one product, which is wider and so the quicker.
    """
    linears = [part for layer in decoder.layers for part in _linears(layer).values()]
    if sum(linear.weight.nbytes for linear in (*linears, decoder.head)) > MOST:
        return decoder
    *inner, last = decoder.layers
    layers = [_laid_layer(layer, (layer.query, layer.key, layer.value)) for layer in inner]
    layers.append(_laid_layer(last, (last.key, last.value)))
    head: Any = laid(decoder.head)
    return replace(decoder, layers=tuple(layers), head=head)


def _linears(layer: Layer) -> dict[str, nn.Linear]:
    parts = {field.name: getattr(layer, field.name) for field in fields(layer)}
    return {name: part for name, part in parts.items() if type(part) is nn.Linear}


def _laid_layer(layer: Layer, together: Sequence[nn.Linear]) -> Layer:
    parts = {name: linear for name, linear in _linears(layer).items() if linear not in together}
    made: dict[str, Any] = {name: laid(linear) for name, linear in parts.items()}
    return replace(layer, **made, joint=_joint(together))


def _joint(linears: Sequence[nn.Linear]) -> Any:
    """Maps of the same input in one, laid out; what has no bias adds nothing."""
    weights, biases = list[torch.Tensor](), list[torch.Tensor]()
    for linear in linears:
        weights.append(linear.weight)
        none = linear.bias is None
        biases.append(linear.weight.new_zeros(linear.out_features) if none else linear.bias)
    return _laid(torch.cat(weights), torch.cat(biases))


def laid(linear: nn.Linear) -> Laid:
    """A linear map with its weight laid out."""
    return _laid(linear.weight, linear.bias)


def _laid(weight: torch.Tensor, bias: torch.Tensor | None) -> Laid:
    return Laid(torch.ops.mkldnn._reorder_linear_weight(weight, None), bias, len(weight))
