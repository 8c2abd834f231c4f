"""A real terminal: tmux on a server of its own, driven by send-keys and read by capture-pane."""

from __future__ import annotations

import contextlib
import os
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.tmux_server import server_name

needs_tmux = pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed")


class Terminal:
    """One window of a private tmux server."""

    def __init__(self, socket: str, folder: Path) -> None:
        self._socket = socket
        self.exit_file = folder / "exit"
        self.pid_file = folder / "pid"

    def tmux(self, *arguments: str) -> str:
        done = subprocess.run(
            ["tmux", "-L", self._socket, "-f", "/dev/null", *arguments],
            capture_output=True,
            text=True,
            check=False,
        )
        return done.stdout

    def press(self, *keys: str) -> None:
        self.tmux("send-keys", *keys)

    def type(self, text: str) -> None:
        self.tmux("send-keys", "-l", text)

    def screen(self) -> str:
        return self.tmux("capture-pane", "-p")

    def mode(self, flag: str) -> str:
        """A flag of the terminal itself, such as alternate_on or mouse_any_flag."""
        return self.tmux("display-message", "-p", f"#{{{flag}}}").strip()

    def wait_for(self, *texts: str, seconds: float = 60) -> str:
        """The screen once every text stands on it."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            screen = self.screen()
            if all(text in screen for text in texts):
                return screen
            time.sleep(0.05)
        raise AssertionError(f"{texts} did not appear on:\n{self.screen()}")

    def wait_for_exit(self, seconds: float = 20) -> int:
        """The exit code of the program."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.exit_file.is_file() and (text := self.exit_file.read_text().strip()):
                return int(text)
            time.sleep(0.05)
        raise AssertionError(f"still running:\n{self.screen()}")

    @property
    def pid(self) -> int:
        """The process of the program."""
        return int(self.pid_file.read_text())


@contextmanager
def terminal(
    folder: Path,
    *arguments: str,
    size: tuple[int, int] = (80, 24),
    term: str = "tmux-256color",
    program: str = "noiser_tui",
    **environ: str,
) -> Iterator[Terminal]:
    """Run `noiser` with `arguments` in a terminal; a shell prompt stands there when it is left.

    `program` is the module that is run in its place.
    """
    command_line = [sys.executable, "-m", program, *arguments]
    data = str(folder / "data")  # what one window leaves open is not the next one's
    values = {"TERM": term, "HF_HUB_OFFLINE": "1", "NOISER_DATA": data, **environ}
    setting = " ".join(f"{name}={shlex.quote(value)}" for name, value in values.items())
    with server_name("test") as socket:
        window = Terminal(socket, folder)
        command = f"env -u COLORTERM -u NO_COLOR {setting} sh -c " + shlex.quote(
            f"sh -c 'echo $$ > {window.pid_file}; exec \"$@\"' - {shlex.join(command_line)}; "
            f"echo $? > {window.exit_file}; echo BACK-AT-THE-SHELL; sleep 60"
        )
        width, height = size
        window.tmux("new-session", "-d", "-x", str(width), "-y", str(height), command)
        try:
            yield window
        finally:
            with contextlib.suppress(OSError, ValueError):
                os.kill(window.pid, 9)
