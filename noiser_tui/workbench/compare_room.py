"""Comparing: what is marked, or several methods, bounds and models on the prompt on top."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from noiser.comparison.result import Comparison
from noiser.comparison.rows import plan
from noiser.errors import WrongUse
from noiser.explanation import Explanation
from noiser_tui.workbench import desk, kept_runs, runs_room
from noiser_tui.workbench.asking import can_explain
from noiser_tui.workbench.chat_form import Said
from noiser_tui.workbench.comparison_page import (
    GOES_ON,
    ComparisonPage,
    finished_page,
    planned_page,
)
from noiser_tui.workbench.engine import CompareRows
from noiser_tui.workbench.reopened_run import page_of
from noiser_tui.workbench.response_form import Responded
from noiser_tui.workbench.ways import Ways

if TYPE_CHECKING:
    from noiser.request import Request
    from noiser_tui.history.runs import RunStore
    from noiser_tui.workbench.app import Workbench
    from noiser_tui.workbench.screens.choice import Choice
    from noiser_tui.workbench.state import State


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
        _choose(app, page.asked, page.ways)
    else:
        app.call_after_typing(_choose_for_prompt, app)


def _choose_for_prompt(app: Workbench) -> None:
    page = app.desk.explanation
    if page is not None and (text := comparable(app, page)) is not None:
        _choose(app, text, Ways())


def comparable(app: Workbench, page: State) -> Said | None:
    """The text that can be explained in several ways; None, which is said, where there is none."""
    if not can_explain(app, page):
        return None
    if isinstance(page.asked, Responded):
        app.refuse("A response is not compared in several ways: mark its runs (Alt+R) for that.")
        return None
    return page.asked


def ways_at_first(app: Workbench) -> Ways:
    """The one way in which the prompt on top would be explained."""
    request = desk.blank(app.desk).request
    return Ways((request.method,), (request.bound,), (app.desk.model_name,))


def _choose(app: Workbench, text: Said, before: Ways) -> None:
    """Choose what is compared; options of single methods, and how many on top, stay as they were."""
    from noiser_tui.workbench.screens.choice import Choice
    from noiser_tui.workbench.screens.pick_many import PickMany

    first = ways_at_first(app)
    chosen = [("method", first.methods), ("bound", first.bounds), ("model", first.models)]

    def use(values: tuple[str, ...] | None) -> None:
        if values is not None:
            methods, bounds, models = (_of(kind, values) for kind, _ in chosen)
            start(app, text, replace(before, methods=methods, bounds=bounds, models=models))

    listed = [
        Choice(f"{kind} {one.value}", one.name, one.what, group=_group(kind, one))
        for kind, found in choices(app).items()
        for one in found
    ]
    stands = [f"{kind} {name}" for kind, names in chosen for name in names]
    screen = PickMany("Compare on this prompt", listed, chosen=stands, check=_why_not)
    app.push_screen(screen, use)


def _group(kind: str, one: Choice) -> str:
    return f"{kind}s · {one.group}" if one.group else f"{kind}s"


def _why_not(values: tuple[str, ...]) -> str:
    """Why these make no comparison, while the list is still open to choose others."""
    several = any(len(_of(kind, values)) > 1 for kind in ("method", "bound", "model"))
    return "" if several else "Choose two methods, bounds or models with Space, then Enter"


def choices(app: Workbench) -> dict[str, list[Choice]]:
    """The methods, bounds and models there are."""
    from noiser_tui.workbench.choices import bound_choices, method_choices, model_choices
    from noiser_tui.workbench.screens.choice import Choice

    page = app.desk.explanation or desk.blank(app.desk)
    models = model_choices()
    if app.desk.model_name not in {one.value for one in models}:
        models.insert(0, Choice(app.desk.model_name, app.desk.model_name, "loaded"))
    return {"method": method_choices(page), "bound": bound_choices(), "model": models}


def start(app: Workbench, text: Said, ways: Ways) -> None:
    """Explain the text in each way, row by row, in a tab of its own."""
    request = desk.blank(app.desk).request
    own = app.desk.explanation
    if own is not None:
        request = own.request
    ways = replace(
        ways,
        methods=ways.methods or (request.method,),
        bounds=ways.bounds or (request.bound,),
        models=ways.models or (app.desk.model_name,),
    )
    try:
        rows = plan(ways.models, ways.methods, ways.bounds, request, ways.given)
    except WrongUse as error:
        app.refuse(str(error))
        return
    page = planned_page(text, rows, ways, request)
    app.open_page(_asked(app, page, request))


def go_on(app: Workbench) -> None:
    """Make the rows of the comparison on top that a cancel left, or that failed."""
    page = app.desk.active.page
    if not isinstance(page, ComparisonPage) or page.run_job or not page.left:
        return
    if app.desk.active.run and page.comparison is None and app.keeping.busy:
        app.notify("The rows that there are still are being read.")
        return
    if page.request is None:
        why = (
            "How its other rows were asked for is not known of one that was opened: Shift+F2 does."
        )
        app.show_page(replace(page, note=why))
        return
    left = page.comparison is not None
    page = _asked(app, page, page.request)
    app.show_page(replace(page, note=GOES_ON) if left else page)


def _asked(app: Workbench, page: ComparisonPage, request: Request) -> ComparisonPage:
    """The page while the engine makes its rows, or those that are left."""
    ways, own = page.ways, app.desk.own_options
    job = CompareRows(
        page.asked,
        request,
        ways.methods,
        ways.models,
        ways.bounds,
        dict(app.desk.load_options),
        ways.top,
        ways.given,
        own,
        page.comparison,
    )
    return page.waiting_for(app.engine.submit(job))


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
