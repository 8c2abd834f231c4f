"""The rescale rule of DeepLIFT, at every activation of a network (Shrikumar et al. 2017)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import nn

from noiser.model.precision import at_least_float32

CLOSE = 1e-10
"""Inputs no further apart have their slope between them taken at the input, as in Captum."""


def activations(network: nn.Module) -> list[nn.Module]:
    """The modules that act on every element by itself, by the names transformers has for them."""
    from transformers.activations import ACT2CLS

    classes = (one[0] if isinstance(one, tuple) else one for one in ACT2CLS.values())
    known = (*classes, nn.ELU, nn.Softplus, nn.GELU)
    return [module for module in network.modules() if isinstance(module, known)]


@contextmanager
def rescaled(network: nn.Module) -> Iterator[None]:
    """Activations run backward by their slope from baseline to input, not by their derivative.

    Rows go through in two halves, inputs and then their baselines. Nothing is kept on a module, so
    that one may be used in several places.
    """
    handles = [module.register_forward_hook(_by_slope) for module in activations(network)]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


def _by_slope(module: nn.Module, args: tuple[torch.Tensor, ...], output: Any) -> Any:
    """The same output, as if it were a line of that slope through it."""
    if not torch.is_grad_enabled() or not args[0].requires_grad:
        return output
    rows = args[0]
    slopes = _slopes(module, rows.detach()).to(rows.dtype)
    return output.detach() + slopes * (rows - rows.detach())


def _slopes(module: nn.Module, rows: torch.Tensor) -> torch.Tensor:
    """Between each row of the first half and its baseline in the second, for both halves.

    In float32 at least: of close numbers in a short format nothing is left of a difference.
    """
    exact = at_least_float32(rows).requires_grad_()
    output = module.forward(exact)  # the hooks are not for this call
    (derivative,) = torch.autograd.grad(output.sum(), exact)
    over, rise = _apart(exact.detach()), _apart(output.detach())
    slopes = torch.where(over.abs() < CLOSE, derivative.chunk(2)[0], rise / over)
    return slopes.repeat(2, *[1] * (slopes.dim() - 1))


def _apart(rows: torch.Tensor) -> torch.Tensor:
    here, there = rows.chunk(2)
    return here - there
