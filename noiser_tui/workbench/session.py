"""What is open, kept: the desk as a session in the user's data, and a session as a desk again."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from noiser.errors import NoiserError
from noiser_tui.history.session import Session, Tab
from noiser_tui.workbench.desk import PANELS, SIDES, Desk, Document
from noiser_tui.workbench.kept_tabs import KINDS, fields_of, is_going, page_of
from noiser_tui.workbench.state import State
from noiser_tui.workbench.text_page import TextPage
from noiser_tui.workbench.views.view import View, place_in

if TYPE_CHECKING:
    from noiser_tui.history.sessions import SessionFile
    from noiser_tui.workbench.app import Workbench
    from noiser_tui.workbench.keeping import Place

QUIET = 2.0
"""Seconds after a change before what is open is written."""


def session_of(
    desk: Desk,
    views: Mapping[int, View],
    stopped: frozenset[int],
    places: Mapping[int, Tab] | None = None,
) -> Session:
    """Everything that the next start puts back; leaving has ended the runs of the documents `stopped`.

    `places` are tabs of documents that were not looked at since, so that there is no view of them.
    """
    ids = [one.id for one in desk.documents]
    left = {id: place_in(tab) for id, tab in (places or {}).items()}
    left |= {id: view.place for id, view in views.items()}
    return Session(
        tabs=tuple(_tab(one, left.get(one.id, {}), one.id in stopped) for one in desk.documents),
        active=ids.index(desk.active_id),
        model=desk.model_name,
        side_bar=desk.side,
        side_bar_open=desk.side_open,
        panel=desk.panel,
        panel_open=desk.panel_open,
        panel_large=desk.panel_large,
        zen=desk.zen,
        sizes={"panel": desk.panel_height} if desk.panel_height else {},
    )


def _tab(document: Document, place: Mapping[str, Any], stopped: bool) -> Tab:
    tab = Tab(document.kind, document.name, document.path, run=document.run or None)
    if document.kind not in KINDS:
        return tab
    tab = replace(tab, **fields_of(document.page), **_file_fields(document))
    return replace(tab, unfinished=tab.unfinished or stopped, **place)


def _file_fields(document: Document) -> dict[str, Any]:
    """What is known of the file that the text came from."""
    page = document.page
    if not document.path or not isinstance(page, (State, TextPage)):
        return {}
    saved = document.saved if document.edited and not document.unsure else None
    unedited = not (document.edited or document.unsure)
    return {"saved": saved, "unedited": unedited, "held": document.held}


def _document(number: int, tab: Tab, desk: Desk) -> Document:
    """The document of a tab; of a file of which nothing else is known, it may have held the text."""
    unsure = tab.saved is None and not (tab.unedited or tab.held)
    saved = tab.text if tab.saved is None else tab.saved
    run = tab.run or ""
    page = page_of(tab, desk)
    return Document(number, page, tab.path, saved, tab.title, run, held=tab.held, unsure=unsure)


def with_session(desk: Desk, session: Session) -> Desk:
    """The desk with what was open then; a desk that has a prompt of its own keeps it on top."""
    documents = [_document(number, tab, desk) for number, tab in _numbered(session)]
    if not documents:
        return desk
    active = documents[min(session.active, len(documents) - 1)].id
    if desk.active.page.title != "Untitled":
        documents.append(desk.active)
        active = desk.active_id
    return replace(
        desk,
        documents=tuple(documents),
        active_id=active,
        side=session.side_bar if session.side_bar in SIDES else desk.side,
        side_open=session.side_bar_open,
        panel=session.panel if session.panel in PANELS else desk.panel,
        panel_open=session.panel_open,
        panel_large=session.panel_large,
        panel_height=max(0, session.sizes.get("panel", 0)),
        zen=session.zen,
    )


def _numbered(session: Session) -> list[tuple[int, Tab]]:
    """The tabs that can be put back, with the ids that their documents get."""
    return [(number, tab) for number, tab in enumerate(session.tabs, 2) if tab.kind in KINDS]


class SessionKeeper:
    """Writes what is open a moment after it changed, and at the end; a disk that fails is told once."""

    def __init__(self, app: Workbench, file: SessionFile | None) -> None:
        self._app = app
        self._file = file
        self._written: Session | None = None
        self._ids: tuple[int, ...] = ()
        self._due = False
        self._stopped = frozenset[int]()
        self._places = dict(_numbered(file.begun)) if file is not None else {}

    def put_back(self, view: View) -> None:
        """Let a view that is made stand where it was left."""
        if (tab := self._places.pop(view.document.id, None)) is not None:
            view.put_back(tab)

    def stopping(self) -> None:
        """Remember which runs are ended by leaving, before they are; who leaves may ask more than once."""
        self._stopped |= frozenset(one.id for one in self._app.desk.documents if is_going(one.page))

    def changed(self) -> None:
        """Something may be open that was not, or otherwise."""
        if self._file is not None and not self._due:
            self._due = True
            self._app.set_timer(QUIET, self.save)

    def save(self) -> None:
        """Write it now, if it is not what was written last."""
        self._due = False
        if self._file is None:
            return
        now = session_of(self._app.desk, self._app.views, self._stopped, self._places)
        if now == self._written:
            return
        try:
            self._file.save(now)
        except NoiserError as error:
            self._file = None
            self._app.refuse(str(error), lasting=True)
        self._written = now
        self._ids = tuple(one.id for one in self._app.desk.documents)

    def close(self) -> None:
        """Write it for the last time; a lone blank tab is nothing to come back to."""
        documents = self._app.desk.documents
        blank = len(documents) == 1 and documents[0].page.title == "Untitled"
        if self._file is not None and blank:
            self._file.forget()
            self._written = None
        else:
            self.save()

    def let_go(self, kept: Mapping[Place, str]) -> None:
        """Let go of the file, once all is kept: `kept` are runs by documents, some of them late."""
        if self._file is None:
            return
        if self._written is not None:
            tabs = zip(self._ids, self._written.tabs, strict=True)
            late = tuple(_with_late(tab, id, kept) for id, tab in tabs)
            if late != self._written.tabs:
                with suppress(NoiserError):  # what was written before stands
                    self._file.save(replace(self._written, tabs=late))
        self._file.close()
        self._file = None


def _with_late(tab: Tab, id: int, kept: Mapping[Place, str]) -> Tab:
    """A tab with what was kept of its runs after it was written."""
    if tab.unfinished and not tab.run and id in kept:
        tab = replace(tab, run=kept[id])
    each = tuple(
        had if any(had) else (kept.get((id, at), ""), "") for at, had in enumerate(tab.each)
    )
    return replace(tab, each=each)
