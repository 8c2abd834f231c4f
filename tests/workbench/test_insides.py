"""What textual keeps to itself is used in one place."""

from __future__ import annotations

import re
from pathlib import Path

from textual.widgets import TextArea

import noiser_tui.workbench
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
