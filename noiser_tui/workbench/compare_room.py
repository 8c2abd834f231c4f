"""Comparing: what is marked, or several methods, bounds and models on the prompt on top."""

from __future__ import annotations

from typing import TYPE_CHECKING

from noiser.comparison.result import Comparison
from noiser.comparison.rows import plan
from noiser.errors import WrongUse
from noiser.explanation import Explanation
from noiser_tui.workbench import desk, kept_runs, runs_room
from noiser_tui.workbench.asking import can_explain
from noiser_tui.workbench.chat_form import Said
from noiser_tui.workbench.comparison_page import ComparisonPage, finished_page, planned_page
from noiser_tui.workbench.engine import CompareRows
from noiser_tui.workbench.reopened_run import page_of
from noiser_tui.workbench.response_form import Responded

if TYPE_CHECKING:
    from noiser_tui.history.runs import RunStore
    from noiser_tui.workbench.app import Workbench
    from noiser_tui.workbench.screens.pick import Choice


def compare_marked(app: Workbench) -> None:
    """Lay the marked runs over each other; nothing runs."""

    def use(comparison: Comparison) -> None:
        app.open_page(finished_page(comparison))
        kept_runs.keep(app, app.desk.active, comparison)

    app.keeping.ask(_laid_over, use, app.refuse)


def _laid_over(store: RunStore) -> Comparison:
    """In the thread of the store: reading long runs, and ranking them, takes a while."""
    from noiser.comparison.together import compare_runs

    marked = store.newest(marked=True)
    saved = [store.open(one.id) for one in reversed(marked) if one.kind == "explanation"]
    explained = [one for one in saved if isinstance(one, Explanation)]
    if len(explained) < 2:
        raise WrongUse("Mark two or more runs in Runs (Alt+R, Space) to compare them.")
    return compare_runs(explained)


def compare_here(app: Workbench) -> None:
    """Choose methods, bounds and models, and explain the prompt on top by each."""
    if app.desk.explanation is None:
        page = app.desk.active.page
        if not isinstance(page, ComparisonPage):
            app.refuse("Open a prompt first: what is compared is explained on it.")
            return
        _choose(app, page.asked)
    else:
        app.call_after_typing(_choose_for_prompt, app)


def _choose_for_prompt(app: Workbench) -> None:
    page = app.desk.explanation
    if page is None or not can_explain(app, page):
        return
    if isinstance(page.asked, Responded):
        app.refuse("A response is not compared in several ways: mark its runs (Alt+R) for that.")
    else:
        _choose(app, page.asked)


def _choose(app: Workbench, text: Said) -> None:
    from noiser_tui.workbench.screens.pick_many import PickMany

    request = desk.blank(app.desk).request
    chosen = (
        f"method {request.method}",
        f"bound {request.bound}",
        f"model {app.desk.model_name}",
    )

    def use(values: tuple[str, ...] | None) -> None:
        if values is not None:
            start(app, text, values)

    title = "Compare on this prompt"
    app.push_screen(PickMany(title, _choices(app), chosen=chosen, check=_why_not), use)


def _why_not(values: tuple[str, ...]) -> str:
    """Why these make no comparison, while the list is still open to choose others."""
    several = any(len(_of(kind, values)) > 1 for kind in ("method", "bound", "model"))
    return "" if several else "Choose two methods, bounds or models with Space, then Enter"


def _choices(app: Workbench) -> list[Choice]:
    from noiser_tui.workbench.choices import bound_choices, method_choices, model_choices
    from noiser_tui.workbench.screens.pick import Choice

    page = app.desk.explanation or desk.blank(app.desk)
    listed = [("method", one) for one in method_choices(page, page.asked)]
    listed += [("bound", one) for one in bound_choices()]
    models = model_choices()
    if app.desk.model_name not in {one.value for one in models}:
        models.insert(0, Choice(app.desk.model_name, app.desk.model_name, "loaded"))
    listed += [("model", one) for one in models]
    return [Choice(f"{kind} {one.value}", f"{kind} {one.name}", one.what) for kind, one in listed]


def start(app: Workbench, text: Said, values: tuple[str, ...]) -> None:
    """Explain the text in each way, row by row, in a tab of its own."""
    request = desk.blank(app.desk).request
    own = app.desk.explanation
    if own is not None:
        request = own.request
    methods = _of("method", values) or (request.method,)
    bounds = _of("bound", values) or (request.bound,)
    models = _of("model", values) or (app.desk.model_name,)
    try:
        rows = plan(models, methods, bounds, request)
    except WrongUse as error:
        app.refuse(str(error))
        return
    every = (("models", models), ("methods", methods), ("bounds", bounds))
    several = [name for name, chosen in every if len(chosen) > 1]
    over = several[0] if len(several) == 1 else "ways"
    job = app.engine.submit(
        CompareRows(text, request, methods, models, bounds, dict(app.desk.load_options))
    )
    page = planned_page(text, over, models, rows)
    app.open_page(page.waiting_for(job))


def _of(kind: str, values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(one.removeprefix(f"{kind} ") for one in values if one.startswith(f"{kind} "))


def open_row(app: Workbench) -> None:
    """Open the explanation of the row under the cursor in a tab."""
    from noiser_tui.workbench.views.comparison import ComparisonView

    page, view = app.desk.active.page, app.view
    if not isinstance(page, ComparisonPage) or not isinstance(view, ComparisonView):
        return
    if not page.slots:
        return
    slot = page.slots[view.row]
    if slot.row is None or slot.row.explanation is None:
        error = slot.row.error if slot.row is not None else "it is not there yet."
        app.refuse(f"{slot.label}: {error}")
        return
    app.open_page(page_of(slot.row.explanation, desk.blank(app.desk)), name=slot.label)


def unmark(app: Workbench) -> None:
    """Take the mark from the run under the cursor."""
    if (entry := runs_room.pointed(app)) is not None:
        kept_runs.change(app, lambda store: store.mark(entry.id, False))


def unmark_all(app: Workbench) -> None:
    """Take all marks away."""
    ids = [one.id for one in app.desk.shelf.marked]

    def work(store: RunStore) -> None:
        for run in ids:
            store.mark(run, False)

    kept_runs.change(app, work)
