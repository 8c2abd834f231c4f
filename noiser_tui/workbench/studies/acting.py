"""Beginning, opening, running, stopping and exporting studies, from the side bar or from a study's tab."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from noiser.errors import NoiserError
from noiser.files import expand
from noiser.study.presets import PRESETS
from noiser_tui.workbench import saving
from noiser_tui.workbench.engine.recent import remember_study
from noiser_tui.workbench.screens.ask import Ask
from noiser_tui.workbench.screens.pick import Choice, Pick
from noiser_tui.workbench.studies import plan
from noiser_tui.workbench.studies.page import StudyPage

if TYPE_CHECKING:
    from noiser_tui.workbench.app import Workbench
    from noiser_tui.workbench.screens.form import Filled


def new_study(app: Workbench) -> None:
    """Choose what to begin with."""
    listed = [
        Choice("", "A template", "every key explained"),
        *(Choice(name, name, what) for name, what in PRESETS.items()),
    ]

    def use(preset: str | None) -> None:
        if preset is not None:
            new_from(app, preset)

    app.push_screen(Pick("New study", listed), use)


def new_from(app: Workbench, preset: str) -> None:
    """Ask for the folder of a new study, write its text there and open it."""

    def use(answer: str | None) -> None:
        if answer is None:
            return
        try:
            folder = expand(answer).absolute()
            plan.begin(folder, preset, app.desk.model_name)
        except NoiserError as error:
            app.refuse(str(error))
            return
        open_study(app, folder)

    hint = "A new folder: what it asks is written there, to be edited before it is run"
    app.push_screen(Ask("The study's folder", hint, _free_name(preset or "study")), use)


def _free_name(name: str) -> str:
    numbered = (name if i == 1 else f"{name}-{i}" for i in range(1, 1000))
    return next((one for one in numbered if not Path(one).exists()), name)


def open_study(app: Workbench, folder: Path) -> None:
    """Open a study in a tab, or show the tab that it is open in."""
    where = str(folder)
    for document in app.desk.documents:
        if document.kind == StudyPage.kind and document.path == where:
            app.action_show_tab(document.id)
            return
    try:
        remember_study(where)
    except NoiserError as error:
        app.notify(f"The study is not remembered: {error}", severity="warning", markup=False)
    app.open_page(StudyPage(where), path=where)


def chosen(app: Workbench) -> Path | None:
    """The study under the cursor of the side bar while the keys are there, else the one on top."""
    from noiser_tui.workbench.side.studies import Studies

    view = app.side_bar.view
    if isinstance(view, Studies) and view.has_focus_within:
        folder = view.chosen
        if folder is None:
            app.refuse("There is no study on this line: choose one, or press N for a new one.")
        return folder
    page = app.desk.active.page
    return Path(page.folder) if isinstance(page, StudyPage) else None


def run_study(app: Workbench) -> None:
    """Run the study in a process of its own, from its text as it stands, as was chosen for it before."""
    from noiser_tui.workbench.studies.run_options import remembered

    if (folder := chosen(app)) is not None:
        _start(app, folder, remembered(folder))


def run_with(app: Workbench) -> None:
    """Choose how the study is run: where, for how long, by which judge; then run it or leave it."""
    from noiser_tui.workbench.screens.form import Answer
    from noiser_tui.workbench.screens.study_form import StudyForm
    from noiser_tui.workbench.studies.run_options import remembered

    folder = chosen(app)
    if folder is None:
        return
    _save_text(app)

    def use(answer: Answer | None) -> None:
        if answer is None:
            return
        _remember(app, folder, answer.values)
        if answer.go:
            _start(app, folder, answer.values)

    try:
        form = StudyForm(app.pens, remembered(folder), plan.plan_file(folder))
    except NoiserError as error:
        _told(app, folder, error=str(error))
    else:
        app.push_screen(form, use)


def _remember(app: Workbench, folder: Path, values: Filled) -> None:
    from noiser_tui.workbench.studies.run_options import remember

    try:
        remember(folder, values)
    except NoiserError as error:
        app.notify(f"The options are not remembered: {error}", severity="warning", markup=False)


def _save_text(app: Workbench) -> None:
    from noiser_tui.workbench.studies.plan_text import PlanText

    for text in app.base.query(PlanText):
        text.save()


def _start(app: Workbench, folder: Path, values: Filled) -> None:
    from noiser_tui.workbench.studies import run_options

    _save_text(app)
    try:
        file = plan.plan_file(folder)
        run_options.check(file, values)  # what cannot be meant is told at once, with its key
        app.studies.start(file, folder, run_options.command_options(values))
    except NoiserError as error:
        _told(app, folder, error=str(error))
        return
    open_study(app, folder)
    _remember(app, folder, run_options.after_run(values))
    how = run_options.in_words(values)
    note = "The study runs by itself: it goes on when the workbench is left."
    _told(app, folder, note=f"With {how}. {note}" if how else note, numbers=True)
    _look(app)


def stop_study(app: Workbench) -> None:
    """Ask those who work on the study to stop."""
    folder = chosen(app)
    if folder is None:
        return
    try:
        asked = app.studies.stop(folder)
    except (NoiserError, OSError) as error:
        _told(app, folder, error=str(error))
        return
    told = "It stops; what is done is kept. F5 goes on." if asked else "Nobody here works on it."
    _told(app, folder, note=told)
    _look(app)


def export_study(app: Workbench) -> None:
    """Write the study's table to a file, in the form that its name asks for."""
    if (folder := chosen(app)) is not None:
        saving.export_study(app, folder)


def _told(
    app: Workbench, folder: Path, *, note: str = "", error: str = "", numbers: bool = False
) -> None:
    """Say it in the study's tab where there is one, which may turn to its numbers, else in a notification."""
    for document in app.desk.documents:
        page = document.page
        if isinstance(page, StudyPage) and page.folder == str(folder):
            editing = page.editing and not numbers
            page = replace(page, note=note, error=error, editing=editing)
            app.show_page(page, document.id)
            return
    app.notify(error or note, severity="error" if error else "information", markup=False)


def _look(app: Workbench) -> None:
    from noiser_tui.workbench.views.study import StudyView

    for view in app.views.values():
        if isinstance(view, StudyView):
            view.look()
