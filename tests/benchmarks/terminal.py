"""The workbench through a pty: first paint, key to screen, bytes sent. Prints a table.

    python tests/benchmarks/terminal.py [--size 120x40] [--term xterm-256color]

Times are from writing to the terminal until the last byte that the answer needs has arrived.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import pty
import select
import signal
import statistics
import struct
import sys
import termios
import time

PROMPT = (
    "As soon as our plane touched down in France, I changed some money and went to sleep. "
    "(My cousin had called about a broken kettle, but never mind that.) The hotel was in the capital,"
)


class Window:
    """A program on the far side of a pty, and everything it has written."""

    def __init__(self, arguments: list[str], width: int, height: int, term: str) -> None:
        self.started = time.perf_counter()
        self.child, self.fd = pty.fork()
        if self.child == 0:
            for name in ("COLORTERM", "NO_COLOR"):
                os.environ.pop(name, None)
            os.environ["TERM"] = term
            size = struct.pack("HHHH", height, width, 0, 0)
            fcntl.ioctl(0, termios.TIOCSWINSZ, size)
            os.execv(arguments[0], arguments)
        self.written = b""

    def read_until(self, text: str, seconds: float = 60, since: int = 0) -> float:
        """The moment at which `text` had arrived after byte `since`."""
        wanted = text.encode()
        end = time.perf_counter() + seconds
        while wanted not in self.written[since:]:
            if time.perf_counter() > end:
                raise TimeoutError(f"{text!r} did not arrive")
            if select.select([self.fd], [], [], 0.05)[0]:
                self.written += os.read(self.fd, 65536)
        return time.perf_counter()

    def drain(self, seconds: float) -> None:
        """Take in whatever comes for a while."""
        end = time.perf_counter() + seconds
        while (left := end - time.perf_counter()) > 0:
            if select.select([self.fd], [], [], left)[0]:
                self.written += os.read(self.fd, 65536)

    def echo(self, key: str) -> float:
        """Seconds from pressing a key until its character is drawn."""
        since = len(self.written)
        started = time.perf_counter()
        os.write(self.fd, key.encode())
        return self.read_until(key, seconds=10, since=since) - started

    def close(self) -> None:
        """End the program."""
        os.kill(self.child, signal.SIGKILL)
        os.waitpid(self.child, 0)
        os.close(self.fd)


def percentile(values: list[float], share: float) -> float:
    """The value below which `share` of the values lie."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def measure(width: int, height: int, term: str, runs: int, keys: int) -> None:
    """Print every figure."""
    command = [sys.executable, "-m", "noiser_tui"]
    paints = []
    for _ in range(runs):
        window = Window(command, width, height, term)
        paints.append(window.read_until("Explain") - window.started)  # the last line of the screen
        window.close()
    print(f"first paint            median {statistics.median(paints):.3f} s of {runs}")

    window = Window(command, width, height, term)
    window.read_until("ready")
    print(f"model ready            {time.perf_counter() - window.started:.2f} s")
    window.drain(0.5)
    idle = [window.echo("qxzjkv"[i % 6]) for i in range(keys)]
    print(
        f"key to screen, idle    median {1e3 * statistics.median(idle):.1f} ms, "
        f"95% {1e3 * percentile(idle, 0.95):.1f} ms of {keys}"
    )
    os.write(window.fd, b"\x7f" * keys)
    window.drain(0.5)
    os.write(window.fd, PROMPT.encode())
    window.drain(1.0)
    since = len(window.written)
    os.write(window.fd, b"\x1b[15~")
    window.read_until("done", since=since)
    window.drain(0.5)
    print(
        f"bytes of one run       {len(window.written) - since:,} "
        f"({len(PROMPT.split())} words, {width}x{height}, {term})"
    )

    # a prompt long enough to keep the engine busy while keys are pressed
    os.write(window.fd, b"\x1b[200~" + (" " + PROMPT).encode() * 6 + b"\x1b[201~")
    window.drain(1.0)
    os.write(window.fd, b"\x1b[15~")
    window.drain(0.5)
    busy = []
    mark = len(window.written)
    while len(busy) < keys and b"done" not in window.written[mark:]:
        busy.append(window.echo("qxzjkv"[len(busy) % 6]))
        window.drain(0.03)
    print(
        f"key to screen, busy    median {1e3 * statistics.median(busy):.1f} ms, "
        f"95% {1e3 * percentile(busy, 0.95):.1f} ms of {len(busy)}"
    )
    window.close()


def main() -> None:
    """Read the options and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", default="120x40")
    parser.add_argument("--term", default="xterm-256color")
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--keys", type=int, default=100)
    options = parser.parse_args()
    width, height = map(int, options.size.split("x"))
    measure(width, height, options.term, options.runs, options.keys)


if __name__ == "__main__":
    main()
