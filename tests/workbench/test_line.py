"""What goes over the line to the terminal, counted on the far side of a pty."""

from __future__ import annotations

import sys
import time

import pytest

from tests.workbench.outer import ESCAPES, Outer, outer

TEXT = " ".join(f"w{i}" for i in range(40))
WHERE = b"\x1b[6n"
F5 = "\x1b[15~"


class SlowLine:
    """Reads 20 kB a second, and answers, as a terminal does, what it has read by then."""

    def __init__(self, terminal: Outer) -> None:
        self.terminal = terminal
        self._answered = 0

    def until(self, text: str, since: int = 0) -> None:
        end = time.monotonic() + 60
        while text.encode() not in ESCAPES.sub(b"", self.terminal.sent[since:]):
            assert time.monotonic() < end, self.terminal.sent[-2000:]
            self.terminal.take(0.05, most=400)
            time.sleep(0.02)
            while self.terminal.sent.count(WHERE) > self._answered:
                self._answered += 1
                self.terminal.type("\x1b[9;9R")


def long_run(steps: int) -> list[str]:
    return [sys.executable, "-m", "tests.workbench.long_run", str(steps)]


@pytest.mark.parametrize("steps", [10, 20])
def test_a_run_of_forty_tokens_is_few_bytes(steps: int) -> None:
    with outer(long_run(steps), size=(120, 40)) as terminal:
        terminal.wait_for("ready")
        terminal.type(TEXT)
        terminal.wait_for("w39")
        since = len(terminal.sent)
        terminal.type(F5)
        terminal.wait_for("done", since)
        # a step changes eight lines of brackets here, each in some 60 of its cells
        assert len(terminal.sent) - since < 12_000 + steps * 2_000


def test_on_a_slow_line_a_key_waits_for_little() -> None:
    environ = {"SSH_CONNECTION": "10.0.0.1 5 10.0.0.2 22", "TEXTUAL_FPS": "60"}
    with outer(long_run(400), size=(120, 40), environ=environ) as terminal:
        line = SlowLine(terminal)
        line.until("ready")
        terminal.type(TEXT)
        line.until("w39")
        since = len(terminal.sent)
        terminal.type(F5)
        line.until("running", since)
        for word in ("qzx", "vjk", "xqk", "kvz"):
            since = len(terminal.sent)
            terminal.type(f" {word}")
            line.until(word, since)
            assert len(terminal.sent) - since < 20_000  # a second of this line
