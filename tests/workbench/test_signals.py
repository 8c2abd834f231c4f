"""Signals in a terminal of our own, which tells what it was left in."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.workbench.outer import Outer, outer

SHOWN_AND_WRAPPED = {7, 25}
"""The modes that are on in a terminal as it should be left."""


@contextmanager
def small_app(how: str, file: Path) -> Iterator[Outer]:
    with outer([sys.executable, "-m", "tests.workbench.small_app", how, str(file)]) as window:
        window.wait_for("end of the screen")
        assert {1049, 1000, 2004} <= window.modes_on
        assert window.kitty_depth == 1
        yield window


def assert_as_before(window: Outer) -> None:
    assert window.modes_on == SHOWN_AND_WRAPPED
    assert window.kitty_depth == 0


def state_of(pid: int) -> str:
    """A letter: T is stopped."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


def suspend(window: Outer, number: int = signal.SIGTSTP) -> None:
    os.kill(window.pid, number)
    window.wait(lambda: state_of(window.pid) == "T")
    window.take(0.2)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_what_there_is_is_saved_and_the_terminal_put_back(
    tmp_path: Path, number: signal.Signals
) -> None:
    with small_app("saves", tmp_path / "file") as window:
        os.kill(window.pid, number)
        assert window.exit_code() == 128 + number
        assert (tmp_path / "file").read_text() == "cancelled saved"
        assert_as_before(window)


UNWRITTEN = """
import atexit, contextlib, signal, sys
from noiser_tui.workbench import signals
signal.signal(signal.SIGHUP, signal.SIG_IGN)
if sys.argv[1] == "given up":
    atexit.register(signals._give_up_unwritten)
print("end of the screen", flush=True)
with contextlib.suppress(OSError):
    sys.stdin.read()
sys.stdout.write("the last picture")
sys.exit(129)
"""


@pytest.mark.parametrize(("how", "code"), [("given up", 129), ("left to Python", 120)])
def test_what_a_closed_terminal_did_not_take_changes_no_exit_code(how: str, code: int) -> None:
    unbuffered = {"PYTHONUNBUFFERED": ""}  # not as CI may have it
    with outer([sys.executable, "-c", UNWRITTEN, how], environ=unbuffered) as window:
        window.wait_for("end of the screen")
        window.close()
        assert window.exit_code() == code


def test_a_closed_terminal_saves_too(tmp_path: Path) -> None:
    with small_app("saves", tmp_path / "file") as window:
        window.close()
        assert window.exit_code() == 128 + signal.SIGHUP
    assert (tmp_path / "file").read_text() == "cancelled saved"


@pytest.mark.parametrize(
    ("how", "told"), [("fails", "the disk is full"), ("slow", "it took more than")]
)
def test_a_session_that_cannot_be_saved_is_told_and_holds_nobody_up(
    tmp_path: Path, how: str, told: str
) -> None:
    with small_app(how, tmp_path / "file") as window:
        os.kill(window.pid, signal.SIGTERM)
        assert window.exit_code() == 128 + signal.SIGTERM
        window.wait_for(f"The session was not saved: {told}")
        assert_as_before(window)


def test_a_loop_that_is_stuck_is_left_with_the_terminal_put_back(tmp_path: Path) -> None:
    with small_app("stuck", tmp_path / "file") as window:
        window.type("x")
        window.wait((tmp_path / "file").exists)
        os.kill(window.pid, signal.SIGTERM)
        assert window.exit_code() == 128 + signal.SIGTERM
        assert_as_before(window)


@pytest.mark.skipif(
    not Path("/proc/self/stat").exists(), reason="needs /proc to see who is stopped"
)
class TestSuspension:
    def test_the_shell_gets_its_terminal_and_the_screen_is_drawn_anew(self, tmp_path: Path) -> None:
        with small_app("saves", tmp_path / "file") as window:
            window.type("typed")
            window.wait_for("typed")
            suspend(window)
            assert_as_before(window)
            mark = len(window.sent)
            os.kill(window.pid, signal.SIGCONT)
            for text in ("top of the screen", "typed", "end of the screen"):
                window.wait_for(text, mark)
            assert {1049, 1000, 2004} <= window.modes_on
            assert window.kitty_depth == 1

    def test_a_terminal_resized_meanwhile_is_filled(self, tmp_path: Path) -> None:
        with small_app("saves", tmp_path / "file") as window:
            suspend(window)
            window.resize(120, 40)
            mark = len(window.sent)
            os.kill(window.pid, signal.SIGCONT)
            window.wait(lambda: b"\x1b[40;1H" in window.sent[mark:])

    def test_stopped_by_force_the_terminal_is_not_taken_twice(self, tmp_path: Path) -> None:
        with small_app("saves", tmp_path / "file") as window:
            suspend(window, signal.SIGSTOP)
            mark = len(window.sent)
            os.kill(window.pid, signal.SIGCONT)
            window.wait_for("end of the screen", mark)
            assert window.kitty_depth == 1

    def test_systemd_wakes_whom_it_ends(self, tmp_path: Path) -> None:
        with small_app("saves", tmp_path / "file") as window:
            os.kill(window.pid, signal.SIGTERM)
            os.kill(window.pid, signal.SIGCONT)
            assert window.exit_code() == 128 + signal.SIGTERM
            assert_as_before(window)

    @pytest.mark.skipif(shutil.which("bash") is None, reason="needs a shell with jobs")
    def test_a_shell_takes_over_and_gives_back(self, tmp_path: Path) -> None:
        program = shlex.join([sys.executable, "-m", "tests.workbench.small_app", "saves"])
        with outer(["bash", "--norc", "--noprofile", "-i"], environ={"PS1": "$ "}) as shell:
            shell.type(f"{program} {tmp_path}/file & echo $! > {tmp_path}/pid; fg\n")
            shell.wait_for("end of the screen")
            shell.type("typed")
            shell.wait_for("typed", len(shell.sent))
            os.kill(int((tmp_path / "pid").read_text()), signal.SIGTSTP)
            shell.wait_for("Stopped")
            shell.wait(lambda: not {1049, 1000} & shell.modes_on)
            mark = len(shell.sent)
            shell.type("echo $((6 * 7)); fg\n")
            shell.wait_for("42", mark)
            shell.wait_for("typed", mark)
            shell.wait_for("end of the screen", mark)
            assert {1049, 1000} <= shell.modes_on

    def test_closed_while_suspended(self, tmp_path: Path) -> None:
        with small_app("saves", tmp_path / "file") as window:
            suspend(window)
            window.close()
            assert window.exit_code() == 128 + signal.SIGHUP
        assert (tmp_path / "file").read_text() == "cancelled saved"
