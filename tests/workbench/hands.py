"""What tests do at a workbench's keys, and what they read from its screen."""

from __future__ import annotations

import time
from collections.abc import Callable

from textual.pilot import Pilot

from noiser_tui.workbench.app import Workbench
from noiser_tui.workbench.widgets.prompt_editor import PromptEditor
from tests.workbench.fake import screen_lines

PROMPT = "The capital of France is"
SENTENCES = "Go on. The <cat> sat. No more."


async def settled(pilot: Pilot[int]) -> None:
    """What was asked is answered and painted: the answer is heard, then the frame after it drawn."""
    for _ in range(3):
        await pilot.pause()


async def until(pilot: Pilot[int], holds: Callable[[], object], seconds: float = 20) -> None:
    """Wait for something that a thread or a process does, then until it is painted."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not come to that"
        await pilot.pause(0.01)
    await pilot.pause()


async def type_and_run(pilot: Pilot[int], app: Workbench, text: str = PROMPT) -> None:
    """Explain a text in the tab on top."""
    app.view.query_one(PromptEditor).text = text
    await pilot.press("f5")
    await settled(pilot)


async def by_sentence(pilot: Pilot[int], app: Workbench) -> None:
    """Explain three sentences, the one in the middle looked into."""
    app.view.query_one(PromptEditor).text = SENTENCES
    await pilot.press("ctrl+g", *"sentence", "enter")
    await pilot.pause()
    await pilot.press("ctrl+l", *"strongest sentence", "enter")
    await pilot.pause()
    await pilot.press("f5")
    await settled(pilot)


def text_of(app: Workbench) -> str:
    """The whole screen."""
    return "\n".join(screen_lines(app))


def lines_of(app: Workbench, part: str) -> list[str]:
    """The lines of a part of the screen, what stands beside it left out."""
    region = app.query_one(f"#{part}").region
    lines = screen_lines(app)[region.y : region.bottom]
    return [line[region.x : region.right] for line in lines]


def line_of(app: Workbench, part: str) -> str:
    """The first line of a part."""
    return lines_of(app, part)[0]
