"""Wall clock beside what one could run instead, in one process: every way in turn, medians of ratios.

    python tests/benchmarks/speed.py [--rows built-in,occlusion,large] [--turns 5]

`built-in`: five LongRA prompts of 40 tokens and more. `large`: a random model of Qwen2-0.5B's shape,
five prompts of ten tokens (ten minutes). `occlusion`: Inseq's and ours on one prompt of 40 tokens.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from functools import partial

from alternatives import inseq_occlusion, released
from samples import built_in, knowns, longra, random_model, text_of

import noiser

FAST = noiser.Request(search="fast")
OCCLUSION = noiser.Request(method="occlusion")


def seconds(way: Callable[[], object]) -> float:
    """Wall time of one run."""
    started = time.perf_counter()
    way()
    return time.perf_counter() - started


def ratios(
    plain: Callable[[str], object], ours: dict[str, Callable[[str], object]], texts: list[str]
) -> dict[str, list[float]]:
    """How many times as long the plain way takes on each prompt, after one warm-up of every way."""
    for way in (*ours.values(), *(() if len(texts) < 2 else (plain,))):
        way(texts[0])
    found: dict[str, list[float]] = {name: [] for name in ours}
    for text in texts:
        theirs = seconds(partial(plain, text))
        for name, way in ours.items():
            found[name].append(theirs / seconds(partial(way, text)))
    return found


def told(name: str, values: list[float]) -> str:
    """A median with what it is the median of."""
    low, high = min(values), max(values)
    middle = statistics.median(values)
    return f"{name}: {middle:.1f}× (median of {len(values)}, {low:.1f} to {high:.1f})"


def searches(model: noiser.LanguageModel) -> dict[str, Callable[[str], object]]:
    """Both searches of ours."""
    return {
        "exact": lambda text: noiser.explain(model, text),
        "fast": lambda text: noiser.explain(model, text, FAST),
    }


def of_built_in(turns: int) -> list[str]:
    """The built-in model on prompts of 40 tokens and more."""
    model = built_in()
    texts = [text for text in longra() if len(model.read(text)) >= 40][:turns]
    found = ratios(partial(released, model), searches(model), texts)
    lengths = ", ".join(str(len(model.read(text))) for text in texts)
    return [f"{told(name, values)}, {lengths} tokens" for name, values in found.items()]


def of_large(turns: int) -> list[str]:
    """A random model of Qwen2-0.5B's shape on prompts of ten tokens."""
    model = random_model()
    texts = [text for text in knowns() if len(model.read(text)) in (9, 10, 11)][:turns]
    found = ratios(partial(released, model), searches(model), texts)
    return [f"{told(name, values)}, about 10 tokens" for name, values in found.items()]


def of_occlusion(turns: int) -> list[str]:
    """Occlusion at Inseq's own definition, and how far the scores are apart."""
    model = built_in()
    text, theirs = text_of(model, 40), inseq_occlusion(model)
    ours = {"occlusion": lambda one: noiser.explain(model, one, OCCLUSION)}
    found = ratios(theirs, ours, [text] * max(turns, 9))
    mine = noiser.explain(model, text, OCCLUSION)
    apart = max(
        abs(abs(token.raw or 0.0) - other)
        for token, other in zip(mine.tokens, theirs(text), strict=True)
    )
    return [f"{told('occlusion', found['occlusion'])}, scores {apart:.1e} apart at most"]


ROWS: dict[str, Callable[[int], list[str]]] = {
    "built-in": of_built_in,
    "occlusion": of_occlusion,
    "large": of_large,
}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", default="built-in,occlusion,large")
    parser.add_argument("--turns", type=int, default=5)
    options = parser.parse_args()
    for row in options.rows.split(","):
        for text in ROWS[row](options.turns):
            print(f"{row:<10} {text}", flush=True)


if __name__ == "__main__":
    main()
