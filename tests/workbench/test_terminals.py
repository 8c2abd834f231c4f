"""The workbench in terminals of every kind: it paints, in colours that the terminal has, and leaves."""

from __future__ import annotations

import base64
import re
import sys
from pathlib import Path

import pytest

from tests.workbench.outer import ESCAPES, outer

CTRL_Q = "\x11"
COPIED = re.compile(rb"\x1b\]52;c;([A-Za-z0-9+/=]*)\x07")


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


@pytest.mark.parametrize(
    ("term", "environ", "form"),
    [
        ("xterm-256color", {}, b"%b"),
        ("screen", {"STY": "1.pts-0.here"}, b"\x1bP%b\x1b\\"),
        ("tmux-256color", {"TMUX": "/nowhere,1,0"}, b"\x1bPtmux;\x1b%b\x1b\\"),
        ("screen", {}, b""),
        ("xterm-kitty", {}, b""),
    ],
)
def test_xterm_is_asked_for_alt_as_escape_and_given_back_as_it_was(
    term: str, environ: dict[str, str | None], form: bytes
) -> None:
    asks, gives_back = b"\x1b[?1036;1039s\x1b[?1036;1039h", b"\x1b[?1036;1039r"
    if b"tmux" in form:  # which wants every Esc twice, the first of which stands in the form
        asks = asks.replace(b"s\x1b", b"s\x1b\x1b")
    with outer([sys.executable, "-m", "noiser_tui"], term=term, environ=environ) as window:
        window.wait_for("F5")
        assert (b"1036" in window.sent) == bool(form)
        assert not form or form % asks in window.sent
        assert gives_back not in window.sent
        window.type(CTRL_Q * 2)
        assert window.exit_code() == 0
        assert (gives_back in window.sent) == bool(form)
        assert not form or form % gives_back in window.sent


def test_the_linux_console_sends_its_own_function_keys() -> None:
    with outer([sys.executable, "-m", "noiser_tui"], term="linux") as window:
        window.wait_for("F5")
        window.type("a b\x1b[[A")  # F1
        window.wait_for("Commands ─")
        mark = len(window.sent)
        window.type("\x1b")
        window.wait_for("token", mark)  # the options, which the commands lay over
        window.type("\x1b[[E")  # F5
        window.wait_for("a* ", mark)  # α, which not all of its fonts have


def handed_on_by_screen(sent: bytes) -> bytes:
    """What screen writes to the terminal it runs in: the strings that it is given in DCS (its ansi.c).

    One as long as its buffer, 768 bytes, is not passed on; what is in no such string it obeys itself.
    """
    strings = re.findall(rb"\x1bP((?:[^\x1b]|\x1b[^\\])*)\x1b\\", sent)
    return b"".join(one for one in strings if len(one) < 768)


@pytest.mark.parametrize(
    ("term", "environ", "through"),
    [
        ("screen", {"STY": "1.pts-0.here"}, True),
        ("screen.xterm-256color", {"STY": "1.pts-0.here"}, True),
        ("xterm-kitty", {}, False),
    ],
)
def test_what_is_copied_arrives_through_screen_and_in_kitty(
    tmp_path: Path, term: str, environ: dict[str, str | None], through: bool
) -> None:
    text = "the sea and the land " * 50
    environ = {**environ, "DISPLAY": None, "WAYLAND_DISPLAY": None, "NOISER_DATA": str(tmp_path)}
    with outer([sys.executable, "-m", "noiser_tui"], term=term, environ=environ) as window:
        window.wait_for("F5")
        window.type(f"\x1b[200~{text}\x1b[201~")
        window.wait_for("1,050 characters")
        mark = len(window.sent)
        window.type("\x18")  # Ctrl+X, which takes the line
        window.wait_for("opied", mark)
        sent = window.sent[mark:]
        assert (b"\x1bP" in sent) == through
        arrived = handed_on_by_screen(sent) if through else sent
        assert COPIED.findall(arrived) == [base64.b64encode(text.encode())]
