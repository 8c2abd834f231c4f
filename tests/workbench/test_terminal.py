"""The workbench in a real terminal, on the real engine."""

from __future__ import annotations

import os
import pty
import signal
import sys
import time
from pathlib import Path

import pytest

from tests.tiny import save_tiny
from tests.workbench.tmux import needs_tmux, terminal

pytestmark = needs_tmux


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(save_tiny(tmp_path_factory.mktemp("model")))


def test_type_f5_and_the_answer_stands_there(tmp_path: Path, model: str) -> None:
    with terminal(tmp_path, "--model", model) as window:
        window.wait_for("Type a prompt")
        window.type("The capital of [b]France[/b] is 🙂")
        window.press("F5")
        screen = window.wait_for("done", "decided by")
        assert "[b]France[/b] is 🙂" in screen
        window.press("C-q")
        assert window.wait_for_exit() == 0
        assert window.mode("alternate_on") == "0"


def test_what_it_would_take_is_told_while_one_types_on(tmp_path: Path, model: str) -> None:
    with terminal(tmp_path, "--model", model) as window:
        window.wait_for("Type a prompt")
        window.type("The capital of")
        window.press("C-t")  # the model is still loading: the answer comes as soon as it is there
        window.type(" France")
        window.wait_for("The capital of France")
        window.wait_for("has been changed")
        window.press("C-t")
        screen = window.wait_for("token-forwards in", "0.1 s")
        assert "done" not in screen
        window.press("F5")
        window.wait_for("done", "hangs on")


def test_the_scroll_bar_hides_no_letter(tmp_path: Path) -> None:
    words = "the sea and the land and the sky over it"  # twice they fill a row, without the bar
    with terminal(tmp_path) as window:
        window.wait_for("Type a prompt")
        window.type(f"{words} " * 12)
        window.press("F5")
        rows = _heat(window.wait_for("running", "next ▸“"))
        assert "the sea and" in rows[0]
        # a screen may be caught between the bar and the text that makes room for it
        end = time.monotonic() + 10
        while not (seen := {word for row in rows for word in row.split()}) <= set(words.split()):
            assert time.monotonic() < end, seen
            rows = _heat(window.screen())


def _heat(screen: str) -> list[str]:
    """The first rows of the heat map, under the options."""
    lines = screen.splitlines()
    at = next(i for i, line in enumerate(lines) if line.startswith(" model "))
    return lines[at + 1 : at + 6]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_leaves_the_terminal_in_order(
    tmp_path: Path, model: str, number: signal.Signals
) -> None:
    with terminal(tmp_path, "--model", model) as window:
        window.wait_for("Type a prompt")
        assert window.mode("alternate_on") == "1"
        assert window.mode("mouse_any_flag") == "1"
        os.kill(window.pid, number)
        assert window.wait_for_exit() == 128 + number
        window.wait_for("BACK-AT-THE-SHELL")
        assert window.mode("alternate_on") == "0"
        assert window.mode("mouse_any_flag") == "0"
        assert window.mode("cursor_flag") == "1"


def test_leaving_does_not_wait_for_a_run(tmp_path: Path, model: str) -> None:
    with terminal(tmp_path, "--model", model) as window:
        window.wait_for("Type a prompt")
        window.type("the sea " * 30)
        window.press("F5")
        window.wait_for("running")
        window.press("C-c", "C-c")
        assert window.wait_for_exit(seconds=10) == 0


@pytest.mark.parametrize(("term", "extra"), [("xterm-16color", {}), ("dumb", {}), ("linux", {})])
def test_few_colours_still_show_importance(
    tmp_path: Path, model: str, term: str, extra: dict[str, str]
) -> None:
    with terminal(tmp_path, "--model", model, term=term, **extra) as window:
        window.type("The capital of France is")
        window.press("F5")
        screen = window.wait_for("done")
        bars = "=░■▒▓" if term == "linux" else "▂▃▄▅▆▇"
        assert any(bar in screen for bar in bars)


def test_a_terminal_that_is_closed_in_the_middle_leaves_no_process_behind(
    tmp_path: Path, model: str
) -> None:
    child, main = pty.fork()
    if child == 0:  # the pty is its controlling terminal, so closing it sends SIGHUP, as sshd does
        os.environ.update(TERM="xterm-256color", HF_HUB_OFFLINE="1", NOISER_DATA=str(tmp_path))
        os.execv(sys.executable, [sys.executable, "-m", "noiser_tui", "--model", model])
    drawn = b""
    while b"ready" not in drawn:
        drawn += os.read(main, 65536)
    os.write(main, b"the sea " * 30 + b"\x1b[15~")
    while b"running" not in drawn:
        drawn += os.read(main, 65536)
    os.close(main)
    end = time.monotonic() + 20
    while time.monotonic() < end:
        pid, status = os.waitpid(child, os.WNOHANG)
        if pid:
            assert os.waitstatus_to_exitcode(status) == 128 + signal.SIGHUP
            return
        time.sleep(0.05)
    os.kill(child, signal.SIGKILL)
    raise AssertionError("still running after its terminal was closed")
