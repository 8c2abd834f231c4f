"""What one could run instead, written as it is released and not slowed down."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch

import noiser


def released(model: noiser.LanguageModel, prompt: str) -> float:
    """α* by the released code's way, a tokens' scale after the other, then its scoring pass.

    One (token, scale) a call, a clean row in each batch, logits at every position; ten draws and ten
    steps: 121·n² + 11·n token-forwards.
    """
    ids = model.read(prompt).ids
    clean = model.embed(ids)
    draws = torch.from_numpy(np.random.RandomState(1).randn(10, model.dim)).to(clean)

    def distribution(position: int, scale: float) -> torch.Tensor:
        rows = clean.repeat(11, 1, 1)
        rows[1:, position] += scale * draws
        with torch.inference_mode():
            logits = model.network(inputs_embeds=rows, use_cache=False).logits
        return logits[:, -1].float().softmax(-1)

    scales = []
    for position in range(len(ids)):
        low, high, middle = 0.0, 1.0, 0.5
        for _ in range(10):
            middle = (low + high) / 2
            rows = distribution(position, middle)
            holds = rows[1:].mean(0).argmax() == rows[0].argmax()
            low, high = (middle, high) if holds else (low, middle)
        scales.append(middle)
    for position in range(len(ids)):
        distribution(position, min(scales))
    return min(scales)


def inseq_occlusion(model: noiser.LanguageModel) -> Callable[[str], list[float]]:
    """Inseq's occlusion of the next token on the same network; scores are magnitudes."""
    import inseq

    theirs = inseq.load_model(model.network, "occlusion", tokenizer=model.tokenizer)

    def attribute(prompt: str) -> list[float]:
        out = theirs.attribute(
            prompt,
            generation_args={"max_new_tokens": 1, "do_sample": False},
            show_progress=False,
            pretty_progress=False,
        )
        matrix = out.sequence_attributions[0].target_attributions
        length = len(model.read(prompt))
        return [float(value) for value in matrix[:length, 0].reshape(length, -1).sum(-1)]

    return attribute
