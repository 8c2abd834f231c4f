"""The models: which there are, loading one, letting it go, and how the next one is loaded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from noiser.model.weights import BYTES
from noiser_tui.look.size import size_text
from noiser_tui.workbench import desk
from noiser_tui.workbench.engine import SurveyModels, UnloadModel
from noiser_tui.workbench.engine.recent import recent_models
from noiser_tui.workbench.load_options import AUTO, is_as_loaded, with_written, written
from noiser_tui.workbench.model_words import made_of
from noiser_tui.workbench.screens.ask import Ask
from noiser_tui.workbench.screens.choice import Choice
from noiser_tui.workbench.screens.model_options import Answer, ModelOptions
from noiser_tui.workbench.widgets.words import Paragraphs

if TYPE_CHECKING:
    from noiser_tui.workbench.app import Workbench

OTHER = "other:"
"""The row that asks for a name."""


def survey(app: Workbench) -> None:
    """Ask the engine which models there are, and what is free."""
    before = app.desk.survey
    job = app.engine.submit(SurveyModels(recent_models()), instead_of=before.job)
    app.desk = replace(app.desk, survey=replace(before, job=job))


def load_pointed(app: Workbench) -> None:
    """Load the model under the cursor, or ask for another one's name."""
    name = app.side_bar.key_in("models")
    model = app.desk.model
    if name == OTHER:
        other(app)
    elif (
        model is not None
        and model.name == name
        and not app.desk.load_job
        and is_as_loaded(app.desk, model)
    ):
        app.notify(f"{name} is loaded already.", markup=False)
    elif name:
        app.load_model(name)


def other(app: Workbench) -> None:
    """Ask for a hub id or a folder, and load that."""

    def use(answer: str | None) -> None:
        if answer is not None:
            app.load_model(answer.strip())

    hint = "A Hugging Face id as org/name, or a folder with config.json and weights"
    app.push_screen(Ask("Load another model", hint), use)


def unload(app: Workbench) -> None:
    """Let the loaded model go; runs with it are over."""
    if app.desk.model is None:
        app.refuse("No model is loaded: there is nothing to unload.")
        return
    for document in app.desk.documents:
        if document.page.job:
            app.engine.cancel(document.page.job)
    job = app.engine.submit(UnloadModel(), instead_of=app.desk.load_job)
    app.show_desk(desk.model_asked(app.desk, app.desk.model_name, job))


def options_of_pointed(app: Workbench) -> None:
    """Change how the model under the cursor is loaded."""
    name = app.side_bar.key_in("models")
    options(app, app.desk.model_name if name in ("", OTHER) or name is None else name)


def options(app: Workbench, model: str = "") -> None:
    """Change how a model is loaded, that in use unless one is named; it is loaded again if it is there."""
    model = model or app.desk.model_name
    before = written(app.desk, model)

    def take(answer: Answer | None) -> None:
        if answer is None:
            return
        app.show_desk(with_written(app.desk, model, answer.values))
        if answer.load or (answer.values != before and app.desk.model_name == model):
            app.load_model(model)

    def choices(name: str) -> list[Choice]:
        if name == "dtype":
            return _dtypes(app, model)
        return _devices(app) if name == "device" else []

    def needs(values: Mapping[str, str]) -> Paragraphs:
        return made_of(with_written(app.desk, model, values), model)

    app.push_screen(ModelOptions(app.pens, model, before, choices, needs), take)


def _dtypes(app: Workbench, model: str) -> list[Choice]:
    row = app.desk.survey.row(model)
    auto = "float32 on the CPU, elsewhere as it is stored"
    choices = [Choice(AUTO, AUTO, auto)]
    for dtype in sorted(BYTES, key=lambda one: (BYTES[one], one != "bfloat16")):
        needed = row.needed.get(dtype) if row is not None else None
        choices.append(Choice(dtype, dtype, f"{size_text(needed.total)} needed" if needed else ""))
    return choices


def _devices(app: Workbench) -> list[Choice]:
    places = app.desk.survey.places
    free = [Choice(one.device, one.device, f"{size_text(round(one.free))} free") for one in places]
    return [Choice(AUTO, AUTO, "a GPU where there is one"), *free]
