"""Closing a tab, and leaving."""

from __future__ import annotations

from typing import TYPE_CHECKING

from noiser_tui.workbench import desk
from noiser_tui.workbench.screens.pick import Choice, Pick

if TYPE_CHECKING:
    from noiser_tui.workbench.app import Workbench
    from noiser_tui.workbench.desk import Document


def close_tab(app: Workbench) -> None:
    """Close the tab on top."""
    close_document(app, app.desk.active)


def close_document(app: Workbench, document: Document) -> None:
    """Close a tab, its run with it; a text that is not saved is asked about."""
    if document.edited:
        choices = [
            Choice("keep", "Keep the tab"),
            Choice("close", "Close it, the changes are lost"),
        ]
        screen = Pick(f"{document.title} has changes that are not saved", choices)
        app.push_screen(screen, lambda answer: _close(app, document.id, answer))
    else:
        _close(app, document.id, "close")


def _close(app: Workbench, id: int, answer: str | None) -> None:
    if answer == "close":
        app.close_document(id)
        app.show_desk(desk.closed(app.desk, id))
        app.view.focus_first()


def leave(app: Workbench) -> None:
    """Leave; where the engine is at work on more than a model to load, ask once."""
    working = {app.desk.running, *app.desk.waiting} - {0, app.desk.load_job}
    if not working or app.asked_to_leave:
        app.leave()
        return
    app.asked_to_leave = True
    stay = Choice("stay", "Stay: a run is not done yet")
    go = Choice("leave", "Leave now; Ctrl+Q again does, too", "what is done is kept")

    def answer(value: str | None) -> None:
        app.asked_to_leave = False
        if value == "leave":
            app.leave()

    app.push_screen(Pick("The engine is at work", [stay, go]), answer)
