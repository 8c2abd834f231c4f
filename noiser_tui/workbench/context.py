"""The words that a condition may use: what holds in the workbench at this moment."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Input, TextArea

from noiser_tui.workbench.comparison_page import ComparisonPage
from noiser_tui.workbench.state import State

if TYPE_CHECKING:
    from noiser_tui.workbench.app import Workbench
    from noiser_tui.workbench.desk import Page


def facts(app: Workbench) -> dict[str, bool | str | int]:
    """What conditions (`when`) are about.

    modal: a list, a question or a page is open over the workbench. running: the document's own run is
    under way, or what it asked the model to write. loading: a model is. responded: a response to the
    prompt is asked about. busy: the engine is at work on anything. explained: the document has scores.
    targets: how many targets it has. document: the kind of the one on top. tabs: how many are open.
    sideBar and panel: which view of each is open, empty when it is closed. focus: where keys go, one of
    prompt, heat, next, strip (the continuation), side, panel, document and none. listing: the samples of
    a study's cell are listed. study: whether the one on top is running (in the process started here),
    shared (others work on it) or still. typing: keys are written into a text or a line. zen: the document
    has the whole screen.
    fetching: the explorer waits for a data set. rowsLeft: a comparison has rows that are not there.
    replaying: a search is played again. testing: keys are being tried, and do nothing else.
    """
    page = app.desk.active.page
    own = page if isinstance(page, State) else None
    return {
        "modal": isinstance(app.screen, ModalScreen),
        "running": (own.stoppable if own is not None else page.job) != 0,
        "responded": own is not None and own.response.on,
        "loading": app.desk.load_job != 0,
        "busy": app.desk.running != 0,
        "explained": own is not None and own.run.explanation is not None,
        "targets": len(own.run.done) if own is not None else 0,
        "document": app.desk.active.kind,
        "listing": getattr(page, "looking", None) is not None,
        "study": _study(app, page),
        "fetching": bool(getattr(app.side_bar.view, "fetching", False)),
        "rowsLeft": isinstance(page, ComparisonPage) and bool(page.left),
        "tabs": len(app.desk.documents),
        "sideBar": app.desk.side if app.desk.side_open else "",
        "panel": app.desk.panel if app.desk.panel_open else "",
        "focus": _focus(app.base.focused),
        "typing": isinstance(app.base.focused, (Input, TextArea)),
        "zen": app.desk.zen,
        "replaying": own is not None and own.playing,
        "testing": "-key-test" in app.screen.classes,
    }


def _study(app: Workbench, page: Page) -> str:
    folder = getattr(page, "folder", "")
    if not folder:
        return ""
    run = app.studies.of(Path(folder))
    if run is not None and run.running:
        return "running"
    return "shared" if getattr(page, "shared", False) else "still"


_ROOMS = {
    "prompt": "prompt",
    "heat": "heat",
    "next": "next",
    "strip": "strip",
    "sidebar": "side",
    "panel": "panel",
}


def _focus(widget: Widget | None) -> str:
    if widget is None:
        return "none"
    for node in widget.ancestors_with_self:
        if isinstance(node, Widget):
            for room in _ROOMS.keys() & {node.id, *node.classes}:
                return _ROOMS[room]
    return "document"
