"""Models whose weights are quantized: by bitsandbytes as they are loaded, or as they were stored."""

from __future__ import annotations

from typing import Any


def quantized_as(config: Any) -> str | None:
    """How the weights that a config speaks of are quantized; None where they are not.

    4bit and 8bit are those of bitsandbytes, anything else is the method's own name, such as gptq.
    """
    told = getattr(config, "quantization_config", None)
    if not told:
        return None
    options: dict[str, Any] = told if isinstance(told, dict) else told.to_dict()
    for bits in ("4bit", "8bit"):
        if options.get(f"load_in_{bits}") or options.get(f"_load_in_{bits}"):
            return bits
    method = options.get("quant_method")
    return str(getattr(method, "value", method) or "quantized")


def counted(network: Any) -> tuple[int, int]:
    """The numbers of a network, and the bytes that they take with the factors of quantized blocks."""
    tensors = list(network.parameters())
    size = sum(tensor.numel() * tensor.element_size() for tensor in tensors)
    if quantized_as(network.config) is None:
        return sum(tensor.numel() for tensor in tensors), size
    states = (getattr(tensor, "quant_state", None) for tensor in tensors)
    size += sum(state.absmax.nbytes for state in states if state is not None)
    return int(network.num_parameters()), size  # two numbers of 4 bits lie in one byte


def try_out(network: Any) -> None:
    """Compute one token: not every shape can be computed in every precision on every device."""
    import torch

    device = network.get_input_embeddings().weight.device
    if device.type == "meta":
        return
    with torch.inference_mode():
        network(input_ids=torch.zeros((1, 1), dtype=torch.long, device=device))
