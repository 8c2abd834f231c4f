"""Another model: the runs of the one before are over, and its token ids are not the new one's."""

from __future__ import annotations

from tests.workbench.fake import workbench
from tests.workbench.hands import text_of, type_and_run


async def test_a_model_that_does_not_load_says_why_and_another_can_be_chosen():
    async with workbench() as (app, pilot, engine):
        engine.load_error = "There is no model 'x' at the hub."
        app.load_model("x")
        await pilot.pause()
        assert "There is no model 'x'" in text_of(app)
        assert app.state.model_name == "fake", "the one before is still there"
        engine.load_error = None
        app.load_model("fake")
        await pilot.pause()
        assert app.state.phase == "ready"
        assert app.state.error == ""


async def test_another_model_ends_the_run_of_the_first():
    async with workbench() as (app, pilot, engine):
        engine.pause_at = 2
        await type_and_run(pilot, app)
        app.load_model("other")
        await pilot.pause()
        assert app.state.run.outcome == "cancelled"
        assert app.state.phase == "ready"
        assert app.state.model.name == "other"


async def test_trust_and_revision_are_for_the_first_model_alone():
    options = {"revision": "abc", "trust": ("pickle",), "device": "cpu"}
    async with workbench(options=options) as (app, pilot, engine):
        app.load_model("other")
        await pilot.pause()
        assert engine.jobs[0].options == options
        assert engine.jobs[-1].options == {"device": "cpu"}


async def test_another_model_has_other_ids():
    async with workbench() as (app, pilot, engine):
        await type_and_run(pilot, app)
        await pilot.press("f6", *" t1", "enter")
        await pilot.pause()
        app.load_model("other")
        await pilot.press("f5")
        await pilot.pause()
        await pilot.pause()
        assert engine.explained[-1].request.target is None
