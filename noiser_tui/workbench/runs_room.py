"""What can be done to a run in the list: open, name, pin, mark, delete, write it to a file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from noiser.explanation import Explanation
from noiser_tui.look.cells import one_line
from noiser_tui.workbench import desk, kept_measures
from noiser_tui.workbench.comparison_page import finished_page
from noiser_tui.workbench.desk import Page
from noiser_tui.workbench.kept_runs import change, open_kept, refresh

if TYPE_CHECKING:
    from noiser.record import Saved
    from noiser_tui.history.entry import Entry
    from noiser_tui.workbench.app import Workbench
    from noiser_tui.workbench.measured import Measured


def pointed(app: Workbench) -> Entry | None:
    """The run under the cursor of the side bar's list."""
    view = app.side_bar.view
    return app.desk.shelf.entry(view.key) if view is not None else None


def open_pointed(app: Workbench) -> None:
    """Open it in a tab, or show the tab that it is open in."""
    if (entry := pointed(app)) is not None:
        open_run(app, entry.id, entry.title)


def open_run(
    app: Workbench, run: str, title: str = "", failed: Callable[[str], object] | None = None
) -> None:
    """Open a run in a tab, or show the tab that it is open in; where it is gone, `failed` gets why."""
    there = next((one for one in app.desk.documents if one.run == run), None)
    if there is not None:
        app.action_show_tab(there.id)
        return

    def use(found: tuple[Saved, tuple[Measured, str]]) -> None:
        from noiser_tui.workbench.reopened_run import page_of  # it needs numpy

        saved, measured = found
        page: Page
        if isinstance(saved, Explanation):
            page = kept_measures.put_back(page_of(saved, desk.blank(app.desk)), *measured)
        else:
            page = finished_page(saved)
        app.open_page(page, run=run, name=title)

    app.keeping.ask(partial(open_kept, run), use, failed or app.refuse)


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
    from noiser_tui.workbench.saving import save_to

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
