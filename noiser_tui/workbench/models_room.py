"""The models: which there are, loading one, letting it go, and how the next one is loaded."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from noiser.model.weights import BYTES
from noiser_tui.look.size import size_text
from noiser_tui.workbench import desk
from noiser_tui.workbench.engine import SurveyModels, UnloadModel
from noiser_tui.workbench.engine.recent import recent_models
from noiser_tui.workbench.screens.ask import Ask
from noiser_tui.workbench.screens.pick import Choice, Pick

if TYPE_CHECKING:
    from noiser_tui.workbench.app import Workbench

AUTO = "auto"
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
    elif model is not None and model.name == name and not app.desk.load_job and _as_loaded(app):
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


def choose_how(app: Workbench) -> None:
    """Choose the precision and the device of the next load."""
    options = dict(app.desk.load_options)

    def take_device(device: str | None) -> None:
        if device is not None:
            app.show_desk(replace(app.desk, load_options=options | {"device": device}))

    def take_dtype(dtype: str | None) -> None:
        if dtype is None:
            return
        options["dtype"] = dtype
        now = str(options.get("device", AUTO))
        app.push_screen(
            Pick("Device of the next load", _devices(app), chosen=now, free="A device as cuda:1"),
            take_device,
        )

    now = str(options.get("dtype", AUTO))
    app.push_screen(Pick("Precision of the next load", _dtypes(app), chosen=now), take_dtype)


def _dtypes(app: Workbench) -> list[Choice]:
    row = app.desk.survey.row(app.side_bar.key_in("models"))
    auto = "float32 on the CPU, elsewhere as it is stored"
    choices = [Choice(AUTO, AUTO, auto)]
    for dtype in sorted(BYTES, key=lambda one: (BYTES[one], one != "bfloat16")):
        needed = row.needed.get(dtype) if row is not None else None
        choices.append(Choice(dtype, dtype, f"{size_text(needed)} needed" if needed else ""))
    return choices


def _devices(app: Workbench) -> list[Choice]:
    places = app.desk.survey.places
    free = [Choice(one.device, one.device, f"{size_text(round(one.free))} free") for one in places]
    return [Choice(AUTO, AUTO, "a GPU where there is one"), *free]


def _as_loaded(app: Workbench) -> bool:
    """Whether the next load would be of what is there: the same precision on the same device."""
    model, options = app.desk.model, app.desk.load_options
    assert model is not None
    same = {"dtype": model.dtype, "device": model.device}
    return all(options.get(name) in (None, AUTO, value) for name, value in same.items())
