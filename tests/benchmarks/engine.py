"""Everything the engine is held to, in one command: a Markdown table of what was measured.

    python tests/benchmarks/engine.py [--data FOLDER] [--without large,long]

Half an hour on two cores. Every ratio is taken side by side in this one run; the GPU's rows say "not
measured" where there is none, and `gpu.py` fills them. README.md beside this file keeps the outcomes.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import estimates
import long_prompt
import metrics
import precision
import speed
import work
from samples import DATA


def gpu() -> list[str]:
    """The GPU's rows, in a process of their own."""
    command = [sys.executable, str(Path(__file__).with_name("gpu.py"))]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def rows(data: Path) -> dict[str, Callable[[], list[str]]]:
    """What each row measures."""
    return {
        "work": lambda: work.measure(data, 1.0)[1],
        "louder": lambda: work.measure(data, 30.0)[1],
        "built-in": lambda: speed.of_built_in(5),
        "large": lambda: speed.of_large(5),
        "gpu": gpu,
        "occlusion": lambda: speed.of_occlusion(9),
        "long": lambda: long_prompt.measure(4096, "300MB", 2),
        "precision": lambda: precision.measure(data),
        "metrics": lambda: metrics.measure(40, 5),
        "estimates": lambda: estimates.measure(data),
    }


def table(data: Path, without: set[str]) -> Iterator[str]:
    """The table's lines as they come."""
    yield "| row | measured |"
    yield "|---|---|"
    for name, measure in rows(data).items():
        if name not in without:
            yield f"| {name} | {'; '.join(measure())} |"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--without", default="")
    options = parser.parse_args()
    for line in table(options.data, set(filter(None, options.without.split(",")))):
        print(line, flush=True)


if __name__ == "__main__":
    main()
