"""Saving: an edited text to its file, else what the view with the keys has, to one that is asked for."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from noiser.files import write_text
from noiser_tui.workbench import text_room
from noiser_tui.workbench.context import facts
from noiser_tui.workbench.exports.export import Export
from noiser_tui.workbench.exports.offers import of_saved, of_view, offers, studied
from noiser_tui.workbench.opening import save_text, text_file
from noiser_tui.workbench.screens.ask import Ask
from noiser_tui.workbench.screens.pick import Choice, Pick
from noiser_tui.workbench.state import State
from noiser_tui.workbench.text_page import TextPage
from noiser_tui.workbench.writing import write_file

if TYPE_CHECKING:
    from pathlib import Path

    from noiser.record import Saved
    from noiser_tui.workbench.app import Workbench

SCREEN = "screen"
"""The choice that is of no view."""
PATIENCE = 1.0
"""Seconds that the screen, and the editor, are waited for."""


async def save(app: Workbench) -> None:
    """Write a text that was edited back to its file, as editors do; else export what has the keys."""
    await _typed(app)
    document = app.desk.active
    page = document.page
    in_panel = facts(app)["focus"] == "panel"
    if isinstance(page, TextPage) and (document.edited or not in_panel):
        text_room.save(app)
    elif document.edited and text_file(document) is not None:
        save_text(app)
    elif in_panel:
        _ask(app, of_view(app, app.desk.panel))
    elif isinstance(page, State) and page.run.saved is None and page.text.strip() and not page.job:
        save_text(app)
    else:
        _ask(app, of_view(app, "document"))


async def export(app: Workbench) -> None:
    """Choose what of all that is shown goes to a file; what has the keys stands first."""
    await _drawn(app)
    await _typed(app)
    found = offers(app)

    def use(answer: str | None) -> None:
        if answer == SCREEN:
            app.call_later(picture, app)  # once this list is closed
        elif answer is not None:
            _ask(app, found[int(answer)])

    listed = [Choice(str(number), one.title, one.kinds) for number, one in enumerate(found)]
    listed.append(Choice(SCREEN, "Picture of the screen", ".svg"))
    app.push_screen(Pick("Export", listed), use)


def save_to(app: Workbench, saved: Saved) -> None:
    """Ask for a file, and write a run there in the form that its name asks for."""
    _ask(app, of_saved(saved))


def export_study(app: Workbench, folder: Path) -> None:
    """Ask for a file, and write a study's table there in the form that its name asks for."""
    _ask(app, studied(folder))


async def picture(app: Workbench) -> None:
    """Write the screen, as it stood before the question, to an SVG file."""
    await _drawn(app)
    drawn = app.export_screenshot()
    write = partial(_write_picture, drawn)
    _ask(app, Export("picture", "workbench.svg", (".svg",), write))


async def _drawn(app: Workbench) -> None:
    """Wait until what a key has closed, the list of keys that may follow, is off the screen."""
    await _told(app.base.call_after_refresh)


async def _typed(app: Workbench) -> None:
    """Wait until the page has what was typed before the key; what is typed after it waits, too."""
    await _told(app.call_after_typing)


async def _told(when: Callable[[Callable[[], object]], object]) -> None:
    """Wait for a call; not for long, since the editor may be closing."""
    called = asyncio.Event()
    when(called.set)
    with suppress(TimeoutError):
        await asyncio.wait_for(called.wait(), PATIENCE)


def _write_picture(drawn: str, where: Path) -> None:
    write_text(where, self_contained(drawn))


def _ask(app: Workbench, found: Export | str) -> None:
    """Ask for the name of the file, and write it; or say why there is nothing to write."""
    if isinstance(found, str):
        app.refuse(found)
        return

    def use(answer: str | None) -> None:
        if answer is not None:
            write_file(app, answer.strip(), found.write)

    screen = Ask(f"Save the {found.what} to", found.hint, found.name, check=found.check)
    app.push_screen(screen, use)


def self_contained(svg: str) -> str:
    """The picture without the fonts that textual's SVG would fetch from elsewhere."""
    return re.sub(r"@font-face\s*\{.*?\}", "", svg, flags=re.DOTALL)
