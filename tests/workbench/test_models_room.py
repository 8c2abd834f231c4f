"""The models and the methods in the side bar."""

from __future__ import annotations

import pytest

from noiser.methods import METHODS
from noiser_tui.workbench.engine import LoadModel, SurveyModels, UnloadModel
from noiser_tui.workbench.engine.recent import recent_models
from tests.workbench.fake import screen_lines, workbench

SIZES = ((80, 24), (120, 40), (60, 16))


def shown(app: object) -> str:
    return "\n".join(screen_lines(app))  # type: ignore[arg-type]


@pytest.mark.parametrize("size", SIZES)
async def test_the_models_say_what_they_take_and_where_they_fit(size: tuple[int, int]) -> None:
    async with workbench(size) as (app, pilot, engine):
        await pilot.press("alt+m")
        await pilot.pause()
        assert any(isinstance(job, SurveyModels) for job in engine.jobs)
        text = shown(app)
        assert "● fake" in text
        assert "org/small" in text
        assert "✗" in text, "70 billion parameters fit nowhere"
        await pilot.press("down", "down")
        await pilot.pause()
        if size[1] >= 24:
            assert "does not fit" in shown(app)


async def test_enter_loads_and_u_unloads() -> None:
    async with workbench((120, 40)) as (app, pilot, engine):
        await pilot.press("alt+m")
        await pilot.pause()
        await pilot.press("enter")
        await pilot.pause()
        assert not [j for j in engine.jobs[1:] if isinstance(j, LoadModel)], "it is there already"
        await pilot.press("down", "enter")
        await pilot.pause()
        await pilot.pause()
        assert app.desk.model is not None
        assert app.desk.model.name == "org/small-1b"
        await app.workers.wait_for_complete()
        assert recent_models()[0] == "org/small-1b"
        await pilot.press("u")
        await pilot.pause()
        assert isinstance(engine.jobs[-2], UnloadModel)
        assert isinstance(engine.jobs[-1], SurveyModels), "what is free is asked again"
        assert app.desk.model is None
        assert app.state.phase == "no model"


async def test_precision_and_device_are_chosen_for_the_next_load() -> None:
    async with workbench((120, 40)) as (app, pilot, engine):
        await pilot.press("alt+m")
        await pilot.pause()
        await pilot.press("d")
        await pilot.pause()
        await pilot.press(*"float64", "enter")
        await pilot.pause()
        await pilot.press(*"cpu", "enter")
        await pilot.pause()
        assert app.desk.load_options == {"dtype": "float64", "device": "cpu"}
        assert "dtype float64" in shown(app)
        await pilot.press("enter")
        await pilot.pause()
        loads = [job for job in engine.jobs if isinstance(job, LoadModel)]
        assert loads[-1] == LoadModel("fake", {"dtype": "float64", "device": "cpu"})


async def test_another_model_is_asked_for_by_name_and_a_failure_is_told() -> None:
    async with workbench((80, 24)) as (app, pilot, engine):
        await pilot.press("alt+m")
        await pilot.pause()
        await pilot.press("end", "enter")
        await pilot.pause()
        engine.load_error = "There is no such model."
        await pilot.press(*"org/none", "enter")
        await pilot.pause()
        await pilot.pause()
        assert app.state.error == "There is no such model."
        assert "org/none" not in recent_models()


async def test_the_methods_cost_what_was_estimated_and_enter_chooses() -> None:
    async with workbench((120, 40)) as (app, pilot, engine):
        await pilot.press(*"Hi there", "f5")
        await pilot.pause()
        await pilot.press("alt+t")
        await pilot.pause()
        assert "≤" in shown(app), "the bound, before anything is estimated"
        assert "● noiser" in shown(app)
        await pilot.press("e")
        await pilot.pause()
        await pilot.pause()
        assert shown(app).count("≈ 0.2 s") >= len(METHODS) - 2
        await pilot.press("down", "enter")
        await pilot.pause()
        await pilot.pause()
        assert app.state.request.method == "occlusion"
        assert engine.explained[-1].request.method == "occlusion"
        assert "● occlusion" in shown(app)
        assert "Zeiler and Fergus 2014" in shown(app)


@pytest.mark.parametrize("size", SIZES)
async def test_the_methods_fit(size: tuple[int, int]) -> None:
    async with workbench(size) as (app, pilot, _):
        await pilot.press("alt+t", "down", "end", "pageup", "home")
        await pilot.pause()
        assert "› ● noiser" in shown(app) or "›● noiser" in shown(app)


def test_every_method_says_what_differs() -> None:
    for method in METHODS.values():
        assert method.differs.endswith("."), method.name
        assert len(method.differs) < 160, method.name
