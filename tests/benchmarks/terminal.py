"""The workbench through a pty, and its heat map in process: the bars it is held to, and what came.

    python tests/benchmarks/terminal.py [--size 120x40] [--term xterm-256color]

Times are from writing to the terminal until the last byte that the answer needs has arrived. Of
several starts the quickest counts, and the median is beside it: what else the machine does only adds.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import heat_map
from heat_map import Row

sys.path.insert(0, str(Path(__file__).parents[2]))
from tests.workbench.outer import ESCAPES, Outer, outer

PROMPT = (
    "As soon as our plane touched down in France, I changed some money and went to sleep. "
    "(My cousin had called about a broken kettle, but never mind that.) The hotel was in the capital,"
)
F5 = "\x1b[15~"
PAINTED, READY, RUNNING, DONE = "F5", "ready", "running", "done"
"""What stands on the screen: on its last line, and in the status bar when that is so."""
WORD = 8
UNMEASURED = 2
"""The first letters of a word may stand elsewhere on the screen too; they are typed and not timed."""


class Window:
    """The workbench in a terminal, read as it arrives."""

    def __init__(self, terminal: Outer) -> None:
        self.started = time.perf_counter()
        self._terminal = terminal

    @property
    def mark(self) -> int:
        """How many bytes have arrived."""
        return len(self._terminal.sent)

    def text(self, since: int = 0) -> str:
        """What was written since byte `since`, without control sequences."""
        return ESCAPES.sub(b"", self._terminal.sent[since:]).decode(errors="replace")

    def type(self, text: str) -> None:
        """Press keys."""
        self._terminal.type(text)

    def until(self, text: str, since: int = 0) -> float:
        """The moment at which `text` had arrived after byte `since`."""
        self._terminal.wait(lambda: text in self.text(since), seconds=600)
        return time.perf_counter()

    def drain(self, seconds: float) -> None:
        """Take in whatever comes for a while."""
        end = time.perf_counter() + seconds
        while (left := end - time.perf_counter()) > 0:
            self._terminal.take(left)

    def echo(self, key: str, shown: str) -> float:
        """Seconds from pressing a key until `shown` is drawn."""
        since, started = self.mark, time.perf_counter()
        self.type(key)
        return self.until(shown, since) - started


@contextmanager
def workbench(size: tuple[int, int], term: str) -> Iterator[Window]:
    """A workbench on the built-in model, in which nothing was open before and nothing is set."""
    with tempfile.TemporaryDirectory() as folder:
        environ = {"NOISER_DATA": folder, "XDG_CONFIG_HOME": folder}
        program = [sys.executable, "-m", "noiser_tui"]
        with outer(program, size=size, term=term, environ=environ) as terminal:
            yield Window(terminal)


def letters() -> Iterator[tuple[str, str]]:
    """Letters and spaces to type, each with the word so far."""
    draw = random.Random(3)
    while True:
        word = "".join(draw.choices("bcdfghjklmnpqrstvwxz", k=WORD))
        for at in range(WORD):
            yield word[at], word[: at + 1]
        yield " ", ""


def timed(window: Window, keys: Iterator[tuple[str, str]]) -> float | None:
    """Type the next letter; the seconds until it is drawn, None of one that is not timed."""
    key, shown = next(keys)
    if len(shown) <= UNMEASURED:
        window.type(key)
        window.drain(0.02)
        return None
    return window.echo(key, shown)


def start(size: tuple[int, int], term: str, runs: int) -> Iterator[Row]:
    """First paint, and the first key drawn of one that is pressed right then."""
    paints, typed = [], []
    for _ in range(runs):
        with workbench(size, term) as window:
            paints.append(window.until(PAINTED) - window.started)
            since = window.mark
            window.type("xqz")
            typed.append(window.until("xqz", since) - window.started)
    for what, bar, found in (("first paint", 0.4, paints), ("ready to type", 0.6, typed)):
        middle = statistics.median(found)
        yield what, f"{bar} s", f"{min(found):.3f} s, median {middle:.3f} of {runs} starts"


def idle(window: Window, count: int) -> Iterator[Row]:
    """Keys while nothing else goes on."""
    keys, found = letters(), list[float]()
    while len(found) < count:
        if (took := timed(window, keys)) is not None:
            found.append(took)
        window.drain(0.03)
    yield _of_keys("idle", 15, found)


def one_run(window: Window, about: str) -> Iterator[Row]:
    """The bytes of explaining a prompt of about 40 tokens."""
    window.type(PROMPT)
    window.drain(1.0)
    since, started = window.mark, time.perf_counter()
    window.type(F5)
    took = window.until(DONE, since) - started
    window.drain(0.5)
    sent = (window.mark - since) / 1000
    yield f"bytes of one run, {about}", "60 kB", f"{sent:.1f} kB in {took:.1f} s"


def busy(window: Window, count: int) -> Iterator[Row]:
    """Keys while a prompt is explained that is long enough for that, as often as it takes."""
    window.type("\x1b[200~" + (" " + PROMPT) * 6 + " \x1b[201~")
    window.drain(1.0)
    keys, found = letters(), list[float]()
    while len(found) < count:
        since = window.mark
        window.type(F5)
        window.until(RUNNING, since)
        since = window.mark
        while len(found) < count and DONE not in window.text(since):
            if (took := timed(window, keys)) is not None:
                found.append(took)
            window.drain(0.03)
    yield _of_keys("while explaining", 25, found)


def _of_keys(when: str, bar: int, found: list[float]) -> Row:
    middle, most = (1e3 * value for value in (statistics.median(found), percentile(found, 0.95)))
    measured = f"{most:.1f} ms, median {middle:.1f} of {len(found)} keys"
    return f"key to screen {when}, 95th percentile", f"{bar} ms", measured


def percentile(values: list[float], share: float) -> float:
    """The value below which `share` of the values lie."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def measure(size: tuple[int, int], term: str, runs: int, keys: int) -> Iterator[Row]:
    """Every row of the table."""
    about = f"{len(PROMPT.split())} words, {size[0]}×{size[1]}, {term}"
    yield from start(size, term, runs)
    with workbench(size, term) as window:
        window.until(READY)
        window.drain(0.5)
        yield from idle(window, keys)
    with workbench(size, term) as window:
        window.until(READY)
        window.drain(0.5)
        yield from one_run(window, about)
        yield from busy(window, keys)
    yield from heat_map.rows(20_000, *size, runs)


def main() -> None:
    """Read the options and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", default="120x40")
    parser.add_argument("--term", default="xterm-256color")
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--keys", type=int, default=100)
    options = parser.parse_args()
    width, height = map(int, options.size.split("x"))
    print("| what | under | measured |\n|---|---|---|", flush=True)
    for row in measure((width, height), options.term, options.runs, options.keys):
        print(f"| {' | '.join(row)} |", flush=True)
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    print(f"\n{date.today()}, {os.cpu_count()} cores, load average {load}")


if __name__ == "__main__":
    main()
