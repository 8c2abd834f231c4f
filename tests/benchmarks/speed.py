"""Wall clock beside what one could run instead: the released search, Inseq's occlusion. One process.

    python tests/benchmarks/speed.py [--runs 5] [--model built-in] [--device cpu] [--dtype auto]

The alternatives are written as they are released: one (token, scale) a call, a clean row in each
batch, logits at every position; Inseq 0.7.1's own occlusion, one row a call. Times alternate within
one run and the ratio is that of medians.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable

import numpy as np
import torch

import noiser
from noiser.builtin import examples


def released(model: noiser.LanguageModel, prompt: str) -> float:
    """α* by the released code's way: every token by itself, ten steps, then a scoring pass."""
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


def medians(ways: dict[str, Callable[[], object]], runs: int) -> dict[str, float]:
    """The median seconds of each way, taken in turn after one warm-up."""
    times: dict[str, list[float]] = {name: [] for name in ways}
    for turn in range(runs + 1):
        for name, way in ways.items():
            started = time.perf_counter()
            way()
            if torch.cuda.is_available():
                torch.cuda.synchronize()
            if turn:
                times[name].append(time.perf_counter() - started)
    return {name: statistics.median(values) for name, values in times.items()}


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--model", default="built-in")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--dtype", default="auto")
    options = parser.parse_args()
    model = noiser.load(options.model, device=options.device, dtype=options.dtype)
    prompt = examples()[5]
    occlude = inseq_occlusion(model)
    found = medians(
        {
            "released search": lambda: released(model, prompt),
            "exact": lambda: noiser.explain(model, prompt),
            "fast": lambda: noiser.explain(model, prompt, noiser.Request(search="fast")),
            "Inseq occlusion": lambda: occlude(prompt),
            "occlusion": lambda: noiser.explain(model, prompt, noiser.Request(method="occlusion")),
        },
        options.runs,
    )
    print(
        f"{model.info.name}, {len(model.read(prompt))} tokens, {model.info.device}, "
        f"{model.info.dtype}, medians of {options.runs}"
    )
    for name, beside in (
        ("exact", "released search"),
        ("fast", "released search"),
        ("occlusion", "Inseq occlusion"),
    ):
        print(
            f"{name:<10} {found[name]:.3f} s against {beside} {found[beside]:.3f} s: "
            f"{found[beside] / found[name]:.1f}×"
        )
    ours = noiser.explain(model, prompt, noiser.Request(method="occlusion"))
    apart = max(
        abs(abs(token.raw or 0.0) - other)
        for token, other in zip(ours.tokens, occlude(prompt), strict=True)
    )
    print(f"occlusion: largest difference from Inseq's scores {apart:.1e}")


if __name__ == "__main__":
    main()
