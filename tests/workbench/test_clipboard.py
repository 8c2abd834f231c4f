"""Copying: what reaches the clipboard of the terminal, tmux's buffer and the file."""

from __future__ import annotations

import base64
import os
import re
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noiser_tui.workbench import osc52
from noiser_tui.workbench.clipboard import copy, run_tool
from tests.tmux_server import server_name
from tests.workbench.outer import Outer, outer
from tests.workbench.tmux import needs_tmux

TEXT = "The capital of France is 🙂\n\tParis"


class Written:
    """A terminal that takes down what is written to it."""

    def __init__(self) -> None:
        self.text = ""

    def __call__(self, text: str) -> None:
        self.text += text


def no_tool(arguments: Sequence[str], data: bytes) -> str | None:
    return None


def bare(text: str) -> str:
    return f"\x1b]52;c;{base64.b64encode(text.encode()).decode()}\a"


def test_a_plain_terminal_gets_the_sequence_and_the_file_has_the_text(tmp_path: Path) -> None:
    written = Written()
    report = copy(written, TEXT, {"TERM": "xterm-256color"}, no_tool, tmp_path)
    assert written.text == bare(TEXT)
    assert (tmp_path / "copied.txt").read_bytes() == TEXT.encode()
    assert report.sentence == (
        f"Copied 33 characters: the terminal's clipboard; also in {tmp_path / 'copied.txt'}."
    )


@pytest.mark.parametrize(
    "environ", [{"TERM": "linux"}, {"TERM": "xterm", "TERM_PROGRAM": "Apple_Terminal"}, {}]
)
def test_where_a_terminal_takes_nothing_the_file_is_named(
    tmp_path: Path, environ: dict[str, str]
) -> None:
    written = Written()
    report = copy(written, TEXT, environ, no_tool, tmp_path)
    assert not written.text
    assert report.sentence == (
        f"Copied 33 characters: in {tmp_path / 'copied.txt'}. "
        "This terminal has no clipboard that a program can reach."
    )


def test_the_user_may_keep_copies_from_clipboards(tmp_path: Path) -> None:
    written, ran = Written(), []

    def tool(arguments: Sequence[str], data: bytes) -> str | None:
        ran.append(arguments[0])
        return ""

    environ = {"TERM": "xterm", "WAYLAND_DISPLAY": "wayland-0", "DISPLAY": ":0"}
    report = copy(written, TEXT, environ, tool, tmp_path, where="file")
    assert (written.text, ran, report.places) == ("", [], ())
    assert report.sentence == f"Copied 33 characters: in {tmp_path / 'copied.txt'}."
    assert copy(written, TEXT, environ, tool, tmp_path, where="osc52").places == (
        "the terminal's clipboard",
    )
    assert (written.text, ran) == (bare(TEXT), [])
    assert copy(written, TEXT, environ, tool, tmp_path).places != ("the terminal's clipboard",)
    assert ran


def test_what_is_too_large_for_a_terminal_is_in_the_file(tmp_path: Path) -> None:
    written = Written()
    report = copy(written, "ä" * 40_000, {"TERM": "xterm"}, no_tool, tmp_path)
    assert not written.text
    assert (tmp_path / "copied.txt").stat().st_size == 80_000
    assert "takes 74,994 bytes, these are 80,000" in report.sentence


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    report = copy(Written(), TEXT, {"TERM": "linux"}, no_tool, tmp_path / "file" / "below")
    assert report.file is None
    assert report.sentence.startswith("Nothing was copied. This terminal")
    assert "cannot be made: Not a directory" in report.sentence


def test_half_a_character_is_copied_as_a_question_mark(tmp_path: Path) -> None:
    written = Written()
    copy(written, "a\udc80b", {"TERM": "xterm"}, no_tool, tmp_path)
    assert written.text == bare("a?b")


@pytest.mark.parametrize(
    ("environ", "asked"),
    [
        ({"WAYLAND_DISPLAY": "wayland-0", "DISPLAY": ":0"}, ["wl-copy"]),
        ({"DISPLAY": ":0"}, ["xclip"]),
        ({"DISPLAY": ":10", "SSH_CONNECTION": "a 1 b 2"}, []),
        ({}, []),
    ],
)
def test_the_desktop_is_asked_only_where_this_runs_on_it(
    tmp_path: Path, environ: dict[str, str], asked: list[str]
) -> None:
    seen: list[str] = []

    def tool(arguments: Sequence[str], data: bytes) -> str | None:
        seen.append(arguments[0])
        assert data == TEXT.encode()
        return ""

    written = Written()
    report = copy(written, TEXT, {"TERM": "xterm", **environ}, tool, tmp_path)
    assert seen == asked
    assert report.places == (("the desktop's clipboard" if asked else "the terminal's clipboard"),)
    assert bool(written.text) != bool(asked)


def test_a_tool_that_leaves_a_keeper_of_the_clipboard_behind_is_not_waited_for() -> None:
    assert run_tool(["sh", "-c", "cat; sleep 5 &"], b"text") == "text"
    assert run_tool(["sh", "-c", "exit 3"]) is None
    assert run_tool(["no-such-program-here"]) is None


@given(st.binary(max_size=5000))
def test_what_screen_and_tmux_take_off_leaves_the_bare_sequence(data: bytes) -> None:
    sequence = osc52.osc52(data)
    pieces = re.findall(r"\x1bP(.*?)\x1b\\", osc52.through_screen(sequence), re.DOTALL)
    assert "".join(pieces) == sequence
    assert all(len(piece) < 768 for piece in pieces)
    wrapped = osc52.through_tmux(sequence)
    assert wrapped[:7] == "\x1bPtmux;"
    assert wrapped[7:-2].replace("\x1b\x1b", "\x1b") == sequence


def test_over_ssh_from_inside_tmux_both_forms_are_sent(tmp_path: Path) -> None:
    written = Written()
    environ = {"TERM": "tmux-256color", "SSH_CONNECTION": "a 1 b 2"}
    copy(written, TEXT, environ, no_tool, tmp_path)
    assert written.text == osc52.through_tmux(bare(TEXT)) + bare(TEXT)


class Tmux:
    """A server of its own, shown in a terminal of our own."""

    def __init__(self, folder: Path, window: Outer, socket: str) -> None:
        self.folder = folder
        self.window = window
        self._socket = socket
        self.tty = self("display-message", "-p", "#{pane_tty}").strip()
        where = self("display-message", "-p", "#{socket_path},#{pid},0").strip()
        pane = self("display-message", "-p", "#{pane_id}").strip()
        self.environ = {"TMUX": where, "TMUX_PANE": pane, "TERM": "tmux-256color"}

    def __call__(self, *arguments: str) -> str:
        command = ["tmux", "-L", self._socket, "-f", "/dev/null", *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout

    def write(self, text: str) -> None:
        """As a program in the pane does."""
        with open(self.tty, "w") as pane:  # noqa: PTH123
            pane.write(text)

    def tool(self, arguments: Sequence[str], data: bytes) -> str | None:
        """The client as it runs in the pane: $TMUX names the server."""
        done = subprocess.run(
            arguments, input=data, capture_output=True, env={**os.environ, **self.environ}
        )
        return done.stdout.decode() if done.returncode == 0 else None


@pytest.fixture
def tmux(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Tmux]:
    term = getattr(request, "param", "xterm-256color")
    with server_name("copy") as socket:
        command = ["tmux", "-L", socket, "-f", "/dev/null", "new-session", "-n", "copying"]
        with outer([*command, "sleep 60"], term=term) as window:
            window.wait_for("copying")
            yield Tmux(tmp_path, window, socket)


@needs_tmux
@pytest.mark.parametrize("set_clipboard", ["on", "external", "off"])
@pytest.mark.parametrize("passthrough", ["on", "off"])
def test_tmux_has_the_text_in_its_buffer_and_hands_it_on(
    tmux: Tmux, set_clipboard: str, passthrough: str
) -> None:
    tmux("set-option", "-g", "set-clipboard", set_clipboard)
    tmux("set-option", "-g", "allow-passthrough", passthrough)
    report = copy(tmux.write, TEXT, tmux.environ, tmux.tool, tmux.folder)
    assert report.places == ("tmux's buffer", "the terminal's clipboard")
    assert tmux("show-buffer") == TEXT
    tmux.window.wait(lambda: bool(tmux.window.copied))
    assert tmux.window.copied == [TEXT.encode()]


@needs_tmux
@pytest.mark.parametrize("tmux", ["linux"], indirect=True)
@pytest.mark.parametrize("passthrough", ["on", "off"])
def test_a_terminal_that_tmux_thinks_little_of_gets_it_where_passing_is_allowed(
    tmux: Tmux, passthrough: str
) -> None:
    tmux("set-option", "-g", "allow-passthrough", passthrough)
    report = copy(tmux.write, TEXT, tmux.environ, tmux.tool, tmux.folder)
    assert tmux("show-buffer") == TEXT
    if passthrough == "on":
        tmux.window.wait(lambda: bool(tmux.window.copied))
        assert tmux.window.copied == [TEXT.encode()]
    else:
        assert report.places == ("tmux's buffer",)


@needs_tmux
@pytest.mark.parametrize("way", ["set-clipboard", "allow-passthrough"])
def test_a_server_out_of_reach_still_passes_one_of_the_two_forms(tmux: Tmux, way: str) -> None:
    tmux("set-option", "-g", "set-clipboard", "off")
    tmux("set-option", "-g", way, "on")
    copy(tmux.write, TEXT, tmux.environ, no_tool, tmux.folder)
    tmux.window.wait(lambda: bool(tmux.window.copied))
    assert tmux.window.copied == [TEXT.encode()]


@needs_tmux
def test_a_large_text_is_in_tmux_and_not_sent_to_the_terminal(tmux: Tmux) -> None:
    text = "x" * 200_000
    report = copy(tmux.write, text, tmux.environ, tmux.tool, tmux.folder)
    assert report.places == ("tmux's buffer",)
    assert tmux("show-buffer") == text
    assert not tmux.window.copied
