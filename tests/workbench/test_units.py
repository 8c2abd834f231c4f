"""Explaining by word, sentence or line, and looking into the strongest of them."""

from __future__ import annotations

import pytest

from noiser_tui.workbench.problems import problems
from noiser_tui.workbench.widgets.heat_map import HeatMap
from tests.workbench.fake import workbench
from tests.workbench.hands import by_sentence, line_of, lines_of, text_of


async def test_units_and_zoom_are_chosen_like_other_options():
    async with workbench((120, 30)) as (app, pilot, engine):
        await by_sentence(pilot, app)
        request = engine.explained[-1].request
        assert (request.granularity, request.zoom) == ("sentence", 1)
        assert "by sentence" in text_of(app)
        assert "zoom 1" in text_of(app)
        await pilot.press("ctrl+l", "7", "enter")
        await pilot.pause()
        assert app.state.request.zoom == 7
        await pilot.press("ctrl+g", *"token by itself", "enter")
        await pilot.pause()
        assert (app.state.request.granularity, app.state.request.zoom) == ("token", 0)
        await pilot.press("ctrl+l")
        await pilot.pause()
        assert "choose word, sentence or line first" in app.state.error
        assert "nothing to look into" in text_of(app)
        assert not problems(app.desk)
        await pilot.press("tab", "right")
        await pilot.pause()
        assert app.state.error == ""
        assert "nothing to look into" not in text_of(app)


async def test_a_zoom_that_is_no_number_is_refused():
    async with workbench((120, 30)) as (app, pilot, _):
        await by_sentence(pilot, app)
        await pilot.press("ctrl+l", *"many", "enter")
        await pilot.pause()
        assert app.state.request.zoom == 1
        assert "'many' is no number of sentences" in text_of(app)


@pytest.mark.parametrize(
    ("events", "expected", "absent"),
    [
        (2, ["The <cat> sat.", "decided by “The <cat> sat.”", "α per sentence"], ["inside"]),
        (4, ["Looking into 1 sentence, token by token"], []),
        (5, ["decided by “<cat>”", "α per token"], ["Looking into"]),
        (7, ["α* 0.0859, inside 0.1250", "decided by “<cat>”"], []),
    ],
)
async def test_the_search_names_units_and_then_tokens(events, expected, absent):
    async with workbench((120, 40)) as (app, pilot, engine):
        engine.pause_at = events
        await by_sentence(pilot, app)
        text = text_of(app)
        for part in expected:
            assert part in text
        for part in absent:
            assert part not in text


async def test_a_unit_is_one_piece_and_one_looked_into_is_several():
    async with workbench((120, 31)) as (app, pilot, engine):
        engine.pause_at = 3
        await by_sentence(pilot, app)
        heat = app.query_one(HeatMap)
        assert [p.text for p in heat._pieces] == ["<s>", "Go on.", " The <cat> sat.", " No more."]
        assert heat._steps.index(8) == 2
        engine.pause_at = None
        await pilot.press("f5")
        await pilot.pause()
        await pilot.pause()
        texts = ["<s>", "Go on.", " The", " <cat>", " sat.", " No more."]
        assert [p.text for p in heat._pieces] == texts
        assert heat._steps.index(8) == 3
        await pilot.press("tab", "home", "right")
        await pilot.pause()
        line = line_of(app, "inspector")
        assert "“Go on.”  score 0.200 [0.190, 0.210]   raw +0.1000" in line
        assert "sentence of 2 tokens" in line
        await pilot.press("right", "right")
        await pilot.pause()
        line = line_of(app, "inspector")
        assert "“ <cat>”  score 0.600" in line
        assert "in “ The <cat> sat.” 0.700" in line


async def test_the_ranking_has_tokens_under_the_unit_looked_into():
    async with workbench((120, 48)) as (app, pilot, _):
        await by_sentence(pilot, app)
        heads = [line[2:11].rstrip() for line in lines_of(app, "ranking")[1:8]]
        assert heads == ["The <cat>", "  <cat>", "  The", "  sat.", "Go on.", "No more.", "<s>"]
