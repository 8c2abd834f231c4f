"""Soft-NS and Soft-NC with 16 masks beside the released code's way, in one process, in turn.

    python tests/benchmarks/metrics.py [--tokens 40] [--turns 5]

Both measure one method and the random baseline on one prompt of the built-in model. A sample is both.
"""

from __future__ import annotations

import argparse
import statistics
from collections.abc import Callable

import torch
from samples import built_in, text_of
from speed import seconds, told

import noiser
from noiser.metrics.measure import Options, measure_each
from noiser.metrics.soft import MASKS

SOFT = Options(metrics=("soft",))
METHODS = ("noiser", "occlusion", "random")


def released(
    model: noiser.LanguageModel, ids: tuple[int, ...], scores: torch.Tensor
) -> tuple[float, float]:
    """Soft-NS and Soft-NC of scores, shape (1, n), one mask a call.

    As released: each metric runs the clean prompt, the masked one and the zeroed one for every mask, and
    takes logits at every position.
    """
    clean = model.embed(ids).unsqueeze(0)

    def distribution(embeddings: torch.Tensor) -> torch.Tensor:
        with torch.inference_mode():
            logits = model.network(inputs_embeds=embeddings, use_cache=False).logits
        return torch.softmax(logits[:, len(ids) - 1], -1)[0]

    def distance(one: torch.Tensor, other: torch.Tensor) -> float:
        return float((one.sqrt() - other.sqrt()).norm() / 2**0.5)

    def masked(keep: torch.Tensor) -> float:
        kept = torch.bernoulli(keep.unsqueeze(-1).expand_as(clean))
        return distance(distribution(clean), distribution(clean * kept))

    def zeroed() -> float:
        return distance(distribution(clean), distribution(torch.zeros_like(clean)))

    sufficiency = comprehensiveness = 0.0
    for _ in range(MASKS):
        kept, nothing = masked(scores), zeroed()
        sufficiency += max(0.0, nothing - kept) / nothing / MASKS
        comprehensiveness += masked(1 - scores) / zeroed() / MASKS
    return sufficiency, comprehensiveness


def measure(tokens: int, turns: int) -> list[str]:
    """The ratio for one method with the baseline, and for several methods that share it."""
    model = built_in()
    text = text_of(model, tokens)
    runs = [noiser.explain(model, text, noiser.Request(method=method)) for method in METHODS]
    ids = model.read(text).ids
    scores = [torch.tensor([[token.score or 0.0 for token in run.tokens]]) for run in runs]

    def theirs(count: int) -> Callable[[], object]:
        def way() -> None:
            control = torch.softmax(torch.rand(1, len(ids)), -1)
            for one in (*scores[:count], control):
                released(model, ids, one)

        return way

    def ours(count: int) -> Callable[[], object]:
        return lambda: measure_each(model, runs[:count], SOFT)

    lines = []
    for count in (1, len(METHODS)):
        ours(count)(), theirs(count)()
        pairs = [(seconds(theirs(count)), seconds(ours(count))) for _ in range(turns)]
        ratios = [slow / fast for slow, fast in pairs]
        rate = statistics.median(count / fast for _, fast in pairs)
        named = "one method" if count == 1 else f"{count} methods on one prompt"
        told_ratio = told(f"{named} and random, {MASKS} masks, {len(ids)} tokens", ratios)
        lines.append(f"{told_ratio}; {rate:.1f} samples a second")
    return lines


def main() -> None:
    """Print what was measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tokens", type=int, default=40)
    parser.add_argument("--turns", type=int, default=5)
    options = parser.parse_args()
    print(*measure(options.tokens, options.turns), sep="\n")


if __name__ == "__main__":
    main()
