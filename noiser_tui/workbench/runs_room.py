"""Every run that was made: keep it, find it again, open it, and what can be done to one in the list."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from noiser.comparison.result import Comparison
from noiser.explanation import Explanation
from noiser_tui.look.cells import one_line
from noiser_tui.workbench import desk
from noiser_tui.workbench.comparison_page import ComparisonPage, finished_page, with_comparison
from noiser_tui.workbench.desk import Document, Page
from noiser_tui.workbench.engine import AddDraws, CompareRows, ExplainPrompt, JobEnded
from noiser_tui.workbench.shelf import PAGE, Shelf
from noiser_tui.workbench.state import State

if TYPE_CHECKING:
    from noiser.record import Saved
    from noiser_tui.history.entry import Entry
    from noiser_tui.history.runs import RunStore
    from noiser_tui.workbench.app import Workbench

SOON = 1.0
"""Seconds after the start at which the list is read: quick open has the runs, too."""

# What is kept


def ended(app: Workbench, before: Document | None, message: JobEnded) -> None:
    """Keep what a job has left: `before` is the document that waited for it, None where it is closed."""
    if before is not None and isinstance(message.job, CompareRows):
        page = app.desk.document(before.id).page
        if isinstance(page, ComparisonPage) and page.comparison is not None:
            keep(app, before, page.comparison)
        return
    if message.error is not None or not isinstance(message.job, (ExplainPrompt, AddDraws)):
        return
    again = isinstance(message.job, AddDraws)
    found = message.partial
    if before is not None:
        page = app.desk.document(before.id).page
        found = page.run.saved if isinstance(page, State) else None
    elif again:
        return
    if again and message.cancelled and message.partial is None:
        return  # nothing has changed
    if found is not None and _tells(found):
        keep(app, before, found, again=again)


def keep(app: Workbench, document: Document | None, saved: Saved, *, again: bool = False) -> None:
    """Keep what a document shows; `again` says that it takes the place of what was kept before."""
    id = document.id if document is not None else 0

    def kept(entry: Entry) -> None:
        app.show_desk(desk.run_kept(app.desk, id, entry.id))
        refresh(app)

    def failed(why: str) -> None:
        page = next((one.page for one in app.desk.documents if one.id == id), None)
        if isinstance(page, (State, ComparisonPage)):
            app.show_page(replace(page, note=f"This run is not kept: {why}", error=""), id)
        else:
            app.refuse(f"A run is not kept: {why}")

    run = document.run if again and document is not None else None
    app.keeping.keep(id, saved, run, kept, failed)


def restore(app: Workbench) -> None:
    """Put what was found into the tabs of the last session, that on top first; later read the list."""
    app.set_timer(SOON, partial(refresh, app))
    for document in sorted(app.desk.documents, key=lambda one: one.id != app.desk.active_id):
        if document.run and not _shows(document):
            id, run = document.id, document.run
            use, failed = partial(_found_again, app, id, run), partial(_lost, app, id, run)
            app.keeping.ask(partial(_open, run), use, failed)
    refresh(app)  # quick open lists them from the start


def _open(run: str, store: RunStore) -> Saved:
    return store.open(run)


def _shows(document: Document) -> bool:
    page = document.page
    if isinstance(page, ComparisonPage):
        return page.job != 0 or bool(page.slots)
    return not isinstance(page, State) or page.job != 0 or page.run.prompt is not None


def _waiting(app: Workbench, id: int, run: str) -> State | ComparisonPage | None:
    """The page that waits for this run, None where it is closed or shows something else by now."""
    there = [one for one in app.desk.documents if (one.id, one.run) == (id, run)]
    page = there[0].page if there and not _shows(there[0]) else None
    return page if isinstance(page, (State, ComparisonPage)) else None


def _found_again(app: Workbench, id: int, run: str, saved: Saved) -> None:
    from noiser_tui.workbench.reopened_run import put_back

    page = _waiting(app, id, run)
    if isinstance(page, State) and isinstance(saved, Explanation):
        app.show_page(put_back(page, saved), id)
    elif isinstance(page, ComparisonPage) and isinstance(saved, Comparison):
        app.show_page(with_comparison(page, saved), id)


def _lost(app: Workbench, id: int, run: str, why: str) -> None:
    if (page := _waiting(app, id, run)) is not None:
        app.desk = desk.run_kept(app.desk, id, "")
        app.show_page(replace(page, note=why), id)


def _tells(explanation: Explanation) -> bool:
    """Whether anything is known: a run that was cancelled at once has no score."""
    steps = explanation.steps_explained
    return explanation.complete or any(t.score is not None for one in steps for t in one.tokens)


# What is shown


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


def pointed(app: Workbench) -> Entry | None:
    """The run under the cursor of the side bar's list."""
    view = app.side_bar.view
    return app.desk.shelf.entry(view.key) if view is not None else None


# What is done to the run under the cursor


def open_pointed(app: Workbench) -> None:
    """Open it in a tab, or show the tab that it is open in."""
    if (entry := pointed(app)) is not None:
        open_run(app, entry.id, entry.title)


def open_run(app: Workbench, run: str, title: str = "") -> None:
    """Open a run in a tab, or show the tab that it is open in."""
    there = next((one for one in app.desk.documents if one.run == run), None)
    if there is not None:
        app.action_show_tab(there.id)
        return

    def use(saved: Saved) -> None:
        show_saved(app, saved, run=run, name=title)

    app.keeping.ask(lambda store: store.open(run), use, app.refuse)


def show_saved(app: Workbench, saved: Saved, *, run: str = "", name: str = "") -> None:
    """Show in a new tab what was saved or made elsewhere."""
    from noiser_tui.workbench.reopened_run import page_of  # it needs numpy

    page: Page = (
        page_of(saved, desk.blank(app.desk))
        if isinstance(saved, Explanation)
        else finished_page(saved)
    )
    app.open_page(page, run=run, name=name)


def rename(app: Workbench) -> None:
    """Give it another name."""
    from noiser_tui.workbench.screens.ask import Ask

    entry = pointed(app)
    if entry is None:
        return
    run = entry.id

    def answer(title: str | None) -> None:
        if title is None:
            return
        app.show_desk(desk.run_named(app.desk, run, " ".join(title.split())))
        change(app, lambda store: store.rename(run, title))

    app.push_screen(Ask("Name of the run", "As it is listed here", entry.name), answer)


def pin(app: Workbench) -> None:
    """Keep it on top and out of pruning, or let it go."""
    if (entry := pointed(app)) is not None:
        change(app, lambda store: store.pin(entry.id, not entry.pinned))


def mark(app: Workbench) -> None:
    """Mark it for comparison, or take the mark away."""
    entry = pointed(app)
    if entry is None:
        return
    change(app, lambda store: store.mark(entry.id, not entry.marked))
    others = sum(one.id != entry.id for one in app.desk.shelf.marked)
    if not entry.marked and others == 1:  # said once, when there is something to compare
        key = app.keymap.label("compare_marked") or "“Compare the marked runs”"
        app.notify(f"Two runs are marked: {key} compares them.", markup=False)


def mark_shown(app: Workbench) -> None:
    """Mark the run of the tab on top for comparison."""
    run = app.desk.active.run
    if not run:
        app.refuse("There is no run here to mark yet: explain a prompt first (F5).")
        return
    change(app, lambda store: store.mark(run, True))
    app.notify("Marked for comparison: Alt+C shows what is.", markup=False)


def delete(app: Workbench) -> None:
    """Delete it; it can be brought back for some days."""
    entry = pointed(app)
    if entry is None:
        return

    def deleted(_: object) -> None:
        now = desk.run_deleted(app.desk, entry.id)
        app.keeping.forget(entry.id)
        shelf = replace(now.shelf, deleted=(*now.shelf.deleted, entry.id))
        app.show_desk(replace(now, shelf=shelf))
        refresh(app)
        back = app.keymap.label("run_undelete") or "“Bring the deleted run back”"
        app.notify(f"Deleted: {one_line(entry.name, 40)}. {back} brings it back.", markup=False)

    app.keeping.ask(lambda store: store.delete(entry.id), deleted, app.refuse)


def undo_delete(app: Workbench) -> None:
    """Bring the run back that was deleted last."""
    shelf = app.desk.shelf
    if not shelf.deleted:
        app.refuse("No run was deleted here that could be brought back.")
        return
    run = shelf.deleted[-1]
    app.show_desk(replace(app.desk, shelf=replace(shelf, deleted=shelf.deleted[:-1])))
    change(app, lambda store: store.restore(run))


def export(app: Workbench) -> None:
    """Write it to a file."""
    from noiser_tui.workbench.choosing import save_to

    entry = pointed(app)
    if entry is not None:
        run = entry.id
        app.keeping.ask(lambda store: store.open(run), partial(save_to, app), app.refuse)


def search(app: Workbench) -> None:
    """Type what to search for."""
    from noiser_tui.workbench.widgets.plain_text import Line

    if app.side_bar.view is not None:
        for line in app.side_bar.view.query(Line):
            app.base.set_focus(line)  # at once: letters may be on their way


def change(app: Workbench, work: Callable[[RunStore], object]) -> None:
    """Change something in the store, and show the list as it is then."""

    def changed(_: object) -> None:
        refresh(app)

    app.keeping.ask(work, changed, app.refuse)
