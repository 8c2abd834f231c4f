"""Every run that was made: kept, put back into the tabs of the last session, and listed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from noiser.comparison.result import Comparison
from noiser.events import Warned
from noiser.explanation import Explanation
from noiser_tui.workbench import desk, kept_measures
from noiser_tui.workbench.comparison_page import ComparisonPage, finished_page, with_comparison
from noiser_tui.workbench.desk import Document
from noiser_tui.workbench.engine import (
    AddDraws,
    CompareRows,
    ExplainList,
    ExplainPrompt,
    JobEnded,
    WentOn,
)
from noiser_tui.workbench.explorer_tree import kind_of
from noiser_tui.workbench.kept_tabs import CANCELLED
from noiser_tui.workbench.measured import Measured
from noiser_tui.workbench.readable import LARGEST_RECORD, check_size
from noiser_tui.workbench.run import Run
from noiser_tui.workbench.shelf import PAGE, Shelf
from noiser_tui.workbench.state import State

if TYPE_CHECKING:
    from noiser.record import Saved
    from noiser_tui.history.entry import Entry
    from noiser_tui.history.runs import RunStore
    from noiser_tui.workbench.app import Workbench

_RECORDS = ("run", "comparison")
SOON = 1.0
"""Seconds after the start at which the list is read: quick open has the runs, too."""

# What is kept


def ended(app: Workbench, before: Document | None, message: JobEnded) -> None:
    """Keep what a job has left: `before` is the document that waited for it, None where it is closed."""
    if isinstance(message.job, CompareRows):
        page = app.desk.page(before.id) if before is not None else None
        found = page.comparison if isinstance(page, ComparisonPage) else None
        if found is not None and found is not message.job.begun:
            keep_compared(app, before, found, message.job.begun, message.number)
        return
    if isinstance(message.job, ExplainList):
        refresh(app)
    if not isinstance(message.job, (ExplainPrompt, AddDraws)):
        return
    again = isinstance(message.job, AddDraws)
    began = message.job.begun if isinstance(message.job, ExplainPrompt) else None
    goes_on = began is not None
    left = message.partial
    if before is not None:
        page = app.desk.document(before.id).page
        left = _left(page.run) if isinstance(page, State) else None
    elif again or (goes_on and left is began):  # that is kept already
        return
    if again and (message.error or (message.cancelled and message.partial is None)):
        return  # nothing has changed
    if left is not None:
        keep_explained(app, before, left, 0 if again else message.number, again=again or goes_on)


def keep_explained(
    app: Workbench, before: Document | None, found: Explanation, job: int, *, again: bool
) -> None:
    """Keep what is known of a run, where that is anything; `again` takes the place of what there was."""
    if found.left_off is not None or _tells(found):
        in_place = again and before is not None and bool(before.run)
        _keep(app, before, lambda: found, _place(before, again=in_place), job)


def keep_compared(
    app: Workbench,
    before: Document | None,
    found: Comparison,
    begun: Comparison | None,
    job: int,
) -> None:
    """Keep what is known of a comparison, in the place of what it began with where that is all in it."""
    in_place = begun is None or _holds(found, begun)
    _keep(app, before, lambda: found, _place(before, again=in_place), job)


def _holds(found: Comparison, begun: Comparison) -> bool:
    """Whether a comparison has all rows of the one that it began with, none of them made anew."""
    rows = zip(begun.rows, found.rows, strict=False)
    kept = [one.explanation is now.explanation for one, now in rows if one.explanation is not None]
    return all(kept)


def went_on(app: Workbench, before: Document | None, message: WentOn) -> None:
    """What begins anew does not take the place of what it was to go on from."""
    if message.anew and before is not None:
        app.keeping.begin(before.id)
        app.desk = desk.run_kept(app.desk, before.id, "")


def _left(run: Run) -> Explanation | None:
    """What a run leaves; of one that failed on the way through several targets, those before it."""
    found = run.saved
    if found is None or not run.why:
        return found
    count = len(found.steps_explained) if run.done else 0
    after = f" after {count} target{'' if count == 1 else 's'}" if count else ""
    told = Warned(f"The run failed{after}: {run.why}")
    whole = found.complete and not count
    return replace(found, complete=whole, warnings=(*found.warnings, told))


def keep(app: Workbench, document: Document | None, saved: Saved, *, again: bool = False) -> None:
    """Keep what a document shows; `again` says that it takes the place of what was kept before."""
    _keep(app, document, lambda: saved, _place(document, again=again))


def _place(document: Document | None, *, again: bool) -> str | None:
    """The run whose place is taken, None where it is a new one."""
    return document.run if again and document is not None else None


def _keep(
    app: Workbench,
    document: Document | None,
    make: Callable[[], Saved],
    run: str | None,
    job: int = 0,
) -> None:
    id = document.id if document is not None else 0

    def kept(entry: Entry) -> None:
        app.show_desk(desk.run_kept(app.desk, id, entry.id))
        refresh(app)

    def failed(why: str) -> None:
        page = app.desk.page(id)
        if isinstance(page, (State, ComparisonPage)):
            app.show_page(replace(page, note=f"This run is not kept: {why}", error=""), id)
        else:
            app.refuse(f"A run is not kept: {why}", lasting=True)

    app.keeping.keep(id, make, run, kept, failed, job)


def restore(app: Workbench) -> None:
    """Put what was found into the tabs of the last session, that on top first; later read the list."""
    app.set_timer(SOON, partial(refresh, app))
    for document in sorted(app.desk.documents, key=lambda one: one.id != app.desk.active_id):
        if document.run and not _shows(document):
            id, run = document.id, document.run
            use, failed = partial(_found_again, app, id, run), partial(_lost, app, id, run)
            app.keeping.ask(partial(open_kept, run), use, failed)
        elif document.path and not _shows(document) and kind_of(Path(document.path)) in _RECORDS:
            id = document.id
            use, failed = partial(_found_again, app, id, ""), partial(_lost, app, id, "")
            app.keeping.ask(partial(_open_file, Path(document.path)), use, failed)
    refresh(app)  # quick open lists them from the start


def open_kept(run: str, store: RunStore) -> tuple[Saved, tuple[Measured, str]]:
    """A run with what was measured of it, and why that could not be read."""
    return store.open(run), kept_measures.read(store, run)


def _open_file(path: Path, store: RunStore) -> tuple[Saved, tuple[Measured, str]]:
    """A run that was opened from a file and is in no store."""
    from noiser.opening import document_in, saved_in

    check_size(path, LARGEST_RECORD)
    return saved_in(document_in(path.read_bytes(), str(path))), (Measured(), "")


def _shows(document: Document) -> bool:
    page = document.page
    if isinstance(page, ComparisonPage):
        return page.job != 0 or page.comparison is not None
    return not isinstance(page, State) or page.job != 0 or page.run.prompt is not None


def _waiting(app: Workbench, id: int, run: str) -> State | ComparisonPage | None:
    """The page that waits for this run, None where it is closed or shows something else by now."""
    there = [one for one in app.desk.documents if (one.id, one.run) == (id, run)]
    page = there[0].page if there and not _shows(there[0]) else None
    return page if isinstance(page, (State, ComparisonPage)) else None


def _found_again(
    app: Workbench, id: int, run: str, found: tuple[Saved, tuple[Measured, str]]
) -> None:
    from noiser_tui.workbench.reopened_run import put_back

    (saved, measured), page = found, _waiting(app, id, run)
    if isinstance(page, State) and isinstance(saved, Explanation):
        app.show_page(kept_measures.put_back(put_back(page, saved), *measured), id)
    elif isinstance(page, ComparisonPage) and isinstance(saved, Comparison):
        again = with_comparison(page, saved) if page.request is not None else finished_page(saved)
        note = page.note or ("" if saved.complete else CANCELLED)
        app.show_page(replace(again, note=note if again.left else "", error=page.error), id)


def _lost(app: Workbench, id: int, run: str, why: str) -> None:
    if (page := _waiting(app, id, run)) is not None:
        app.desk = desk.run_kept(app.desk, id, "")
        app.show_page(replace(page, note=why), id)


def _tells(explanation: Explanation) -> bool:
    """Whether anything is known: a run that was cancelled at once has no score."""
    steps = explanation.steps_explained
    return explanation.complete or any(t.score is not None for one in steps for t in one.tokens)


# What is listed


def look(app: Workbench, sought: str) -> None:
    """Show the runs that have these words."""
    if sought != app.desk.shelf.sought:
        shelf = replace(app.desk.shelf, sought=sought, wanted=PAGE)
        app.show_desk(replace(app.desk, shelf=shelf))
    refresh(app)


def more(app: Workbench) -> None:
    """Read further back, where there is more."""
    shelf = app.desk.shelf
    if shelf.wanted <= len(shelf.others) < shelf.total:  # else it is being read, or all there is
        app.show_desk(replace(app.desk, shelf=replace(shelf, wanted=shelf.wanted + PAGE)))
        refresh(app)


def refresh(app: Workbench) -> None:
    """Read the list again: other workbenches keep runs, too."""
    sought, wanted = app.desk.shelf.sought, app.desk.shelf.wanted

    def work(store: RunStore) -> Shelf:
        return Shelf(
            sought,
            wanted,
            tuple(store.search(sought, pinned=True)),
            tuple(store.search(sought, wanted, pinned=False)),
            store.count(sought, pinned=False),
            tuple(store.newest(marked=True)),
            known=True,
        )

    def use(found: Shelf) -> None:
        now = app.desk.shelf
        if (now.sought, now.wanted) != (sought, wanted):
            return  # another question was asked since
        found = replace(found, deleted=now.deleted)
        if found != now:
            app.show_desk(replace(app.desk, shelf=found))

    app.keeping.ask(work, use, app.refuse)


def change(app: Workbench, work: Callable[[RunStore], object]) -> None:
    """Change something in the store, and show the list as it is then."""

    def changed(_: object) -> None:
        refresh(app)

    app.keeping.ask(work, changed, app.refuse)
