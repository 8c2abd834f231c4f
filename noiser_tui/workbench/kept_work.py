"""What is known of work under way, kept as it comes: its process may be killed at any moment."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from noiser.comparison.result import Comparison
from noiser.explanation import Explanation
from noiser_tui.workbench import desk, kept_measures
from noiser_tui.workbench.comparison_page import ComparisonPage
from noiser_tui.workbench.desk import Document
from noiser_tui.workbench.engine import ListedExplained, WorkKnown
from noiser_tui.workbench.kept_runs import keep_compared, keep_explained, refresh
from noiser_tui.workbench.prompt_list import PromptList
from noiser_tui.workbench.run import run_stopped
from noiser_tui.workbench.state import State

if TYPE_CHECKING:
    from noiser_tui.history.entry import Entry
    from noiser_tui.workbench.app import Workbench


def on_the_way(app: Workbench, before: Document | None, message: WorkKnown) -> None:
    """Keep what a cancel would leave by now of what the document waits for; None where it is closed."""
    page = app.desk.page(before.id) if before is not None else None
    match page, message.left:
        case _ if before is None:
            return
        case PromptList(), Explanation() as left:
            _keep_listed(app, before.id, page, message.at, left)
        case State(), Explanation() as left:
            found = run_stopped(page.run, left).saved
            if found is not None and not app.keeping.busy:
                keep_explained(app, before, found, message.number, again=message.goes_on)
        case ComparisonPage(), Comparison() as left:
            if not app.keeping.busy:
                keep_compared(app, before, left, page.begun, message.number)
        case State(), _:
            measured(app, before)


def measured(app: Workbench, before: Document | None) -> None:
    """Keep what is measured by now of what the document shows; None where it is closed."""
    page = app.desk.page(before.id) if before is not None else None
    if before is None or not isinstance(page, State) or (shown := page.run.saved) is None:
        return
    id, run = before.id, before.run

    def kept(there: str) -> None:
        if there != run:
            app.show_desk(desk.run_kept(app.desk, id, there))
            refresh(app)

    write = partial(kept_measures.write, measured=page.measured)
    app.keeping.keep_beside(id, shown, run, write, kept, app.refuse)


def listed(app: Workbench, before: Document | None, message: ListedExplained) -> None:
    """Keep the explanation of a prompt of a list; its line then knows the run."""
    page = app.desk.page(before.id) if before is not None else None
    if message.explanation is None:
        return
    if before is not None and isinstance(page, PromptList):
        _keep_listed(app, before.id, page, message.at, message.explanation)
    else:
        found = message.explanation
        app.keeping.ask(lambda store: store.add(found), lambda _: None, app.refuse)


def _keep_listed(app: Workbench, id: int, page: PromptList, at: int, found: Explanation) -> None:
    """Keep what is known of a prompt of a list, in the place of what was before."""

    def kept(entry: Entry) -> None:
        if found.complete:  # what comes of it after that is another run
            app.keeping.begin((id, at))
        now = app.desk.page(id)
        if isinstance(now, PromptList) and now.prompts[at].standing != "failed":
            app.show_page(now.changed(at, run=entry.id), id)
        if app.desk.side == "runs":
            refresh(app)

    def failed(why: str) -> None:
        now = app.desk.page(id)
        if isinstance(now, PromptList):
            app.show_page(replace(now, error=f"A run is not kept: {why}"), id)
        else:
            app.refuse(f"A run is not kept: {why}", lasting=True)

    app.keeping.keep((id, at), lambda: found, page.prompts[at].run, kept, failed)
