"""What textual keeps to itself is used in one place."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from textual import events
from textual.widgets import TextArea

import noiser_tui.workbench
from noiser_tui.workbench.insides import AltParser
from tests.workbench.fake import screen_lines, workbench

ROOT = Path(noiser_tui.workbench.__file__).parent
PRIVATE = re.compile(
    r"from textual[\w.]*\._"
    r"|(?:app|screen|view|widget|editor|driver|base)\._[a-z]"
    r"|self\._(?:bindings|clipboard|driver|css_update_count|compositor|exit_renderables)\b"
    r"|_writer_thread|_get_terminal_size|linux_driver\.\w+ ="
)


def test_no_other_module_reaches_into_textual() -> None:
    reaching = {one.name for one in ROOT.rglob("*.py") if PRIVATE.search(one.read_text("utf-8"))}
    assert reaching == {"insides.py"}


async def test_a_frame_between_a_removal_and_the_next_layout_draws_nothing_that_is_gone() -> None:
    async with workbench() as (app, pilot, _):
        await pilot.pause()
        editor = app.view.query_one(TextArea)
        screen = app.base
        await editor.remove()
        screen._layout_required = False  # as where the frame comes first
        screen.refresh()
        screen._on_timer_update()
        assert "Prompt ─" not in screen_lines(app)[1]


ALT_E = ["alt+e"]


@pytest.mark.parametrize(
    ("typed", "keys"),
    [
        (["\x1be"], ALT_E),
        (["\x1b", "e"], ALT_E),
        (["\x1be\x1b[A"], ["alt+e", "up"]),
        (["\x1be\x1b[10;5R"], ["alt+e"]),  # the terminal's answer where the cursor is
        (["\x1be", "\x1b[<35;10;5M"], ["alt+e"]),  # a move of the mouse
        (["\x1be\x1br"], ["alt+e", "alt+r"]),
        (["\x1bex"], ["alt+e", "x"]),
        (["\x1bf"], ["ctrl+right"]),
        (["\x1bé"], ["alt+é"]),
        (["\x1b1\x1b0x"], ["alt+1", "alt+0", "x"]),
        (["\x1bO", "P", "\x1b", "[15", "~"], ["f1", "f5"]),
        (["\x1b[101;3u"], ["alt+e"]),  # as kitty tells it
    ],
)
def test_alt_and_a_letter_are_one_key_whatever_comes_next(
    typed: list[str], keys: list[str]
) -> None:
    parser = AltParser()
    messages = [message for part in typed for message in parser.feed(part)]
    assert [one.key for one in messages if isinstance(one, events.Key)] == keys


def test_a_paste_is_read_as_before() -> None:
    messages = list(AltParser().feed("\x1b[200~one\ntwo\x1b[201~\x1be"))
    assert isinstance(messages[0], events.Paste)
    assert messages[0].text == "one\ntwo"
    assert [one.key for one in messages[1:] if isinstance(one, events.Key)] == ALT_E
