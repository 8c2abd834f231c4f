"""Token-forwards of the default request against the released code's 121·n² + 11·n.

    python tests/benchmarks/work.py [--data PATH] [--prompts 50] [--model built-in]

Takes prompts of known_1000.json at even distances and prints a table, its last line the total.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from pathlib import Path

from noiser.explainer import explain
from noiser.explanation import Explanation
from noiser.model.loading import load
from noiser.request import Request

ROOT = Path(__file__).resolve().parent.parent.parent
DATA = ROOT.parent / "shared" / "data" / "known_1000.json"


def prompts(path: Path, count: int) -> list[str]:
    """`count` prompts spread evenly over the file."""
    facts = json.loads(path.read_text(encoding="utf-8"))
    texts = [str(fact["prompt"]) for fact in facts]
    return [texts[i * len(texts) // count] for i in range(min(count, len(texts)))]


def ratio(explanations: list[Explanation]) -> float:
    ours = sum(e.work.token_forwards for e in explanations)
    return sum(e.work.reference_token_forwards for e in explanations) / ours


def line(name: str, explanations: list[Explanation]) -> str:
    ours = sum(e.work.token_forwards for e in explanations)
    theirs = sum(e.work.reference_token_forwards for e in explanations)
    return (
        f"{name:<22}{len(explanations):>8}{theirs:>14,}{ours:>12,}"
        f"{ratio(explanations):>9.2f}{sum(e.seconds for e in explanations):>9.1f}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--prompts", type=int, default=50)
    parser.add_argument("--model", default="built-in")
    arguments = parser.parse_args()
    model = load(arguments.model, device="cpu")
    started = time.perf_counter()
    done = [explain(model, text, Request()) for text in prompts(arguments.data, arguments.prompts)]
    header = ("prompts", "121n²+11n", "ours", "ratio", "seconds")
    print(f"{'':<22}{header[0]:>8}{header[1]:>14}{header[2]:>12}{header[3]:>9}{header[4]:>9}")
    flips = [e for e in done if not e.saturated]
    never = [e for e in done if e.saturated]
    for name, some in (("some token flips", flips), ("none ever flips", never), ("all", done)):
        if some:
            print(line(name, some))
    each = [ratio([e]) for e in done]
    alphas = [e.alpha for e in flips if e.alpha is not None]
    print(
        f"ratio per prompt: median {statistics.median(each):.2f}, lowest {min(each):.2f}, "
        f"highest {max(each):.2f}; median α* {statistics.median(alphas or [0]):.4f}; "
        f"{time.perf_counter() - started:.1f} s"
    )


if __name__ == "__main__":
    main()
