"""Cells counted as the terminal at hand counts them."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from rich.cells import cell_len

from noiser_tui.look.cells import visible
from noiser_tui.look.terminal_text import for_terminal
from tests.tmux_server import server_name, socket_of

TEXTS = ["❤️x", "👍🏽x", "👩‍🚀x", "e\u0301x", "東京x", "שלוםx", "🇫🇷x", "a\tb", "plain", "👨‍👩‍👧x"]


@pytest.fixture(scope="module")
def column(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], int]]:
    """Where tmux's cursor stands after a text."""
    if shutil.which("tmux") is None:
        pytest.skip("tmux is not installed")
    file: Path = tmp_path_factory.mktemp("tmux") / "text"
    with server_name("test") as socket:

        def tmux(*arguments: str) -> str:
            command = ["tmux", "-u", "-L", socket, "-f", "/dev/null", *arguments]
            return subprocess.run(command, capture_output=True, text=True, check=True).stdout

        tmux("new-session", "-d", "-x", "80", "-y", "10", "env LC_ALL=C.UTF-8 PS1= sh")

        def measure(text: str) -> int:
            file.write_text(text)
            tmux("send-keys", f"clear; cat {file}; sleep 0.1", "Enter")
            before, seen = -1, -2
            while before != seen or seen <= 0:
                time.sleep(0.15)
                before, seen = seen, int(tmux("display", "-p", "#{cursor_x}"))
            return seen

        yield measure


@pytest.mark.parametrize("text", TEXTS)
def test_tmux_counts_the_cells_that_we_count(text: str, column: Callable[[str], int]) -> None:
    shown = for_terminal(visible(text), {"TMUX": "/tmp/tmux"})
    assert column(shown) == cell_len(shown)


def test_elsewhere_emoji_are_left_alone() -> None:
    for text in TEXTS:
        assert for_terminal(text, {"TERM": "xterm-256color"}) == text


def test_nothing_is_left_of_a_server() -> None:
    if shutil.which("tmux") is None:
        pytest.skip("tmux is not installed")
    with server_name("test") as name:
        subprocess.run(["tmux", "-L", name, "-f", "/dev/null", "new-session", "-d"], check=True)
        assert socket_of(name).is_socket()
    assert not socket_of(name).exists()
