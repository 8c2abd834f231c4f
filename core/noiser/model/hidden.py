"""What goes on between the layers of a network: their outputs kept, put in place, or made again."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import torch
from torch import nn
from torch.utils.checkpoint import checkpoint

from noiser.errors import NoiserError

if TYPE_CHECKING:
    from transformers import PreTrainedModel


def decoder_layers(network: PreTrainedModel) -> nn.ModuleList:
    """The decoder's layers, first to last."""
    if (found := _list_of_layers(network)) is not None:
        return found
    count = int(network.config.get_text_config().num_hidden_layers)
    raise NoiserError(
        f"The {count} layers of this {network.config.model_type} model are not kept as a list: "
        "methods that look at a layer cannot find it."
    )


@contextmanager
def kept_output(layer: nn.Module) -> Iterator[list[torch.Tensor]]:
    """Hidden states (rows, n, d) that the layer gives meanwhile, one tensor for each of its calls."""
    found: list[torch.Tensor] = []
    handle = layer.register_forward_hook(lambda _, __, output: found.append(_hidden(output)))
    try:
        yield found
    finally:
        handle.remove()


@contextmanager
def replaced_output(layer: nn.Module, hidden: torch.Tensor) -> Iterator[None]:
    """The layer gives `hidden` meanwhile, shape (rows, n, d), whatever goes into it."""

    def replace(_: nn.Module, __: Any, output: Any) -> Any:
        return (hidden, *output[1:]) if isinstance(output, tuple) else hidden

    handle = layer.register_forward_hook(replace)
    try:
        yield
    finally:
        handle.remove()


@contextmanager
def between_layers(network: PreTrainedModel, look: Callable[[], None]) -> Iterator[None]:
    """Call `look` after each layer meanwhile, forward and on the way back; what it raises ends the run.

    Not at all where the layers are not found.
    """

    def after(_: nn.Module, __: Any, output: Any) -> None:
        look()
        hidden = _hidden(output)
        if hidden.requires_grad:
            hidden.register_hook(lambda _: look())  # type: ignore[no-untyped-call]

    handles = [layer.register_forward_hook(after) for layer in _list_of_layers(network) or ()]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


@contextmanager
def checkpointed(network: PreTrainedModel) -> Iterator[None]:
    """Each layer runs again on the way back, instead of holding its intermediate results.

    By torch's checkpoints on our own: transformers switches its own on only in training.
    """
    layers = list(decoder_layers(network))
    own = [vars(layer).get("forward") for layer in layers]
    for layer in layers:
        layer.forward = functools.partial(checkpoint, layer.forward, use_reentrant=False)
    try:
        yield
    finally:
        for layer, before in zip(layers, own, strict=True):
            if before is None:
                del layer.forward
            else:  # accelerate puts one of its own there
                layer.forward = before


def _list_of_layers(network: PreTrainedModel) -> nn.ModuleList | None:
    count = int(network.config.get_text_config().num_hidden_layers)
    for module in (network.get_decoder() or network).modules():
        if isinstance(module, nn.ModuleList) and len(module) == count:
            return module
    return None


def _hidden(output: Any) -> torch.Tensor:
    found: torch.Tensor = output[0] if isinstance(output, tuple) else output
    return found
