"""How a comparison is made, chosen on one page; and how many of the highest its rows share."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from noiser.comparison.result import Comparison
from noiser_tui.workbench import compare_room, desk, kept_runs
from noiser_tui.workbench.beside import beside
from noiser_tui.workbench.chat_form import Said
from noiser_tui.workbench.comparison_page import ComparisonPage, with_comparison
from noiser_tui.workbench.screens.ask import Ask
from noiser_tui.workbench.screens.choice import Choice
from noiser_tui.workbench.screens.compare_form import TOP, CompareForm, ways_from
from noiser_tui.workbench.screens.form import Answer
from noiser_tui.workbench.ways import Ways

if TYPE_CHECKING:
    from noiser_tui.workbench.app import Workbench


def compare_with(app: Workbench) -> None:
    """Choose ways and options for the prompt on top, and explain it by each."""
    app.call_after_typing(_for_prompt, app)


def _for_prompt(app: Workbench) -> None:
    page = app.desk.explanation
    if page is not None and (text := compare_room.comparable(app, page)) is not None:
        _choose(app, text, None)


def options(app: Workbench) -> None:
    """Change how the comparison on top is made, and make it so beside it."""
    page = app.desk.active.page
    if isinstance(page, ComparisonPage):
        _choose(app, page.asked, page)


def _choose(app: Workbench, text: Said, page: ComparisonPage | None) -> None:
    ways = compare_room.ways_at_first(app) if page is None else page.ways
    own = app.desk.explanation
    request = own.request if own is not None else desk.blank(app.desk).request

    def use(answer: Answer | None) -> None:
        if answer is None or not answer.go:
            return
        asked = ways_from(answer.values)
        made = page is not None and page.comparison is not None and page.comparison.complete
        if made and asked.only_top_differs(ways):
            _use_top(app, asked.top)
        else:
            compare_room.start(app, text, asked)

    app.push_screen(CompareForm(app.pens, ways, request, _choices(app, ways)), use)


def _choices(app: Workbench, ways: Ways) -> dict[str, tuple[Choice, ...]]:
    """What there is, and the models that were named before."""
    listed = {f"{kind}s": tuple(found) for kind, found in compare_room.choices(app).items()}
    known = {one.value for one in listed["models"]}
    named = (Choice(name, name) for name in ways.models if name not in known)
    return {**listed, "models": (*listed["models"], *named)}


def top(app: Workbench) -> None:
    """Ask how many of the highest segments two rows are asked to have in common; nothing runs."""
    page = app.desk.active.page
    if not isinstance(page, ComparisonPage):
        return
    if page.comparison is None or page.run_job:
        why = "The rows are not there yet: wait for them, or cancel (Esc)."
        app.show_page(replace(page, note=why))
        return
    agreement = page.comparison.agreement
    about = app.desk.active_id

    def use(answer: str | None) -> None:
        if answer is not None and app.desk.active_id == about:
            _use_top(app, TOP.read(answer) if answer.strip() else None)

    hint = f"Of {len(agreement.segments)} segments; empty: a quarter. Nothing runs again"
    screen = Ask(
        "How many of the highest two rows share",
        hint,
        str(agreement.top),
        check=lambda answer: answer.strip() and TOP.read(answer),
        empty=True,
    )
    app.push_screen(screen, use)


def _use_top(app: Workbench, top: int | None) -> None:
    """Hold the rows that are there against each other again, in a thread: long texts take a while."""
    document = app.desk.active
    page = document.page
    if not isinstance(page, ComparisonPage) or page.comparison is None:
        return
    before = page.comparison

    def work() -> Comparison:
        from noiser.comparison.together import put_together

        return put_together(
            before.rows,
            top=top,
            complete=before.complete,
            seconds=before.seconds,
            environment=before.environment,
        )

    beside(app, work, use=partial(_show, app, document.id, before), failed=app.refuse)


def _show(app: Workbench, id: int, before: Comparison, comparison: Comparison) -> None:
    page = app.desk.page(id)
    if not isinstance(page, ComparisonPage) or page.comparison is not before:
        return
    top = comparison.agreement.top
    page = replace(with_comparison(page, comparison), ways=replace(page.ways, top=top))
    app.show_page(replace(page, note=f"The top {top} are compared."), id)
    kept_runs.keep(app, app.desk.document(id), comparison, again=True)
