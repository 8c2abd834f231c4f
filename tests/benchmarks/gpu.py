"""The rows of a GPU: the released search beside ours in bf16, and the share of the matrix rate.

    PYTHONPATH=core python tests/benchmarks/gpu.py [--device cuda] [--turns 5]

From the source tree, without a network: needs torch, transformers and numpy only. The matrix rate is
that of a large product in bf16, measured in the same run.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable

import torch
from alternatives import released
from samples import random_model, text_of

import noiser


def seconds(way: Callable[[], object]) -> float:
    """Wall time of one run, the device's work included."""
    torch.cuda.synchronize()
    started = time.perf_counter()
    way()
    torch.cuda.synchronize()
    return time.perf_counter() - started


def matrix_rate(device: str) -> float:
    """Operations a second of a large matrix product in bf16."""
    size = 8192
    a, b = (torch.randn(size, size, device=device, dtype=torch.bfloat16) for _ in range(2))
    times = [seconds(lambda: a @ b) for _ in range(12)]
    return 2 * size**3 / statistics.median(times[2:])


def beside_released(model: noiser.LanguageModel, turns: int) -> None:
    """Both searches beside the released one, 42 tokens."""
    text = text_of(model, 42)
    fast = noiser.Request(search="fast")
    ways: dict[str, Callable[[], object]] = {
        "released": lambda: released(model, text),
        "exact": lambda: noiser.explain(model, text),
        "fast": lambda: noiser.explain(model, text, fast),
    }
    times: dict[str, list[float]] = {name: [] for name in ways}
    for turn in range(turns + 1):
        for name, way in ways.items():
            took = seconds(way)
            if turn:
                times[name].append(took)
    found = {name: statistics.median(values) for name, values in times.items()}
    for name in ("exact", "fast"):
        print(
            f"42 tokens, {name}: {found[name]:.3f} s against {found['released']:.1f} s, "
            f"{found['released'] / found[name]:.0f}×"
        )


def share_of_rate(model: noiser.LanguageModel, rate: float) -> None:
    """Operations of the body a second, against the matrix rate, at 256 tokens; a scoring pass."""
    text = text_of(model, 256)
    request = noiser.Request(bound="norm-l2")
    noiser.explain(model, text, request)
    torch.cuda.reset_peak_memory_stats()
    explanation = noiser.explain(model, text, request)
    took = seconds(lambda: noiser.explain(model, text, request))
    body = model.info.parameters - model.vocabulary * model.dim
    done = 2 * body * explanation.work.token_forwards / took
    print(
        f"256 tokens: {done / 1e12:.0f} of {rate / 1e12:.0f} tera-operations a second, "
        f"{done / rate:.0%}; peak {torch.cuda.max_memory_allocated() / 1e9:.1f} GB, "
        f"{explanation.work.calls} calls"
    )


def main() -> None:
    """Measure and print, or say why not."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--turns", type=int, default=5)
    options = parser.parse_args()
    if not torch.cuda.is_available():
        print("not measured: torch sees no GPU here")
        return
    model = random_model(options.device, "bfloat16")
    print(
        f"{torch.cuda.get_device_name()}, torch {torch.__version__}, {model.packed_fault or 'packed'}"
    )
    beside_released(model, options.turns)
    share_of_rate(model, matrix_rate(options.device))


if __name__ == "__main__":
    main()
