"""What can be exported at a moment: of the view that has the keys first, then all else that is shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from noiser.explanation import Explanation
from noiser.export import COMPARISON_FORMATS, FORMATS
from noiser_tui.workbench.comparison_page import ComparisonPage
from noiser_tui.workbench.context import facts
from noiser_tui.workbench.exports import of_lists, of_run
from noiser_tui.workbench.exports.export import Export
from noiser_tui.workbench.prompt_list import PromptList
from noiser_tui.workbench.settings_page import SettingsPage
from noiser_tui.workbench.state import State
from noiser_tui.workbench.views.explanation import ExplanationView
from noiser_tui.workbench.widgets.search_text import kind_of_scores

if TYPE_CHECKING:
    from noiser.record import Saved
    from noiser_tui.workbench.app import Workbench

Offer = Callable[[], "Export | str"]
"""Gives what there is, or a sentence on why there is nothing."""
NO_EXPLANATION = "There is nothing to save yet: explain a prompt first (F5)."


def offers(app: Workbench) -> list[Export]:
    """All that there is, that of the view with the keys first."""
    every = {**_of_document(app), **_of_panel(app), **_of_side(app)}
    now = _with_keys(app)
    first = now if now in every else "document"
    names = sorted(every, key=lambda name: (name != f"{first} pointed", name != first))
    found = (every[name]() for name in names)
    return [one for one in found if isinstance(one, Export)]


def of_view(app: Workbench, name: str) -> Export | str:
    """What a view of the panel, or the document on top, has."""
    offer = {**_of_panel(app), **_of_document(app)}.get(name)
    return NO_EXPLANATION if offer is None else offer()


def _with_keys(app: Workbench) -> str:
    """The name of the view that has the keys."""
    now = facts(app)
    where = str(now["focus"])
    return {"panel": app.desk.panel, "side": app.desk.side}.get(where, where)


def _of_document(app: Workbench) -> Mapping[str, Offer]:
    page = app.desk.active.page
    if isinstance(page, State):
        view = app.view
        at = view.token if isinstance(view, ExplanationView) and view.stands else None
        return {
            "document": partial(explained, page),
            "next": partial(of_run.next_tokens, page),
            "strip": partial(of_run.continuation, page),
            "token": partial(of_run.token, page, at),
        }
    if isinstance(page, ComparisonPage):
        return {"document": partial(compared, page)}
    if isinstance(page, PromptList):
        return {"document": partial(of_lists.prompts, page)}
    if isinstance(page, SettingsPage):
        found = app.configured.settings if app.configured is not None else None
        return {"document": partial(of_lists.settings, found)}
    if (folder := getattr(page, "folder", "")) and page.kind == "study":
        return {"document": partial(studied, Path(folder))}
    return {}


def _of_panel(app: Workbench) -> Mapping[str, Offer]:
    page = app.desk.explanation
    none = "{} are of an explanation: its tab is not on top."
    return {
        "search": partial(of_run.search, page) if page else lambda: none.format("Searches"),
        "metrics": partial(of_run.metrics, page) if page else lambda: none.format("Metrics"),
        "problems": partial(of_lists.problems, app.desk),
        "output": partial(of_lists.output, app.desk),
    }


def _of_side(app: Workbench) -> Mapping[str, Offer]:
    view = app.side_bar.view
    folder = getattr(view, "chosen", None)  # of the studies' list
    pointed = app.desk.shelf.entry(view.key) if view is not None else None
    return {
        **({"studies": partial(studied, folder)} if isinstance(folder, Path) else {}),
        **({f"{app.desk.side} pointed": partial(of_lists.run, pointed)} if pointed else {}),
        "runs": partial(of_lists.runs, app.desk.shelf),
        "compare": partial(of_lists.marked, app.desk.shelf),
        "models": partial(of_lists.models, app.desk),
        "methods": partial(of_lists.methods, app.desk),
        "keys": partial(of_lists.keys, app.keymap),
    }


def explained(page: State) -> Export | str:
    """The explanation of a page, of several targets all of it."""
    found = page.run.saved
    if found is None:
        return NO_EXPLANATION
    named = {"": "explanation", "partial": "partial explanation"}
    kind = kind_of_scores(page.run)
    return of_saved(found, named.get(kind, kind))


def compared(page: ComparisonPage) -> Export | str:
    """The comparison of a page, as far as it is there."""
    found = page.comparison
    return "There is nothing to save yet: no row is there." if found is None else of_saved(found)


def of_saved(saved: Saved, kind: str = "") -> Export:
    """A run in every form that there is of it."""
    from noiser.export import save

    alone = isinstance(saved, Explanation)
    forms, name = (FORMATS, "run.json") if alone else (COMPARISON_FORMATS, "comparison.json")
    what = kind or ("run" if alone else "comparison")
    return Export(what, name, forms, partial(save, saved), opens=True)


def studied(folder: Path) -> Export | str:
    """The table of a study; every pair is tested again, as long as `noiser study show` takes."""
    from noiser.study.export import FORMATS as TABLES
    from noiser_tui.workbench.studies.tables import has_table, write_table

    if not has_table(folder):
        return "There is nothing to export yet: run the study first (F5)."
    return Export("table", f"{folder.name}.csv", tuple(TABLES), partial(write_table, folder))
