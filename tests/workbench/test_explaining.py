"""Explaining a prompt: run it, see the search, stop it, be told what is wrong."""

from __future__ import annotations

from dataclasses import replace

from noiser_tui.workbench.widgets.prompt_editor import PromptEditor
from tests.workbench.fake import workbench
from tests.workbench.hands import PROMPT, line_of, settled, text_of, type_and_run


async def test_type_then_f5_explains():
    async with workbench() as (app, pilot, engine):
        await pilot.press(*"Hi there")
        await pilot.press("f5")
        await pilot.pause()
        assert [job.text for job in engine.explained] == ["Hi there"]
        assert app.state.run.outcome == "done"


async def test_an_empty_prompt_is_refused_in_one_sentence():
    async with workbench() as (app, pilot, engine):
        await pilot.press("f5")
        await pilot.pause()
        assert engine.explained == []
        assert "The prompt is empty" in text_of(app)


async def test_the_search_is_seen_narrowing_while_it_runs():
    async with workbench() as (app, pilot, engine):
        engine.pause_at = 3
        await type_and_run(pilot, app)
        in_short = line_of(app, "panel-header")
        for part in ("SEARCH", "step 2/10", "decided by “The”"):
            assert part in in_short, "while it is closed"
        await pilot.press("f10")
        await settled(pilot)
        text = text_of(app)
        assert "step 2/10" in text
        assert "1 of 6 left" in text
        assert "decided by “The”" in text
        assert "0.0000–0.2500 decides" in text
        assert "out at step 2" in text
        assert "running" in text
        assert "Esc Cancel" in text


async def test_the_summary_is_cut_at_no_edge():
    from noiser.events import Bracket, ScalesTried, SearchNarrowed, Work
    from noiser_tui.workbench.engine import EngineTold

    async with workbench((80, 24)) as (app, pilot, engine):
        engine.pause_at = 1
        await type_and_run(pilot, app, "word " * 124)
        await pilot.press("f10")
        wide = {i: Bracket(0.0518, 0.0527, out_at=10) for i in range(125)}
        step = SearchNarrowed(10, 10, wide, tuple(wide), (3,), Work(119_280, 40))
        app.post_message(EngineTold(2, step))
        app.post_message(EngineTold(2, ScalesTried(84, 125, Work(123_354, 41))))
        await pilot.pause()
        await pilot.pause()
        line = line_of(app, "search")
        assert "125 of 125 left " in line
        assert "tried" not in line


async def test_escape_cancels_and_a_new_run_follows():
    async with workbench() as (app, pilot, engine):
        engine.pause_at = 2
        await type_and_run(pilot, app)
        await pilot.press("escape")
        await pilot.pause()
        assert engine.cancelled == 1
        assert app.state.run.outcome == "cancelled"
        engine.pause_at = None
        await pilot.press("f5")
        await pilot.pause()
        assert app.state.run.outcome == "done"


async def test_what_an_older_run_still_says_is_not_shown():
    async with workbench() as (app, pilot, engine):
        engine.pause_at = 1
        await type_and_run(pilot, app, "the old prompt")
        engine.pause_at = None
        await type_and_run(pilot, app, "the new prompt")
        new = app.state
        from noiser.events import Explained
        from noiser_tui.workbench.engine import EngineTold, JobEnded
        from tests.workbench.fake import explanation_of

        app.post_message(EngineTold(2, Explained(explanation_of("the old prompt"))))
        app.post_message(JobEnded(2, engine.jobs[1], "old trouble", model=None))
        await pilot.pause()
        assert app.state == new


async def test_errors_stay_on_the_screen():
    async with workbench() as (app, pilot, engine):
        engine.explain_error = "The prompt is 2,000 tokens long and fake reads 1,024 at most."
        await type_and_run(pilot, app)
        text = text_of(app)
        assert "2,000 tokens long" in text
        assert "failed" in text


async def test_progress_is_painted_at_most_at_the_frame_rate(monkeypatch):
    async with workbench() as (app, pilot, engine):
        engine.pause_at = 2
        await type_and_run(pilot, app)
        painted = []
        real = app.paint
        monkeypatch.setattr(app, "paint", lambda: (painted.append(1), real()))
        from noiser_tui.workbench.engine import EngineTold
        from tests.workbench.fake import script

        step = script(PROMPT)[2]
        for number in range(200):
            app.post_message(EngineTold(2, replace(step, step=number % 10 + 1)))
        await pilot.pause()
        assert len(painted) < 20


async def test_a_refusal_leaves_what_runs_alone():
    async with workbench() as (app, pilot, engine):
        engine.pause_at = 2
        await type_and_run(pilot, app)
        await pilot.press("ctrl+s")  # nothing to save yet
        await pilot.pause()
        assert "nothing to save" in app.state.error
        app.query_one(PromptEditor).text = ""
        await pilot.press("f5")
        await pilot.pause()
        assert "empty" in app.state.error
        assert app.state.phase == "running"
        await pilot.press("escape")
        await pilot.pause()
        assert engine.cancelled == 1
        assert app.state.run.outcome == "cancelled"


async def test_every_action_in_the_registry_exists_and_runs_from_the_list():
    async with workbench() as (app, pilot, engine):
        app.query_one(PromptEditor).text = PROMPT
        await pilot.press("f1", *"explain the prompt", "enter")
        await pilot.pause()
        assert [job.text for job in engine.explained] == [PROMPT]


async def test_ctrl_c_twice_leaves_once_does_not():
    async with workbench() as (app, pilot, _):
        await pilot.press("ctrl+c")
        await pilot.pause()
        assert app.return_code is None
        await pilot.press("ctrl+c")
        await pilot.pause()
        assert app.return_code == 0
