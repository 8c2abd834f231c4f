"""Token-forwards against the released code's 121·n² + 11·n, exact and fast search side by side.

    python tests/benchmarks/work.py [--data FOLDER] [--knowns 50] [--longra 25] [--model built-in]

Takes prompts of known_1000.json and LongRA.json at even distances.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

import noiser

ROOT = Path(__file__).resolve().parent.parent.parent
DATA = ROOT.parent / "shared" / "data"


def prompts(path: Path, count: int) -> list[str]:
    """`count` prompts spread evenly over the file."""
    texts = [str(sample["prompt"]) for sample in json.loads(path.read_text(encoding="utf-8"))]
    return [texts[i * len(texts) // count] for i in range(min(count, len(texts)))]


def line(name: str, search: str, done: Sequence[noiser.Explanation]) -> str:
    """One row of the table."""
    ours = sum(e.work.token_forwards for e in done)
    theirs = sum(e.work.reference_token_forwards for e in done)
    seconds = sum(e.seconds for e in done)
    return (
        f"{name:<18}{search:<7}{len(done):>8}{theirs:>13,}{ours:>12,}{theirs / ours:>8.2f}"
        f"{sum(e.work.calls for e in done):>8,}{seconds:>9.1f}"
    )


def main() -> None:
    """Explain every prompt with both searches and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--knowns", type=int, default=50)
    parser.add_argument("--longra", type=int, default=25)
    parser.add_argument("--model", default="built-in")
    options = parser.parse_args()
    model = noiser.load(options.model, device="cpu")
    sets = {
        "Knowns": prompts(options.data / "known_1000.json", options.knowns),
        "LongRA": prompts(options.data / "LongRA.json", options.longra),
    }
    found: dict[str, dict[str, list[noiser.Explanation]]] = {
        search: {
            name: [noiser.explain(model, text, noiser.Request(search=search)) for text in texts]
            for name, texts in sets.items()
        }
        for search in ("exact", "fast")
    }
    print(
        f"{'':<18}{'search':<7}{'prompts':>8}{'121n²+11n':>13}{'ours':>12}{'ratio':>8}"
        f"{'calls':>8}{'seconds':>9}"
    )
    for search, by_set in found.items():
        for name, done in by_set.items():
            print(line(name, search, done))
            if never := [e for e in done if e.saturated]:
                print(line("  none ever flips", search, never))
        print(line("all", search, [e for done in by_set.values() for e in done]))
    pairs = [
        (exact, fast)
        for name in sets
        for exact, fast in zip(found["exact"][name], found["fast"][name], strict=True)
    ]
    same = sum(exact.alpha == fast.alpha for exact, fast in pairs)
    print(f"the fast search found the exact search's α* on {same} of {len(pairs)} prompts")


if __name__ == "__main__":
    main()
