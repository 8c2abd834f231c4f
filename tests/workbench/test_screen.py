"""The workbench in GNU screen: what is pressed, drawn, copied and left behind goes through it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.tiny import save_tiny
from tests.workbench.outer import Outer, outer

pytestmark = pytest.mark.skipif(shutil.which("screen") is None, reason="screen is not installed")

LEFT = "BACK-AT-THE-SHELL"


class Screen:
    """One window of a session of its own, shown in a pty."""

    def __init__(self, session: str, folder: Path, window: Outer) -> None:
        self._session = session
        self._picture = folder / "picture"
        self.window = window

    def command(self, *words: str) -> None:
        arguments = ["screen", "-S", self._session, "-X", *words]
        subprocess.run(arguments, capture_output=True, check=False, timeout=20)

    def picture(self) -> str:
        """What stands in the window; of a sign beyond Latin-1 only a byte, which may be no text."""
        self._picture.unlink(missing_ok=True)
        self.command("hardcopy", str(self._picture))
        end = time.monotonic() + 5
        while not self._picture.is_file() and time.monotonic() < end:
            self.window.take()
        return self._picture.read_text("latin-1") if self._picture.is_file() else ""

    def wait_for(self, *texts: str, seconds: float = 60) -> str:
        end = time.monotonic() + seconds
        while not all(text in (picture := self.picture()) for text in texts):
            assert time.monotonic() < end, picture
            self.window.take(0.1)
        return picture


@contextmanager
def in_screen(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Screen]:
    """`noiser` in a session of screen as it comes, with a shell's word once it is left."""
    model, session = str(save_tiny(folder / "model")), f"noiser-{uuid.uuid4().hex[:8]}"
    (folder / "rc").write_text("startup_message off\nterm screen\n")
    left = f"'{sys.executable}' -m noiser_tui --model '{model}'; echo {LEFT} $?; sleep 60"
    arguments = ["screen", "-U", "-c", str(folder / "rc"), "-S", session, "sh", "-c", left]
    environ = {"DISPLAY": None, "WAYLAND_DISPLAY": None, "NOISER_DATA": str(folder / "data")}
    with tempfile.TemporaryDirectory(prefix="noiser") as sockets:  # their names may not be long
        monkeypatch.setenv("SCREENDIR", sockets)
        with outer(arguments, environ=environ) as window:
            screen = Screen(session, folder, window)
            try:
                yield screen
            finally:
                screen.command("quit")


def test_what_is_done_in_screen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with in_screen(tmp_path, monkeypatch) as screen:
        window = screen.window
        screen.wait_for("Type a prompt")
        window.wait(lambda: b"\x1b[?1036;1039s\x1b[?1036;1039h" in window.sent)  # xterm's Alt
        window.type("The capital of France is")
        window.type("\x1b[15~")  # F5
        screen.wait_for("The capital of France is", "done", "hangs on")
        window.type("\x1bh")
        screen.wait_for("out at step")
        window.type("\x1bk")
        screen.wait_for("The record, as JSON")
        window.type("record\r")
        window.wait(lambda: bool(window.copied))
        assert window.copied[0].startswith(b"{")
        assert len(window.copied[0]) > 2_000  # in many pieces
        window.resize(100, 20)
        window.wait(lambda: screen.picture().count("\n") == 20)
        screen.wait_for("The capital of France is", "Quit")
        window.type("\x11")
        picture = screen.wait_for(f"{LEFT} 0")
        assert picture.split() == [LEFT, "0"]  # nothing of the workbench is left
        window.wait(lambda: b"\x1b[?1036;1039r" in window.sent)


def test_it_goes_on_while_screen_is_detached(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with in_screen(tmp_path, monkeypatch) as screen:
        screen.wait_for("Type a prompt")
        screen.window.type("The sea and")
        screen.wait_for("The sea and")
        screen.command("detach")
        assert screen.window.exit_code() == 0
        session = screen._session
        with outer(
            ["screen", "-U", "-r", session], size=(90, 30), environ=dict(os.environ)
        ) as other:
            again = Screen(session, tmp_path, other)
            again.wait_for("The sea and")
            other.type(" the land")
            again.wait_for("The sea and the land")
            other.type("\x11\x11")
            again.wait_for(LEFT)
