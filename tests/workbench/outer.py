"""A terminal of our own: a pty that takes in, and can tell, all that a program sends to it."""

from __future__ import annotations

import base64
import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

ESCAPES = re.compile(
    rb"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|P(?:[^\x1b]|\x1b[^\\])*\x1b\\|[()].|[=>78cM])"
)
_MODES = re.compile(rb"\x1b\[\?([\d;]+)([hlsr])")
_COLOURS = re.compile(rb"\x1b\[([\d;]*)m")
_COPIED = re.compile(rb"\x1b\]52;[^;]*;([A-Za-z0-9+/=]*)(?:\x07|\x1b\\)")


class Outer:
    """A program on the far side of a pty that is its controlling terminal."""

    def __init__(self, pid: int, fd: int) -> None:
        self.pid = pid
        self.fd = fd
        self.sent = b""
        self._code: int | None = None

    def resize(self, width: int, height: int) -> None:
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))

    def type(self, text: str | bytes) -> None:
        os.write(self.fd, text.encode() if isinstance(text, str) else text)

    def take(self, seconds: float = 0.05, most: int = 65536) -> None:
        """Take in what is there, waiting for so long."""
        if self.fd < 0:
            time.sleep(seconds)
        elif select.select([self.fd], [], [], seconds)[0]:
            with contextlib.suppress(OSError):  # EIO: the program is gone
                self.sent += os.read(self.fd, most)

    def wait(self, reached: Callable[[], bool], seconds: float = 30) -> None:
        end = time.monotonic() + seconds
        while not reached():
            assert time.monotonic() < end, self.sent[-2000:]
            self.take()

    def wait_for(self, text: str, since: int = 0) -> None:
        self.wait(lambda: text.encode() in ESCAPES.sub(b"", self.sent[since:]))

    def exit_code(self, seconds: float = 20) -> int:
        """That of the program; what it still sends is taken in."""
        self.wait(self._ended, seconds)
        for _ in range(16):  # what a pty holds back at most
            self.take(0)
        assert self._code is not None
        return self._code

    def _ended(self) -> bool:
        if self._code is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            self._code = os.waitstatus_to_exitcode(status) if pid else None
        return self._code is not None

    def close(self) -> None:
        """Close the terminal, as sshd does when the line is gone."""
        if self.fd >= 0:
            os.close(self.fd)
            self.fd = -1

    def end(self) -> None:
        self.close()
        if self._code is None:
            with contextlib.suppress(ProcessLookupError, ChildProcessError):
                os.kill(self.pid, signal.SIGKILL)
                os.waitpid(self.pid, 0)

    @property
    def modes_on(self) -> set[int]:
        """The private modes that were set and not reset again."""
        on: set[int] = set()
        saved: set[int] = set()
        for numbers, how in _MODES.findall(self.sent):
            for number in map(int, numbers.split(b";")):
                back = how == b"r" and number in saved
                if how == b"s":
                    saved = saved | {number} if number in on else saved - {number}
                else:
                    on.add(number) if how == b"h" or back else on.discard(number)
        return on

    @property
    def kitty_depth(self) -> int:
        """How many pushes of the kitty keyboard protocol stand."""
        return len(re.findall(rb"\x1b\[>\d+u", self.sent)) - self.sent.count(b"\x1b[<u")

    @property
    def copied(self) -> list[bytes]:
        """What the program put into the clipboard, time after time."""
        return [base64.b64decode(one) for one in _COPIED.findall(self.sent)]

    @property
    def colours(self) -> set[str]:
        """The kinds of colours used: 16, 256, truecolor."""
        kinds = set()
        for one in _COLOURS.findall(self.sent):
            numbers = [int(part or 0) for part in one.split(b";")]
            while numbers:
                code = numbers.pop(0)
                if code in (38, 48) and numbers:
                    kind = numbers.pop(0)
                    kinds.add("256" if kind == 5 else "truecolor")
                    del numbers[: 1 if kind == 5 else 3]
                elif 30 <= code % 60 <= 37 or 40 <= code % 60 <= 47 or 90 <= code <= 107:
                    kinds.add("16")
        return kinds


@contextmanager
def outer(
    arguments: list[str],
    *,
    size: tuple[int, int] = (80, 24),
    term: str = "xterm-256color",
    environ: Mapping[str, str | None] | None = None,
) -> Iterator[Outer]:
    """Run a program in such a terminal; None in `environ` takes a variable away."""
    values = {**os.environ, "TERM": term, "HF_HUB_OFFLINE": "1"}
    for name in ("COLORTERM", "NO_COLOR", "TMUX", "TMUX_PANE", "STY", "SSH_CONNECTION", "SSH_TTY"):
        values.pop(name, None)
    for name, value in (environ or {}).items():
        values.pop(name, None)
        if value is not None:
            values[name] = value
    pid, fd = pty.fork()
    if pid == 0:
        width, height = size
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))
        os.execvpe(arguments[0], arguments, values)
    window = Outer(pid, fd)
    try:
        yield window
    finally:
        window.end()
