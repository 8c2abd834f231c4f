"""Products with a layer's weights, by the quicker of two libraries.

On processors with AVX-512 single precision goes to oneDNN, which uses it on every make; torch itself
takes MKL there, which does so on Intel's own alone. On a Zen 5 that is 460 billion operations a second
on two cores against 205.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any, cast

import torch
from torch import nn
from torch.nn import functional
from transformers.activations import SiLUActivation

from noiser.model.packed.laid import laid
from noiser.model.packed.layers import Layer
from noiser.model.packed.norms import Map

CHUNK = 1024
"""Positions at once on a CPU: what lies between two products stays in the processor's cache.

Half as many take 4% longer, more calls of the same arithmetic; twice as many gain nothing.
"""
STEP = 64
"""oneDNN compiles a kernel for each number of rows, in 2 ms and 0.7 MB, so that few numbers are used."""


def filled(count: int, like: torch.Tensor) -> int:
    """How many rows to hold where `count` are asked, so that no part of them has to be filled up."""
    if not by_onednn(like):
        return count
    whole = count // CHUNK * CHUNK
    return whole + rows_run(count - whole)


def slices(x: torch.Tensor) -> Iterator[slice]:
    """Which of the positions go through a layer's products together."""
    count = x.shape[0]
    size = CHUNK if x.is_cpu else count
    return (slice(begin, begin + size) for begin in range(0, count, size))


def mapped(linear: nn.Linear, x: torch.Tensor) -> torch.Tensor:
    """A projection of `x`, (P, in) → (P, out)."""
    if by_onednn(x):
        return _onednn(x, linear, "none")
    return functional.linear(x, linear.weight, linear.bias)


def projections(layer: Layer, x: torch.Tensor, queries: bool) -> tuple[torch.Tensor, ...]:
    """The keys and values of `x`, (P, in) → (P, out) each, after its queries where these are wanted."""
    linears = (layer.query, layer.key, layer.value)[0 if queries else 1 :]
    if layer.joint is None:
        return tuple(mapped(linear, x) for linear in linears)
    return torch.split(mapped(layer.joint, x), [linear.out_features for linear in linears], dim=1)


def added(linear: nn.Linear, x: torch.Tensor, onto: torch.Tensor) -> torch.Tensor:
    """`onto` with the projection of `x` added; `onto` is used up."""
    if by_onednn(x):
        return _onednn(x, linear, "add", onto)
    onto.addmm_(x, linear.weight.t())
    return onto if linear.bias is None else onto.add_(linear.bias)


def gated(gate: nn.Linear, up: nn.Linear, x: torch.Tensor, activation: Map) -> torch.Tensor:
    """The inside of a gated network: the activation of one projection, times the other."""
    silu = isinstance(activation, nn.SiLU | SiLUActivation)
    if by_onednn(x):
        opened = _onednn(x, gate, "swish" if silu else "none")
        return _onednn(x, up, "mul", opened if silu else activation(opened))
    opened = mapped(gate, x)
    opened = functional.silu(opened, inplace=True) if silu else activation(opened)
    return opened.mul_(mapped(up, x))


def _onednn(
    x: torch.Tensor, linear: nn.Linear, after: str, other: torch.Tensor | None = None
) -> torch.Tensor:
    """The projection and what comes `after` it, with `other` where that takes two."""
    product: Any = torch.ops.mkldnn._linear_pointwise
    count = x.shape[0]
    if other is None:
        result = product(_filled(x), linear.weight, linear.bias, after, [], "")
    else:
        result = product.binary(_filled(x), _filled(other), linear.weight, linear.bias, after)
    result = cast("torch.Tensor", result)
    return result if result.shape[0] == count else result[:count]


def _filled(x: torch.Tensor) -> torch.Tensor:
    """`x` with rows of zeros up to one of the few numbers that kernels are compiled for."""
    missing = rows_run(x.shape[0]) - x.shape[0]
    return functional.pad(x, (0, 0, 0, missing)) if missing else x


def rows_run(count: int) -> int:
    """How many rows run where so many are asked: 8, 16, 32, then whole steps, wider ones of many."""
    if count == 0:
        return 0
    if count <= STEP // 2:
        return max(8, 1 << (count - 1).bit_length())
    step = STEP if count <= CHUNK else 4 * STEP
    return -(-count // step) * step


def by_onednn(x: torch.Tensor) -> bool:
    """Whether products of `x` go to oneDNN."""
    return x.dtype is torch.float32 and x.is_cpu and has_onednn()


@functools.cache
def has_onednn() -> bool:
    """Whether this processor gains by oneDNN and this torch has its products, which a trial shows.

    They are torch's own, but not promised to stay.
    """
    if torch.backends.cpu.get_cpu_capability() != "AVX512":
        return False
    linear = nn.Linear(3, 2, device="meta").to_empty(device="cpu")  # without a random number
    with torch.inference_mode():
        linear.weight.copy_(torch.arange(-3.0, 3.0).view(2, 3))
        linear.bias.fill_(0.5)
        x, other = torch.arange(6.0).view(2, 3), torch.full((2, 2), 2.0)
        plain = linear(x)
        try:
            found = [
                (_onednn(x, linear, "none"), plain),
                (_onednn(x, linear, "swish"), functional.silu(plain)),
                (_onednn(x, linear, "add", other), plain + other),
                (_onednn(x, linear, "mul", other), plain * other),
                (_onednn(x, cast("nn.Linear", laid(linear)), "none"), plain),
            ]
        except (AttributeError, NotImplementedError, RuntimeError, TypeError):
            return False
        return all(torch.allclose(one, right, atol=1e-5) for one, right in found)
