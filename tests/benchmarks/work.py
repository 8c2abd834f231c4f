"""Token-forwards against the released code's 121·n² + 11·n, exact and fast search side by side.

    python tests/benchmarks/work.py [--data FOLDER] [--noise 30]

Takes 50 prompts of known_1000.json and 25 of LongRA.json at even distances, on the built-in model.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from samples import DATA, built_in, knowns, longra

import noiser
from noiser.methods import noise as method


@contextmanager
def louder(times: float) -> Iterator[None]:
    """Draws so many times as large, as if α were smaller by that: about 0.002 with 30."""
    plain = method.make_draws
    method.make_draws = lambda *of: times * plain(*of)
    try:
        yield
    finally:
        method.make_draws = plain


def explained(texts: Sequence[str], search: str) -> list[noiser.Explanation]:
    """Every prompt by one search."""
    request = noiser.Request(search=search)
    return [noiser.explain(built_in(), text, request) for text in texts]


def ratio(done: Sequence[noiser.Explanation]) -> float:
    """How many times fewer token-forwards than the released code's, over all of them."""
    return sum(e.work.reference_token_forwards for e in done) / sum(
        e.work.token_forwards for e in done
    )


def line(name: str, search: str, done: Sequence[noiser.Explanation]) -> str:
    """One row of the table."""
    ours = sum(e.work.token_forwards for e in done)
    theirs = sum(e.work.reference_token_forwards for e in done)
    calls = sum(e.work.calls for e in done)
    return (
        f"{name:<18}{search:<7}{len(done):>8}{theirs:>13,}{ours:>12,}{ratio(done):>8.2f}{calls:>8,}"
    )


def certified(explanation: noiser.Explanation) -> bool:
    """Whether no token flips the prediction at the scale found."""
    return not any("Noise of the scale found" in w.message for w in explanation.warnings)


def measure(data: Path, noise: float) -> tuple[list[str], list[str]]:
    """The table's lines, and those that sum it up: exact, fast, how often they agree."""
    sets = {"Knowns": knowns(data), "LongRA": longra(data)}
    found: dict[str, list[noiser.Explanation]] = {}
    lines = []
    with louder(noise):
        for search in ("exact", "fast"):
            found[search] = []
            for name, texts in sets.items():
                done = explained(texts, search)
                lines.append(line(name, search, done))
                if never := [e for e in done if e.saturated]:
                    lines.append(line("  none ever flips", search, never))
                found[search] += done
            lines.append(line("all", search, found[search]))
    pairs = list(zip(found["exact"], found["fast"], strict=True))
    same = sum(exact.alpha == fast.alpha for exact, fast in pairs)
    middle = sorted(e.alpha or 0.0 for e in found["exact"])[len(pairs) // 2]
    sums = [
        f"exact: {ratio(found['exact']):.2f}× fewer (median α* {middle:.4f})",
        f"fast: {ratio(found['fast']):.2f}× fewer, α* the same on {same} of {len(pairs)}, "
        f"every token holds at it on {sum(map(certified, found['fast']))}",
    ]
    return lines, sums


def main() -> None:
    """Explain every prompt with both searches and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--noise", type=float, default=1.0)
    options = parser.parse_args()
    lines, sums = measure(options.data, options.noise)
    print(
        f"{'':<18}{'search':<7}{'prompts':>8}{'121n²+11n':>13}{'ours':>12}{'ratio':>8}{'calls':>8}"
    )
    print(*lines, *sums, sep="\n")


if __name__ == "__main__":
    main()
