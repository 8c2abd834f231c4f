"""What comes from the terminal as bytes: wrong ones are shown as such and end nothing."""

from __future__ import annotations

import os
import threading
from collections import deque

import pytest
from textual import events
from textual.app import App
from textual.driver import Driver
from textual.message import Message

from noiser_tui.workbench.terminal.driver import SparingDriver


class Listening(SparingDriver):
    """Reads from a pipe instead of a terminal and keeps what it is told."""

    def __init__(self, fileno: int) -> None:
        self.fileno = fileno
        self.exit_event = threading.Event()
        self._debug = False
        self.heard: list[Message] = []

    def process_message(self, message: Message) -> None:
        """Keep it, and end with the last letter."""
        self.heard.append(message)
        if isinstance(message, events.Key) and message.key == "z":
            self.exit_event.set()


def test_bytes_that_are_no_text_are_marked_and_what_follows_is_read() -> None:
    reading, writing = os.pipe()
    driver = Listening(reading)
    os.write(writing, b"\x1b[200~caf\xe9 \x1b[201~\xff\xfez")
    os.close(writing)
    driver.run_input_thread()
    os.close(reading)
    pasted = next(one for one in driver.heard if isinstance(one, events.Paste))
    assert pasted.text == "caf\ufffd "
    keys = [one.character for one in driver.heard if isinstance(one, events.Key)]
    assert keys[-1] == "z"


class Telling(SparingDriver):
    """Has no terminal and keeps what the app would be told."""

    def __init__(self) -> None:
        Driver.__init__(self, App())
        self._answers = False
        self._asked = deque([(0.0, 9)])
        self.told: list[Message] = []

    def send_message(self, message: Message) -> None:
        """Keep it."""
        self.told.append(message)


async def test_shift_f3_is_told_from_an_answer_that_is_waited_for() -> None:
    driver = Telling()
    driver.process_message(events.CursorPosition(1, 0))
    assert not driver._asked
    assert driver._answers
    driver.process_message(events.CursorPosition(1, 0))
    assert [one.key for one in driver.told if isinstance(one, events.Key)] == ["shift+f3"]


async def test_keys_that_are_only_held_are_not_told() -> None:
    driver = Telling()
    for key in ("left_shift", "shift+f5", "right_control", "caps_lock", "left"):
        driver.process_message(events.Key(key, None))
    told = [one.key for one in driver.told if isinstance(one, events.Key)]
    assert told == ["shift+f5", "left"]


@pytest.mark.parametrize(
    ("term", "keys"),
    [
        ("linux", [*(f"shift+f{number}" for number in range(1, 9))]),
        ("xterm-256color", [*(f"shift+f{number}" for number in (3, 4, 5)), "menu"]),
    ],
)
def test_what_the_vt220_sends_for_f13_and_on_is_no_character(
    monkeypatch: pytest.MonkeyPatch, term: str, keys: list[str]
) -> None:
    monkeypatch.setenv("TERM", term)
    reading, writing = os.pipe()
    driver = Listening(reading)
    os.write(
        writing,
        "".join(f"\x1b[{number}~" for number in (25, 26, 28, 29, 31, 32, 33, 34)).encode() + b"z",
    )
    os.close(writing)
    driver.run_input_thread()
    os.close(reading)
    heard = [one for one in driver.heard if isinstance(one, events.Key)]
    assert [one.key for one in heard][: len(keys)] == keys
    assert not any(one.character for one in heard[:-1])
