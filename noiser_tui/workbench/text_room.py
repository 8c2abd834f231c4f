"""What can be done to a file that is no prompt: edited, written back, and explained nevertheless."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from noiser.errors import NoiserError
from noiser.files import plain_ends, stamp_of
from noiser_tui.workbench import desk
from noiser_tui.workbench.readable import text_in
from noiser_tui.workbench.text_page import KEYS, SETTINGS, THEME, TextPage
from noiser_tui.workbench.written_back import write_back

if TYPE_CHECKING:
    from noiser_tui.workbench.app import Workbench
    from noiser_tui.workbench.desk import Document
    from noiser_tui.workbench.widgets.words import Paragraphs

_ALSO = {
    SETTINGS: (" What is in use here is", "settings"),
    KEYS: (" What is in use here is", "keys"),
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


def follow(app: Workbench) -> None:
    """Texts that were not edited here are as their files are by now.

    One from a session that does not tell whether it was edited is left alone where it is unlike its file.
    """
    from noiser_tui.workbench.views.text import TextView

    for document in app.desk.documents:
        page, view = document.page, app.views.get(document.id)
        if not isinstance(page, TextPage) or page.text != document.saved:
            continue
        stamp = stamp_of(Path(document.path))
        there = _on_disk(document) if stamp not in (None, page.seen) else None
        if there is None:
            continue
        if there == page.text:
            now = replace(document, page=replace(page, seen=stamp), overtaken=False, unsure=False)
        elif document.unsure:
            now = replace(document, overtaken=True)
        elif not isinstance(view, TextView) or view.text == page.text:
            now = replace(
                document, page=replace(page, text=there, error="", seen=stamp), saved=there
            )
            if isinstance(view, TextView):
                view.take(there)
        else:
            continue
        app.desk = desk.with_document(app.desk, now)
        app.paint_soon()


def _on_disk(document: Document) -> str | None:
    """What its file says now; None where that cannot be read as text."""
    try:
        return plain_ends(text_in(Path(document.path)) or "")
    except (NoiserError, OSError, UnicodeDecodeError):
        return None


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
    told = write_back(app, Path(document.path))
    document = app.desk.active
    if isinstance(page := document.page, TextPage):
        app.show_page(replace(page, error=told))


def as_prompt(app: Workbench) -> None:
    """Open the text in a tab of its own, to be explained."""
    page = app.desk.active.page
    if isinstance(page, TextPage):
        app.open_page(desk.blank(app.desk, page.text))
