"""How often a coarser precision, or another batch shape, changes α*; and whether the record says so.

    python tests/benchmarks/precision.py [--data FOLDER]

On the 75 prompts and the built-in model: float32 and bfloat16, packed rows against rows of one length
through the model's own forward, and each against float64.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from samples import DATA, built_in, knowns, longra

import noiser


def explained(dtype: str, texts: list[str], *, packed: bool = True) -> list[noiser.Explanation]:
    """All prompts in one precision, by one kind of rows."""
    model = noiser.load(device="cpu", dtype=dtype) if not packed else built_in(dtype)
    if not packed:
        model.__dict__["packed_fault"] = "of this benchmark"
    return [noiser.explain(model, text) for text in texts]


def measure(data: Path) -> list[str]:
    """A line per precision."""
    texts = [*knowns(data), *longra(data)]
    right = explained("float64", texts)
    lines = []
    for dtype in ("float32", "bfloat16"):
        packed, other = explained(dtype, texts), explained(dtype, texts, packed=False)
        shapes = [(a, b) for a, b in zip(packed, other, strict=True) if a.alpha != b.alpha]
        wrong = [(a, b) for a, b in zip(packed, right, strict=True) if a.alpha != b.alpha]
        close = sum(e.close_decisions > 0 for e in packed)
        lines.append(
            f"{dtype}: another batch shape moves α* on {len(shapes)} of {len(texts)}, "
            f"{sum(a.close_decisions > 0 for a, _ in shapes)} of them told; "
            f"not float64's on {len(wrong)}, {sum(a.close_decisions > 0 for a, _ in wrong)} told; "
            f"told on {close} in all"
        )
    return lines


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA)
    print(*measure(parser.parse_args().data), sep="\n")


if __name__ == "__main__":
    main()
