"""Writing a text back to the file it came from, never over what others wrote there meanwhile unasked."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from noiser.errors import NoiserError
from noiser.files import plain_ends, prompt_in, with_ends, with_prompt, write_text
from noiser_tui.workbench import desk
from noiser_tui.workbench.chat_room import written
from noiser_tui.workbench.explorer_tree import RECORDS
from noiser_tui.workbench.readable import text_in, why
from noiser_tui.workbench.state import State
from noiser_tui.workbench.text_page import TextPage

if TYPE_CHECKING:
    from noiser_tui.workbench.app import Workbench
    from noiser_tui.workbench.desk import Document

OTHERS = (
    "{name} was changed by others meanwhile. This is your text: Ctrl+S says so before it writes."
)

UNLIKE = "{name} holds another text than this one: Ctrl+S says so before it writes."
"""Of a session that does not tell what the file held: who changed which is not known."""


@dataclass(frozen=True)
class Form:
    """How a document stands in its file: `read` takes its text out of what the file holds, `made` puts it
    in. A `whole` one is all that the file holds, and more than stands in the editor."""

    read: Callable[[str], str]
    made: Callable[[str], str]
    whole: bool = False


def form_of(document: Document, path: Path) -> Form:
    """How the prompt, the chat or the text of a document stands in a file; WrongUse for an empty chat."""
    page = document.page
    if isinstance(page, TextPage):
        return Form(plain_ends, lambda before: with_ends(before, page.text))
    assert isinstance(page, State)
    if page.chat.on and path.suffix in RECORDS:
        chat = written(page)
        return Form(plain_ends, lambda before: chat, whole=True)
    return Form(prompt_in, lambda before: with_prompt(before, page.text))


def digest(text: str) -> str:
    """A mark of a file's text, by which it is known again."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def is_other(document: Document, there: str | None, text: str) -> bool:
    """Whether a file holds neither what was read or written here last nor the `text` that it is to hold."""
    if there is None or there == text:
        return False
    return digest(there) != document.held if document.held else there != document.saved


def holding(document: Document, there: str, form: Form) -> Document:
    """The document, whose file is known to hold that."""
    if form.whole:
        return replace(document, held=digest(there))
    return replace(document, saved=there)


def write_back(app: Workbench, where: Path) -> str:
    """Write the document on top to a file; why not, in one sentence, which is empty where it was written.

    Where others changed the file, that is said the first time.
    """
    document = app.desk.active
    try:
        before = text_in(where)
    except (OSError, UnicodeDecodeError, NoiserError) as error:
        return f"{where} cannot be written: {why(error)}."
    try:
        form = form_of(document, where)
        made = form.made(before or "")
        there = None if before is None else form.read(before)
        if there is not None and is_other(document, there, form.read(made)):
            app.desk = desk.with_document(app.desk, holding(document, there, form))
            return f"{where} is another by now than was opened. Saving again writes over it."
        write_text(where, made)
    except NoiserError as error:
        return str(error)
    page = document.page
    assert isinstance(page, (State, TextPage))
    now = replace(holding(document, form.read(made), form), path=str(where), saved=page.text)
    app.show_desk(desk.with_document(app.desk, replace(now, overtaken=False, unsure=False)))
    app.notify(f"Saved to {where}", markup=False)
    return ""


def compare_with_files(app: Workbench) -> None:
    """Mark the texts of a session whose files others changed, and say so: both are kept."""
    for document in app.desk.documents:
        if (now := _compared(document)) is not document:
            app.show_desk(desk.with_document(app.desk, now))


def _compared(document: Document) -> Document:
    """The document, marked where its file is another by now than it was when the session was left."""
    page, path = document.page, Path(document.path)
    if not document.path or not isinstance(page, (State, TextPage)) or not _follows(document, path):
        return document
    try:
        before = text_in(path)
        form = form_of(document, path)
    except (NoiserError, OSError, UnicodeDecodeError):
        return document
    if before is None:
        return document
    there, text = form.read(before), form.read(form.made(before))
    if is_other(document, there, text):
        told = (UNLIKE if document.unsure else OTHERS).format(name=path.name)
        if not (page.note or page.error):
            page = replace(page, note=told)
        return replace(document, page=page, overtaken=True)
    return replace(holding(document, there, form), unsure=False) if there == text else document


def _follows(document: Document, path: Path) -> bool:
    """Whether its text is to be as its file is: not of a run, nor of a chat of whose file nothing is known.

    A text that is no prompt and was not edited is made as its file is: see `text_room.follow`.
    """
    if isinstance(document.page, TextPage):
        return document.edited
    if path.suffix not in RECORDS:
        return True
    return isinstance(document.page, State) and document.page.chat.on and bool(document.held)
