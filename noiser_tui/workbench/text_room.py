"""What can be done to a file that is no prompt: edited, written back, and explained nevertheless."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from noiser.errors import NoiserError
from noiser.files import write_text
from noiser_tui.workbench import desk
from noiser_tui.workbench.text_page import KEYS, SETTINGS, THEME, TextPage

if TYPE_CHECKING:
    from noiser_tui.workbench.app import Workbench
    from noiser_tui.workbench.widgets.words import Paragraphs

_ALSO = {
    SETTINGS: (" Those in use here are", "settings"),
    KEYS: (" Those in use here are", "keys"),
    THEME: (" Those at hand are", "theme"),
}


def in_words(app: Workbench, page: TextPage) -> Paragraphs:
    """What the file is, and what can be done here."""
    keys = app.keymap.label
    also = ""
    if page.what in _ALSO:
        begins, action = _ALSO[page.what]
        also = f"{begins} under {keys(action)}."
    told = f"{keys('save')} saves it, {keys('text_as_prompt')} opens its text as a prompt.{also}"
    return ((f"This is {page.what}, and no prompt.", "strong"), (told, "muted"))


def take_text(app: Workbench, id: int, text: str) -> None:
    """The page has another text by now."""
    page = app.desk.page(id)
    if isinstance(page, TextPage) and page.text != text:
        app.desk = desk.with_page(app.desk, replace(page, text=text, error="", note=""), id)
        app.paint_at_rest()


def save(app: Workbench) -> None:
    """Write the text on top back to its file."""
    from noiser_tui.workbench.views.text import TextView

    view = app.view
    if isinstance(view, TextView):
        take_text(app, view.document.id, view.text)
    document = app.desk.active
    page = document.page
    if not isinstance(page, TextPage):
        return
    try:
        write_text(Path(document.path), page.text)
    except (NoiserError, OSError) as error:
        app.show_page(replace(page, error=str(error)))
        return
    app.show_desk(desk.with_document(app.desk, replace(document, saved=page.text)))
    app.notify(f"Saved to {document.path}", markup=False)


def as_prompt(app: Workbench) -> None:
    """Open the text in a tab of its own, to be explained."""
    page = app.desk.active.page
    if isinstance(page, TextPage):
        app.open_page(desk.blank(app.desk, page.text))
