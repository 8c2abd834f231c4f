"""Estimates beside what came: how often calls, token-forwards and seconds are right within twice.

python tests/benchmarks/estimates.py [--data FOLDER]
"""

from __future__ import annotations

import argparse
from pathlib import Path

from samples import DATA, built_in, knowns, longra

import noiser

REQUESTS = (
    noiser.Request(),
    noiser.Request(search="fast"),
    noiser.Request(method="occlusion"),
    noiser.Request(bound="norm-l2"),
)


def measure(data: Path) -> list[str]:
    """A line per request, over 15 Knowns and 10 LongRA prompts."""
    model, lines, all_right, count = built_in(), [], 0, 0
    texts = [*knowns(data)[::4], *longra(data)[::3]]
    noiser.explain(model, texts[0])
    for request in REQUESTS:
        right = {"calls": 0, "token-forwards": 0, "seconds": 0}
        for text in texts:
            told = noiser.estimate(model, text, request)
            came = noiser.explain(model, text, request)
            pairs = {
                "calls": told.calls / came.work.calls,
                "token-forwards": told.token_forwards / came.work.token_forwards,
                "seconds": told.seconds / came.seconds,
            }
            within = {name: 0.5 <= value <= 2 for name, value in pairs.items()}
            right = {name: right[name] + within[name] for name in right}
            all_right, count = all_right + all(within.values()), count + 1
        name = f"{request.method} {request.bound} {request.search}"
        lines.append(f"{name}: " + ", ".join(f"{n} {v} of {len(texts)}" for n, v in right.items()))
    return [*lines, f"all three right within twice on {all_right} of {count}"]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA)
    print(*measure(parser.parse_args().data), sep="\n")


if __name__ == "__main__":
    main()
