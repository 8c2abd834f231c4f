"""The models and the methods in the side bar."""

from __future__ import annotations

from dataclasses import replace

import pytest
from textual.message import Message
from textual.pilot import Pilot

from noiser.errors import NotTrusted
from noiser.events import ModelLoaded
from noiser.methods import METHODS
from noiser_tui.workbench import inspecting
from noiser_tui.workbench.engine import EngineTold, JobEnded, LoadModel, SurveyModels, UnloadModel
from noiser_tui.workbench.engine.recent import recent_models
from noiser_tui.workbench.methods_room import cost_of
from noiser_tui.workbench.model_words import in_words
from noiser_tui.workbench.reading import prompt_read
from tests.workbench.fake import INFO, ScriptedEngine, screen_lines, workbench
from tests.workbench.hands import settled

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


async def choose(pilot: Pilot[int], *words: str) -> None:
    """Narrow the options to one, open its values, narrow those."""
    for word in words:
        await pilot.press(*word, "enter")
        await pilot.pause()
    await pilot.press("ctrl+u")
    await pilot.pause()


def loads(engine: ScriptedEngine) -> list[LoadModel]:
    return [job for job in engine.jobs if isinstance(job, LoadModel)]


async def test_options_of_a_model_are_chosen_on_one_page_and_it_is_loaded_so() -> None:
    async with workbench((120, 40)) as (app, pilot, engine):
        await pilot.press("alt+m")
        await pilot.pause()
        await pilot.press("down", "d")
        await pilot.pause()
        assert "Load org/small-1b so" in shown(app)
        await choose(pilot, "dtype", "float64")
        await choose(pilot, "device_map", "balanced_low")
        await choose(pilot, "device", "cpu")
        assert "none" in next(line for line in screen_lines(app) if " device_map " in line), (
            "a device and a map both say where it goes"
        )
        await pilot.press(*"revision", "enter")
        await pilot.pause()
        await pilot.press(*"v2", "enter")
        await pilot.pause()
        await pilot.press("escape")
        await pilot.pause()
        assert app.desk.load_options == {"dtype": "float64", "device": "cpu"}
        assert "dtype float64" in shown(app)
        assert len(loads(engine)) == 1, "it is for the next load"
        await pilot.press("enter")
        await pilot.pause()
        expected = {"dtype": "float64", "device": "cpu", "revision": "v2"}
        assert loads(engine)[-1] == LoadModel("org/small-1b", expected)
        app.load_model("fake")
        await pilot.pause()
        assert loads(engine)[-1] == LoadModel("fake", {"dtype": "float64", "device": "cpu"})


async def test_what_a_model_needs_is_said_part_by_part_and_for_the_options_chosen() -> None:
    async with workbench((120, 40)) as (app, pilot, _):
        await pilot.press("alt+m")
        await pilot.pause()
        await pilot.press("down")
        await pilot.pause()
        told = " ".join(" ".join(line[:32].split()) for line in screen_lines(app))
        assert "fits cuda:0: 2.6 GB of 24.0 GB free" in told
        parts = "weights 2.0 GB, a call of 10 × 512 tokens ≈ 500.0 MB, libraries 128.0 MB"
        assert f"On cuda:0 {parts}" in told
        await pilot.press("d")
        await pilot.pause()
        await choose(pilot, "load_in", "8bit")
        assert "weights 1.0 GB, a call" in shown(app)
        await choose(pilot, "load_in", "none")
        await choose(pilot, "device_map", "balanced")
        assert "On all devices weights 2.0 GB" in shown(app)


async def test_the_model_in_use_is_loaded_again_with_what_is_changed() -> None:
    async with workbench((80, 24)) as (app, pilot, engine):
        await app.action_do("model_options")
        await pilot.pause()
        await pilot.press("escape")
        await pilot.pause()
        assert len(loads(engine)) == 1, "nothing was changed"
        await app.action_do("model_options")
        await pilot.pause()
        await choose(pilot, "load_in", "4bit")
        await pilot.press("escape")
        await pilot.pause()
        assert loads(engine)[-1].options == {"load_in": "4bit"}
        await app.action_do("model_options")
        await pilot.pause()
        await pilot.press(*"load_in", "delete", "ctrl+u", "enter")
        await pilot.pause()
        assert loads(engine)[-1].options == {"load_in": None}


async def test_a_model_that_is_loaded_is_let_go_by_escape() -> None:
    async with workbench((80, 24)) as (app, pilot, engine):
        engine.waiting.add(LoadModel)
        await pilot.press("alt+m")
        await pilot.pause()
        await pilot.press("down", "enter")
        await pilot.pause()
        assert (app.state.phase, app.desk.model_name) == ("loading", "org/small-1b")
        await pilot.press("escape")
        await pilot.pause()
        assert engine.queued == []
        assert (app.state.phase, app.desk.model_name) == ("ready", "fake")
        assert app.desk.load_job == 0
        assert "Cancelled: org/small-1b is not loaded." in shown(app)
        assert app.state.model == app.desk.model
        assert app.desk.model is not None, "the one before stays in use"
        await pilot.press("escape")
        await pilot.pause()
        assert app.view.has_focus_within, "Esc means what it did before"


@pytest.mark.parametrize("now", ["none", "other"])
async def test_what_the_engine_has_after_a_late_cancel_is_what_is_shown(now: str) -> None:
    async with workbench((80, 24)) as (app, pilot, engine):
        engine.waiting.add(LoadModel)
        app.load_model("large")
        job = app.desk.load_job
        engine.cancel = lambda number=None: None  # type: ignore[method-assign] # it is still at it
        await pilot.press("escape")
        await pilot.pause()
        model = replace(INFO, name=now) if now != "none" else None
        engine.post(JobEnded(job, engine.jobs[-1], model=model, cancelled=model is None))
        await pilot.pause()
        assert app.desk.model == app.state.model == model
        assert app.state.phase == ("ready" if model else "no model")
        assert ("fake had made room" in shown(app)) == (model is None)


async def test_trust_is_asked_for_by_name_and_given_to_one_model_alone() -> None:
    refused = NotTrusted("org/small-1b needs code of its own", ".", "remote-code")

    def answer(number: int, job: LoadModel) -> list[Message]:
        trusted = "remote-code" in job.options.get("trust", ())
        if job.name != "org/small-1b" or trusted:
            engine.model = replace(INFO, name=job.name)
            return []
        why = str(refused)
        return [JobEnded(number, job, why, model=engine.model, refused=refused)]

    async with workbench((80, 24)) as (app, pilot, engine):
        engine.answering[LoadModel] = answer
        await pilot.press("alt+m")
        await pilot.pause()
        await pilot.press("down", "enter")
        await pilot.pause()
        assert "org/small-1b brings code of its own" in shown(app)
        await pilot.press("enter")
        await pilot.pause()
        assert app.desk.model is not None
        assert app.desk.model.name == "fake", "the first answer is no"
        await pilot.press("enter")
        await pilot.pause()
        await pilot.press("down", "enter")
        await pilot.pause()
        assert app.desk.model.name == "org/small-1b"
        assert app.state.error == ""
        assert loads(engine)[-1].options == {"trust": ("remote-code",)}
        assert any("no other model is" in line.text for line in app.desk.output)
        app.load_model("fake")
        await pilot.pause()
        assert loads(engine)[-1].options == {}


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


async def test_the_methods_cost_what_they_do_on_the_text_as_it_stands() -> None:
    async with workbench((120, 40)) as (app, pilot, _):
        costs = []
        for typed in ("One", " two", " three"):
            await pilot.press("alt+1", "end", *typed)
            inspecting.read_ahead(app)
            await settled(pilot)
            if typed == " two":  # what is explained is not what is edited after it
                await pilot.press("f5")
            await pilot.press("alt+t")
            await settled(pilot)
            prompt = prompt_read(app.state)
            assert prompt is not None
            n = len(prompt)
            assert cost_of(METHODS["occlusion"], app.state)[0] == f"≤ {n * n + n}"
            assert f"≤ {n * n + n}" in shown(app)
            await pilot.press("escape", "f2")
            await pilot.pause()
            assert f"≤ {n * n + n} token-forwards here" in shown(app)
            await pilot.press("escape")
            costs.append(n)
        assert costs[0] < costs[1] < costs[2]


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


async def test_a_model_that_is_quantized_says_so_in_models_output_and_status() -> None:
    async with workbench((120, 40)) as (app, pilot, _):
        info = replace(INFO, quantization="8bit")
        app.post_message(EngineTold(app.desk.load_job, ModelLoaded(info, 0.1)))
        await settled(pilot)
        app.show_desk(replace(app.desk, model=info))
        await pilot.press("alt+m")
        await settled(pilot)
        told = " ".join(text for text, _ in in_words(app.desk, "fake"))
        assert "Loaded on cpu in float32, weights in 8bit: 12.0 MB." in told
        assert "cpu 8bit" in shown(app)
        assert "cpu float32, weights in 8bit, 12.0 MB" in app.desk.output[-1].text
