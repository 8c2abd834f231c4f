"""The decoder's blocks, attention and the network after it, one per layer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch import nn

from noiser.errors import NoiserError, WrongUse

if TYPE_CHECKING:
    from noiser.model.language_model import LanguageModel


def decoder_blocks(model: LanguageModel) -> nn.ModuleList:
    """The blocks of a model, first layer first; NoiserError where they are not found."""
    layers = int(model.network.config.get_text_config().num_hidden_layers)
    for module in model.network.get_decoder().modules():
        if isinstance(module, nn.ModuleList) and len(module) == layers:
            return module
    raise NoiserError(
        f"{model.info.name} ({model.info.family}) keeps its layers where nobody knows: "
        "choose a method that does not look into them."
    )


def chosen_layer(model: LanguageModel, layer: int) -> int:
    """The index of a layer counted from 0, or from −1 backwards; WrongUse where there is none."""
    layers = int(model.network.config.get_text_config().num_hidden_layers)
    if not -layers <= layer < layers:
        raise WrongUse(
            f"{model.info.name} has {layers} layers, 0 to {layers - 1}: there is no layer {layer}."
        )
    return layer % layers
