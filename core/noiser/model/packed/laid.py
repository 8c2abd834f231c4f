"""Weights laid out beforehand as oneDNN reads them, which by itself it does anew in every call."""

from __future__ import annotations

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
"""Positions after which what is to come is expected to win back what laying out costs, 0.1 ms a weight."""


@dataclass(frozen=True)
class Laid:
    """A linear map with its weight laid out; the numbers it gives are the same to the bit."""

    weight: torch.Tensor
    bias: torch.Tensor | None
    out_features: int


def laid_out(decoder: Decoder) -> Decoder:
    """The decoder with the weights of its layers laid out; itself where they take too much."""
    linears = [part for layer in decoder.layers for part in _linears(layer).values()]
    if sum(linear.weight.nbytes for linear in linears) > MOST:
        return decoder
    return replace(decoder, layers=tuple(_laid_layer(layer) for layer in decoder.layers))


def _linears(layer: Layer) -> dict[str, nn.Linear]:
    parts = {field.name: getattr(layer, field.name) for field in fields(layer)}
    return {name: part for name, part in parts.items() if type(part) is nn.Linear}


def _laid_layer(layer: Layer) -> Layer:
    made: dict[str, Any] = {name: laid(linear) for name, linear in _linears(layer).items()}
    return replace(layer, **made)


def laid(linear: nn.Linear) -> Laid:
    """A linear map with its weight laid out."""
    weight = torch.ops.mkldnn._reorder_linear_weight(linear.weight, None)
    return Laid(weight, linear.bias, linear.out_features)
