"""Explaining all prompts of a file: choose it, begin, go on, stop, look at one of them."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from noiser.chat import Chat
from noiser.errors import NoiserError
from noiser.explanation import Explanation
from noiser.same_model import unlike
from noiser_tui.settings.places import start_folder
from noiser_tui.workbench import desk
from noiser_tui.workbench.chat_room import chat_page
from noiser_tui.workbench.engine import ExplainList, ListedPrompt
from noiser_tui.workbench.explorer_tree import holds_many, looked_at
from noiser_tui.workbench.load_options import options_for
from noiser_tui.workbench.prompt_list import PromptList
from noiser_tui.workbench.prompts_file import read

if TYPE_CHECKING:
    from noiser_tui.history.runs import RunStore
    from noiser_tui.workbench.app import Workbench


def explain_here(app: Workbench) -> None:
    """Explain all prompts of the file under the cursor of the explorer."""
    from noiser_tui.workbench.side.explorer import Explorer

    view = app.side_bar.view
    path = view.table if isinstance(view, Explorer) else None
    if path is None:
        app.refuse("Put the cursor on a file of many prompts (.jsonl, .csv): all are explained.")
    else:
        open_list(app, path)


def explain_file(app: Workbench) -> None:
    """Choose a file of many prompts, and explain all of them."""
    from noiser_tui.workbench.screens.pick import Choice, Pick

    given = app.values.files.folder
    folder = start_folder() / given if given else start_folder()
    try:
        there = [one for one in looked_at(folder)[1] if holds_many(one)]
    except OSError as error:
        app.refuse(f"{folder} cannot be read: {error.strerror or error}.")
        return

    def use(answer: str | None) -> None:
        if answer is not None:
            open_list(app, Path(answer))

    listed = [Choice(str(one), one.name, "all its prompts") for one in there]
    screen = Pick("Explain all prompts of a file", listed, free="A file: .jsonl, .csv or .json")
    app.push_screen(screen, use)


def open_list(app: Workbench, path: Path) -> None:
    """Open a file's prompts in a tab and explain them; a tab that has them goes on."""
    where = str(path.absolute())
    for document in app.desk.documents:
        if isinstance(document.page, PromptList) and document.path == where:
            app.action_show_tab(document.id)
            start(app)
            return
    page = PromptList(where, desk.blank(app.desk).request)
    app.open_page(page, path=where)
    read(app, app.desk.active_id, then=_start)


def start(app: Workbench) -> None:
    """Explain the prompts on top that are not; where there are none left, those that failed."""
    page = app.desk.active.page
    if isinstance(page, PromptList) and not page.prompts:
        read(app, app.desk.active_id, then=_start)
    else:
        _start(app, app.desk.active_id)


def _start(app: Workbench, id: int) -> None:
    page = app.desk.page(id)
    if not isinstance(page, PromptList) or page.run_job:
        return
    if app.desk.model is None and not app.desk.load_job:
        app.show_page(replace(page, error="No model is loaded: choose one with Alt+M."), id)
        return
    again = [i for i, one in enumerate(page.prompts) if one.standing == "failed"]
    wanted = page.left or tuple(again)
    asked = tuple(
        ListedPrompt(i, one.said, one.request)
        for i in wanted
        if (one := page.prompts[i]).said is not None
    )
    if not asked:
        app.show_page(replace(page, note=page.outcome, error=""), id)
        return
    if told := _other_model(app, page):
        _ask_anew(app, id, page, told)
        return
    runs = {one.at: page.prompts[one.at].run for one in asked if page.prompts[one.at].run}
    if runs:
        use = partial(_submit, app, id, asked)
        app.keeping.ask(partial(_left, runs), use, app.refuse)
    else:
        _submit(app, id, asked, {})


def _left(runs: Mapping[int, str], store: RunStore) -> dict[int, Explanation]:
    """What was kept of prompts that were begun; of what is gone by now there is nothing to go on from."""
    found: dict[int, Explanation] = {}
    for at, run in runs.items():
        with suppress(NoiserError):
            left = store.open(run)
            if isinstance(left, Explanation) and not left.complete:
                found[at] = left
    return found


def _submit(
    app: Workbench, id: int, asked: tuple[ListedPrompt, ...], begun: Mapping[int, Explanation]
) -> None:
    """Have these prompts explained, each from where it is."""
    page = app.desk.page(id)
    if not isinstance(page, PromptList) or page.run_job:
        return
    asked = tuple(replace(one, begun=begun.get(one.at)) for one in asked)
    devices = tuple(filter(None, map(str.strip, app.values.engine.devices.split(","))))
    name = app.desk.model_name
    options = options_for(app.desk, name)
    made_with = page.made_with if page.done else {}
    job = app.engine.submit(ExplainList(asked, name, devices, options, made_with))
    wanted = {one.at for one in asked}
    for at in wanted - begun.keys():
        app.keeping.begin((id, at))
    prompts = tuple(
        replace(one, standing="waiting", found="") if i in wanted else one
        for i, one in enumerate(page.prompts)
    )
    page = replace(page, prompts=prompts, run_job=job, lanes=max(1, len(devices)))
    app.show_page(replace(page, error="", note=_too_many(app, len(page.prompts))), id)


def _other_model(app: Workbench, page: PromptList) -> str:
    """In what the model is another than that of the prompts that are done; empty while one is loading."""
    model = app.desk.model if not app.desk.load_job else None
    return unlike(model, page.made_with) if model is not None and page.done else ""


def _ask_anew(app: Workbench, id: int, page: PromptList, told: str) -> None:
    """Ask what to do with prompts of which some were explained with another model."""
    from noiser_tui.workbench.screens.pick import Choice, Pick

    choices = [
        Choice("leave", "Leave it so", "load that model (Alt+M), and F5 goes on"),
        Choice("anew", "Explain all anew with this one", "runs that are there stay in Runs"),
    ]

    def use(answer: str | None) -> None:
        now = app.desk.page(id)
        if answer == "anew" and isinstance(now, PromptList) and not now.run_job:
            app.show_page(now.anew(), id)
            _start(app, id)

    done = f"{page.done:,} of the prompts were" if page.done > 1 else "One of the prompts was"
    why = f"{done} explained with another model: {told}. Load that one (Alt+M), and F5 goes on."
    app.show_page(replace(page, note=why, error=""), id)
    app.push_screen(Pick(f"Another model: {told}", choices), use)


def _too_many(app: Workbench, count: int) -> str:
    """That not all of so many runs will be kept; empty where they are."""
    kept = app.values.files.history
    if count <= kept:
        return ""
    return f"Of unpinned runs the newest {kept:,} outlast a restart: files.history says how many."


def stop(app: Workbench) -> None:
    """Begin no further prompt; asked once more, stop the one that is being explained, too."""
    page = app.desk.active.page
    if not isinstance(page, PromptList) or not page.run_job:
        return
    if page.stopping:
        app.engine.cancel(page.run_job)
        return
    note = "It stops after the prompt that is being explained; Esc again stops that one, too."
    app.show_page(replace(page, stopping=True, note=note))
    app.engine.finish(page.run_job)


def open_prompt(app: Workbench) -> None:
    """Open the explanation of the prompt under the cursor, or the prompt where there is none."""
    from noiser_tui.workbench.runs_room import open_run
    from noiser_tui.workbench.views.prompt_list import PromptListView

    page, view = app.desk.active.page, app.view
    if not isinstance(page, PromptList) or not isinstance(view, PromptListView):
        return
    at = view.at
    if at is None:
        return
    one = page.prompts[at]
    said, name = one.said, f"{page.title} {one.name}"

    def open_said(error: str) -> None:
        if said is not None:
            shown = chat_page(app, said) if isinstance(said, Chat) else desk.blank(app.desk, said)
            app.open_page(replace(shown, request=one.request, error=error), name=name)

    if one.run:  # it may have been deleted since
        open_run(app, one.run, failed=open_said)
    else:
        open_said(one.found if one.standing == "failed" else "")
