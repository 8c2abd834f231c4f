"""What textual keeps to itself is used in one place."""

from __future__ import annotations

import re
from pathlib import Path

import noiser_tui.workbench

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
