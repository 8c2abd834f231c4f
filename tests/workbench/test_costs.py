"""What a prompt would take, asked beforehand, and what is left of a run that was cancelled."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from noiser.events import Estimate, Work
from noiser.opening import open_record
from noiser.request import Request
from noiser.tried import LeftOff, Tried
from noiser_tui.workbench.costs import Costs, left_of, no_fast_search
from noiser_tui.workbench.engine import EstimateCost
from noiser_tui.workbench.widgets.prompt_editor import PromptEditor
from tests.workbench.fake import ScriptedEngine, partial_of, screen_lines, workbench
from tests.workbench.hands import PROMPT, line_of, text_of, type_and_run, until


def asked(engine: ScriptedEngine) -> list[EstimateCost]:
    return [job for job in engine.jobs if isinstance(job, EstimateCost)]


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_an_estimate_is_told_and_nothing_is_explained(size: tuple[int, int]) -> None:
    async with workbench(size) as (app, pilot, engine):
        engine.seconds = 3.0
        await pilot.press(*"Hi there", "ctrl+t")
        await pilot.pause()
        await pilot.pause()
        assert asked(engine) == [EstimateCost("Hi there", Request())]
        assert engine.explained == []
        text = " ".join(" ".join(screen_lines(app)).replace("│", " ").split())
        assert "About 3.0 s, 61,000 token-forwards in 24 calls. How far the search goes is" in text
        assert "A preview, on top of that, is there after about 1.5 s." in text
        assert "ready │ ≈ 4.5 s" in line_of(app, "status")
        await pilot.press("ctrl+t")
        await pilot.pause()
        assert len(asked(engine)) == 1, "what is known is not measured again"
        await pilot.press("!")
        await pilot.pause()
        assert app.state.note == ""
        assert "≈" not in line_of(app, "status")


async def test_typing_goes_on_while_the_model_is_measured() -> None:
    async with workbench((100, 30)) as (app, pilot, engine):
        engine.measuring = True
        await pilot.press(*"Hi", "ctrl+t")
        await pilot.pause()
        assert "estimating" in line_of(app, "status")
        assert "is being measured" in text_of(app)
        await pilot.press(*" there", "ctrl+t")
        await pilot.pause()
        assert app.query_one(PromptEditor).text == "Hi there"
        assert len(asked(engine)) == 1
        engine.measured(len(engine.jobs), asked(engine)[0])
        await pilot.pause()
        assert "has been changed: ask again" in app.state.note
        assert app.state.phase == "ready"


async def test_a_run_that_begins_meanwhile_is_not_spoken_over() -> None:
    async with workbench((100, 30)) as (app, pilot, engine):
        engine.measuring, engine.pause_at = True, 2
        await pilot.press(*"Hi", "ctrl+t", "f5")
        await pilot.pause()
        await pilot.pause()
        assert app.state.phase == "running"
        engine.measured(2, asked(engine)[0])
        await pilot.pause()
        assert (app.state.phase, app.state.estimate_job) == ("running", 0)


async def test_what_runs_is_not_cancelled_by_the_question() -> None:
    async with workbench((100, 30)) as (app, pilot, engine):
        engine.pause_at = 2
        await type_and_run(pilot, app)
        await pilot.press("ctrl+t")
        await pilot.pause()
        assert asked(engine) == []
        assert "The engine is at work" in app.state.error
        engine.seconds = 0.2
        await type_and_run(pilot, app)
        await pilot.press("ctrl+t")
        await pilot.pause()
        assert app.state.note.startswith("About 0.2 s"), "its own estimate is known"
        assert app.state.phase == "running"


async def test_an_empty_prompt_has_no_cost() -> None:
    async with workbench() as (app, pilot, engine):
        await pilot.press("ctrl+t")
        await pilot.pause()
        assert "The prompt is empty" in app.state.error
        assert asked(engine) == []


async def test_the_methods_have_their_estimates_where_they_are_known() -> None:
    async with workbench((120, 30)) as (app, pilot, engine):
        await type_and_run(pilot, app)
        await pilot.press("f2")
        await pilot.pause()
        assert "≤ 42 token-forwards here" in text_of(app), "n·n + n of occlusion"
        await pilot.press("escape")
        engine.seconds = 0.2
        await type_and_run(pilot, app)
        await pilot.press("f2")
        await pilot.pause()
        text = text_of(app)
        assert "occlusion  ≈ 0.2 s  each embedding replaced by a neutral one, 61,000" in text
        assert "≤" not in text
        await pilot.press("escape", "!", "f2")
        await pilot.pause()
        assert "≈" not in text_of(app), "of another text"


def test_costs_are_of_a_text_and_a_request() -> None:
    costs = Costs("a", Request(), {"noiser": Estimate(1, 1, 1.0)}, None, "no")
    assert costs.fits("a", Request(method="occlusion"))
    assert not costs.fits("b", Request())
    assert not costs.fits("a", Request(seed=2))


@pytest.mark.parametrize(
    ("request_", "says"),
    [
        (Request(), ""),
        (Request(granularity="word", zoom=2), ""),
        (Request(bound="per-token"), "bound min only"),
        (Request(reference=True, normalisation="sum"), "reference mode"),
        (Request(method="random"), "random searches"),
        (Request(search="fast"), "already"),
        (Request(generate=2), "each generated token"),
    ],
)
def test_which_requests_have_no_preview(request_: Request, says: str) -> None:
    why = no_fast_search(request_)
    assert says in why
    assert bool(why) is bool(says)


@pytest.mark.parametrize("scored", [0, 2])
async def test_a_cancelled_run_keeps_what_it_has(tmp_path: Path, scored: int) -> None:
    async with workbench((120, 40)) as (app, pilot, engine):
        engine.pause_at = 3
        partial = partial_of(PROMPT, scored)
        engine.partial = partial if scored else replace(partial, alpha=None)
        await type_and_run(pilot, app)
        await pilot.press("escape")
        await pilot.pause()
        assert f"cancelled │ {scored} of 6 tokens scored" in line_of(app, "status")
        text = text_of(app)
        assert f"⚠ Cancelled with {scored} of 6 scored." in text
        assert "Partial   score, 95% interval" in text
        assert ("partial no token is scored" in text) is (scored == 0)
        assert "1 of 6 left" in text, "the search stands as it was left"
        for name in ("run.json", "run.html"):
            await pilot.press("ctrl+s")
            assert "Save the partial explanation to" in text_of(app)
            app.screen.query_one("Input").value = str(tmp_path / name)
            await pilot.press("enter")
            await pilot.pause()
        assert open_record(tmp_path / "run.json") == engine.partial
        assert f"{scored} of 6 tokens scored" in (tmp_path / "run.html").read_text("utf-8")
        engine.pause_at = None
        await type_and_run(pilot, app)
        assert "done" in line_of(app, "status")
        assert "artial" not in text_of(app)


async def test_what_is_left_is_asked_again_once_more_was_done() -> None:
    async with workbench((120, 40)) as (app, pilot, engine):
        left = LeftOff((Tried(1, 0.5, False),), Work(700, 9), 0.5)
        engine.pause_at, engine.partial = 3, replace(partial_of(PROMPT, 2), left_off=left)
        await type_and_run(pilot, app)
        await pilot.press("escape")
        await pilot.pause()
        await pilot.press("ctrl+t")
        await pilot.pause()
        assert asked(engine)[-1].begun == engine.partial
        await pilot.press("ctrl+t")
        await pilot.pause()
        assert len(asked(engine)) == 2
        engine.pause_at = None
        await pilot.press("f5")
        await until(pilot, lambda: app.state.run.outcome == "done")
        await pilot.press("ctrl+t")
        await pilot.pause()
        assert asked(engine)[-1].begun is None, "of the whole: another run would begin anew"


def test_a_run_that_did_all_that_was_expected_is_not_said_to_be_over() -> None:
    costs = Costs("a", Request(), {"noiser": Estimate(100, 1000, 20.0)}, Estimate(1, 1, 1.0))
    begun = replace(partial_of("a b", 1), left_off=LeftOff((), Work(5000, 9), 0.5))
    assert left_of(costs, begun).total == Estimate(5, 50, 1.0)
    assert left_of(costs, None) == costs
    half = left_of(costs, replace(begun, left_off=LeftOff((), Work(250, 9), 0.5)))
    assert half.own == Estimate(75, 750, 15.0)
    assert half.warning(refining=False) == "What is left is expected to take about 15 s."
