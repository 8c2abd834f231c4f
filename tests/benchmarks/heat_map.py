"""The heat map of a long prompt, in process: first draw, recolour, one page scroll. Prints a table.

    python tests/benchmarks/heat_map.py [--tokens 20000] [--size 120x40]

Each time is from the call to the lines of the screen; the terminal is not in it.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import statistics
import time
from collections.abc import Callable, Iterator

from textual.app import App, ComposeResult
from textual.geometry import Region

from noiser.prompt import Token, pieces
from noiser_tui.look.themes import load_theme
from noiser_tui.workbench.look import Pens
from noiser_tui.workbench.widgets.heat_map import HeatMap

Row = tuple[str, str, str]
"""What was measured, what it is to stay under, what came."""
BARS = {"first draw": 150, "recolour": 30, "one page scroll": 15}
"""Milliseconds by what is done."""


class Alone(App[None]):
    """A heat map with the screen to itself."""

    def compose(self) -> ComposeResult:
        yield HeatMap(Pens(load_theme(), "256"))


def prompt_of(count: int) -> tuple[str, list[Token]]:
    """A text of so many tokens, one in 30 of them in another script."""
    draw = random.Random(1)
    text, tokens = "", []
    for _ in range(count):
        letters = "abcdefghij" if draw.random() < 29 / 30 else "数据模型词"
        word = " " + "".join(draw.choices(letters, k=draw.randint(1, 8)))
        tokens.append(Token(draw.randrange(50_000), word, len(text), len(text) + len(word)))
        text += word
    return text, tokens


async def measured(count: int, width: int, height: int, runs: int) -> dict[str, list[float]]:
    """Milliseconds by what was done."""
    text, tokens = prompt_of(count)
    cut = pieces(text, tokens)
    draw = random.Random(2)
    times: dict[str, list[float]] = {}
    async with Alone().run_test(size=(width, height)) as pilot:
        heat = pilot.app.query_one(HeatMap)

        def shown() -> None:
            heat.render_lines(Region(0, 0, heat.size.width, heat.size.height))

        async def timed(name: str, act: Callable[[], object]) -> None:
            started = time.perf_counter()
            act()
            shown()
            times.setdefault(name, []).append(1e3 * (time.perf_counter() - started))
            await pilot.pause()

        def first() -> None:
            heat.show_prompt(cut, tokens)
            heat.show_scores(scores)

        def coloured() -> None:
            heat.show_scores(scores)

        def scrolled() -> None:
            page = heat.scroll_offset.y + heat.size.height
            heat.scroll_to(y=page, animate=False, immediate=True)

        for _ in range(runs):
            scores = [draw.random() ** 4 for _ in cut]
            await timed("first draw", first)
            scores = [draw.random() ** 4 for _ in cut]
            await timed("recolour", coloured)
            await timed("one page scroll", scrolled)
            heat.scroll_home(animate=False, immediate=True)
    return times


def rows(count: int, width: int, height: int, runs: int) -> Iterator[Row]:
    """Every row of the table."""
    for name, took in asyncio.run(measured(count, width, height, runs)).items():
        least, middle = min(took), statistics.median(took)
        told = f"{least:.1f} ms, median {middle:.1f} of {runs}"
        yield f"heat map of {count:,} tokens: {name}", f"{BARS[name]} ms", told


def main() -> None:
    """Read the options and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tokens", type=int, default=20_000)
    parser.add_argument("--size", default="120x40")
    parser.add_argument("--runs", type=int, default=7)
    options = parser.parse_args()
    width, height = map(int, options.size.split("x"))
    for row in rows(options.tokens, width, height, options.runs):
        print(f"| {' | '.join(row)} |")


if __name__ == "__main__":
    main()
