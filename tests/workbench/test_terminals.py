"""The workbench in terminals of every kind: it paints, in colours that the terminal has, and leaves."""

from __future__ import annotations

import sys

import pytest

from tests.workbench.outer import ESCAPES, outer

CTRL_Q = "\x11"


@pytest.mark.parametrize(
    ("term", "environ", "colours"),
    [
        ("xterm", {}, {"16"}),
        ("linux", {}, {"16"}),
        ("screen", {}, {"16"}),
        ("xterm-256color", {}, {"256"}),
        ("tmux-256color", {"SSH_CONNECTION": "10.0.0.1 1 10.0.0.2 22"}, {"256"}),
        ("xterm-kitty", {}, {"256"}),
        ("xterm-kitty", {"COLORTERM": "truecolor"}, {"truecolor"}),
        ("xterm-256color", {"COLORTERM": "truecolor", "TERM_PROGRAM": "vscode"}, {"truecolor"}),
        ("dumb", {}, set()),
        ("xterm-256color", {"NO_COLOR": "1", "COLORTERM": "truecolor"}, set()),
    ],
)
def test_it_paints_in_the_colours_of_the_terminal(
    term: str, environ: dict[str, str], colours: set[str]
) -> None:
    program = [sys.executable, "-m", "noiser_tui"]
    with outer(program, term=term, environ=environ) as window:
        window.wait_for("F5")
        window.type("Zürich")
        window.wait_for("Zürich")
        assert window.colours == colours
        window.type(CTRL_Q * 2)
        assert window.exit_code() == 0
        assert b"Traceback" not in ESCAPES.sub(b"", window.sent)
        assert window.modes_on == {7, 25}


def test_a_terminal_that_has_more_to_offer_is_left_as_it_was() -> None:
    with outer([sys.executable, "-m", "noiser_tui"], environ={"COLORTERM": "truecolor"}) as window:
        window.wait_for("F5")
        window.type("\x1b[?2048;2$y\x1b[?2026;2$y")  # resizes told in band, paints in one
        window.wait(lambda: {1016, 2048} <= window.modes_on)
        window.type(CTRL_Q * 2)
        assert window.exit_code() == 0
        assert window.modes_on == {7, 25}


def test_the_terminals_own_size_counts_not_the_one_that_a_shell_exports() -> None:
    environ = {"COLUMNS": "60", "LINES": "16"}
    program = [sys.executable, "-m", "noiser_tui"]
    with outer(program, size=(90, 30), environ=environ) as window:
        window.wait_for("F5")
        assert b"\x1b[30;1H" in window.sent
        assert b"\x1b[31;1H" not in window.sent
        mark = len(window.sent)
        window.resize(100, 34)
        window.wait(lambda: b"\x1b[34;1H" in window.sent[mark:])


@pytest.mark.parametrize(("term", "asked"), [("xterm-256color", True), ("screen", False)])
def test_xterm_is_asked_for_alt_as_escape_and_given_back_as_it_was(term: str, asked: bool) -> None:
    with outer([sys.executable, "-m", "noiser_tui"], term=term) as window:
        window.wait_for("F5")
        assert (b"\x1b[?1036;1039s\x1b[?1036;1039h" in window.sent) == asked
        assert b"\x1b[?1036;1039r" not in window.sent
        window.type(CTRL_Q * 2)
        assert window.exit_code() == 0
        assert (b"\x1b[?1036;1039r" in window.sent) == asked


def test_the_linux_console_sends_its_own_function_keys() -> None:
    with outer([sys.executable, "-m", "noiser_tui"], term="linux") as window:
        window.wait_for("F5")
        window.type("a b\x1b[[A")  # F1
        window.wait_for("Commands ─")
        mark = len(window.sent)
        window.type("\x1b")
        window.wait_for("token", mark)  # the options, which the commands lay over
        window.type("\x1b[[E")  # F5
        window.wait_for("α*", mark)
