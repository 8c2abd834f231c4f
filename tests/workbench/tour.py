"""A walk through the main views on the scripted engine, for what must hold on all of them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

from textual.pilot import Pilot

from noiser_tui.workbench.app import Workbench
from noiser_tui.workbench.comparison_page import finished_page
from tests.comparison.rows import compared
from tests.workbench.answers import explanation_of
from tests.workbench.fake import ScriptedEngine
from tests.workbench.hands import PROMPT, settled, type_and_run

STEPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("selected text", ("ctrl+e", "home", *["shift+right"] * 8)),
    ("token", ("tab", "home", "right")),
    ("details", ("enter",)),
    ("explorer", ("escape", "alt+e", "down")),
    ("runs", ("alt+r", "down")),
    ("models", ("alt+m", "down")),
    ("methods", ("alt+t", "e", "down")),
    ("marked", ("alt+c", "down")),
    ("studies", ("alt+s", "down")),
    ("search", ("f9", "alt+h")),
    ("replay", ("alt+a", "right")),
    ("measures", ("escape", "alt+i")),
    ("problems", ("alt+p",)),
    ("output", ("alt+o",)),
    ("palette", ("f1",)),
    ("quick open", ("escape", "ctrl+p")),
    ("theme", ("escape", "f12")),
    ("keys", ("escape", "shift+f1")),
    ("key test", ("escape", "ctrl+k", "j")),
    ("signs", ("escape", "escape", "escape", "ctrl+k", "question_mark")),
    ("chords", ("escape", "ctrl+k")),
    ("choose", ("escape", "f2", "down")),
    ("ask", ("escape", "ctrl+k", "d")),
    ("options", ("escape", "shift+f2")),
    ("settings", ("escape", "alt+g", "down")),
    ("study", ("ctrl+k", "u")),
)
"""Each view with the keys that lead there from the one before."""


async def tour(app: Workbench, pilot: Pilot[int], engine: ScriptedEngine) -> AsyncIterator[str]:
    """The names of views, each while it stands on the screen."""
    yield "blank"
    engine.explain_error = "It went wrong."
    await type_and_run(pilot, app)
    yield "error"
    engine.explain_error = None
    engine.pause_at = 3
    await type_and_run(pilot, app)
    yield "running"
    await pilot.press("shift+f5")
    engine.pause_at = None
    await type_and_run(pilot, app)
    yield "explained"
    for name, keys in STEPS:
        await pilot.press(*keys)
        await settled(pilot)
        yield name
    whole = explanation_of(PROMPT)
    other = replace(whole, method="occlusion")
    app.open_page(
        finished_page(compared({"noiser": whole, "occlusion": other, "lime": "Too large."}))
    )
    await settled(pilot)
    await pilot.press("right", "down")
    yield "comparison"
