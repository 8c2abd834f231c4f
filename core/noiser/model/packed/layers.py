"""The parts of a decoder that are run packed: attention by rotated keys, then a gated network."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import torch
from torch import nn

from noiser.model.packed.norms import Map, quick_norm

if TYPE_CHECKING:
    from transformers import PreTrainedModel

FAMILIES = {"llama", "mistral", "qwen2", "qwen3", "gemma"}
"""Those whose layers have this shape in transformers 5; what they compute is tried before it is used."""


@dataclass(frozen=True)
class Layer:
    """One decoder layer; activations and weights are the network's own, norms what those give.

    `window`: how many keys back a query sees, None for all. `joint`: the maps to what every position
    projects in one, of the last layer to keys and values, of others to queries, keys and values.
    """

    before_attention: Map
    query: nn.Linear
    key: nn.Linear
    value: nn.Linear
    query_norm: Map | None
    key_norm: Map | None
    output: nn.Linear
    before_mlp: Map
    gate: nn.Linear
    up: nn.Linear
    down: nn.Linear
    activation: Map
    head_dim: int
    scaling: float
    window: int | None
    joint: nn.Linear | None = None


@dataclass(frozen=True)
class Decoder:
    """The layers, the angles of the positions, and what makes logits of the last layer's output."""

    layers: tuple[Layer, ...]
    rotary: Callable[[torch.Tensor, torch.Tensor], tuple[torch.Tensor, torch.Tensor]]
    final_norm: Map
    head: nn.Linear


def read_decoder(network: PreTrainedModel) -> Decoder | None:
    """The parts of a network, or None where it is not one of FAMILIES, plain and on one device.

    A network that somebody hooked is to be called, not read, and weights that wait elsewhere or are
    quantized are not ours to multiply with.
    """
    if network.config.model_type not in FAMILIES:
        return None
    modules = list(network.modules())
    if any(m._forward_hooks or m._forward_pre_hooks or hasattr(m, "_hf_hook") for m in modules):
        return None
    own = (tensor for m in modules for tensor in m._parameters.values() if tensor is not None)
    if len({(tensor.device, tensor.dtype) for tensor in own}) > 1:
        return None
    body: Any = network.base_model
    every = network.config.sliding_window if network.config.model_type == "mistral" else None
    norm = partial(quick_norm, plus_one=network.config.model_type == "gemma")
    layers = tuple(_layer(layer, every, norm) for layer in body.layers)
    head = network.get_output_embeddings() or getattr(network, "score", None)
    linears = [m for layer in layers for m in vars(layer).values() if isinstance(m, nn.Module)]
    if type(head) is not nn.Linear or any(type(m) is not nn.Linear and _maps(m) for m in linears):
        return None
    return Decoder(layers, body.rotary_emb, norm(body.norm), head)


def _layer(layer: Any, window: int | None, norm: Callable[[Any], Any]) -> Layer:
    """One layer's parts; `window` is that of all layers, where they have no own."""
    attention, mlp = layer.self_attn, layer.mlp
    return Layer(
        before_attention=norm(layer.input_layernorm),
        query=attention.q_proj,
        key=attention.k_proj,
        value=attention.v_proj,
        query_norm=norm(getattr(attention, "q_norm", None)),
        key_norm=norm(getattr(attention, "k_norm", None)),
        output=attention.o_proj,
        before_mlp=norm(layer.post_attention_layernorm),
        gate=mlp.gate_proj,
        up=mlp.up_proj,
        down=mlp.down_proj,
        activation=mlp.act_fn,
        head_dim=int(attention.head_dim),
        scaling=float(attention.scaling),
        window=getattr(attention, "sliding_window", window),
    )


def _maps(module: nn.Module) -> bool:
    """Whether a module has a matrix, as projections have and norms and activations have not."""
    return any(tensor.dim() > 1 for tensor in module.parameters())
