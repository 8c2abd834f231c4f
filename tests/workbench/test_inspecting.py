"""Walking over the tokens: what is told of the one under the cursor, and how sure it is."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from noiser_tui.workbench.widgets.heat_map import HeatMap
from tests.workbench.fake import screen_lines, workbench
from tests.workbench.hands import line_of, lines_of, settled, text_of, type_and_run


async def test_the_cursor_leaves_a_unit_of_many_rows_downwards_and_upwards():
    from noiser.prompt import Piece, Token

    texts = ["word " * 60, "next " * 60, "last"]
    async with workbench((80, 40)) as (app, pilot, _):
        heat = app.query_one(HeatMap)
        tokens = [Token(i, text, 0, 1) for i, text in enumerate(texts)]
        heat.show_prompt([Piece(text, (i,)) for i, text in enumerate(texts)], tokens)
        heat.focus()
        heat.point_at(0)
        await pilot.press("down", "down")
        assert heat._cursor == 2
        await pilot.press("up", "up")
        assert heat._cursor == 0
        await pilot.press("up")
        assert heat._cursor == 0


async def test_the_cursor_tells_the_numbers_of_a_token():
    async with workbench((120, 24)) as (app, pilot, _):
        await type_and_run(pilot, app)
        await pilot.press("tab", "home", "right")
        await pilot.pause()
        line = line_of(app, "inspector")
        assert "“The”" in line
        assert "score 0.400 [0.390, 0.410]" in line
        assert "raw +0.2000" in line
        below = lines_of(app, "inspector")[1]
        assert below.split("   ")[1:4] == ["id 10", "content", "characters 0:3"]


async def test_the_cursor_of_the_last_prompt_points_at_nothing_in_the_next():
    async with workbench() as (app, pilot, _):
        await type_and_run(pilot, app)
        await pilot.press("tab", "end")
        await type_and_run(pilot, app, "Two words")
        await pilot.pause()
        line = line_of(app, "inspector")
        assert "hangs on" in line


async def test_the_inspector_tells_what_the_tokens_of_a_character_are():
    from noiser.prompt import Prompt, Token
    from noiser_tui.workbench.widgets.inspector import Inspector

    tokens = tuple(Token(5 + i, f"<{b}>", 0, 1, "content", b) for i, b in enumerate(("f0", "9f")))
    template = Token(9, "user", 1, 5, "template", "75736572")
    named = tuple(replace(token, text=token.text.upper()) for token in tokens)
    async with workbench((100, 24)) as (app, pilot, _):
        await settled(pilot)
        run = replace(app.state.run, prompt=Prompt("🚀user", (*named, template)))
        inspector = app.query_one(Inspector)
        inspector.show_state(replace(app.state, run=run))
        inspector.point_at((0, 1))
        await pilot.pause()
        first = line_of(app, "inspector")
        assert first.startswith(" “<F0> of 🚀”  position 0   first of 2 tokens of one character")
        assert inspector.region.height == 2
        second = lines_of(app, "inspector")[1]
        assert second.split("   ")[1:5] == ["ids 5 6", "content", "characters 0:1", "bytes F0 9F"]
        inspector.point_at((2,))
        await pilot.pause()
        second = lines_of(app, "inspector")[1]
        assert second.split("   ")[1:3] == ["id 9", "template"]


async def test_the_footer_goes_with_the_focus():
    async with workbench((80, 24)) as (app, pilot, _):
        await type_and_run(pilot, app, "Hello there")
        await pilot.pause()
        assert "Details" not in screen_lines(app)[-1]
        await pilot.press("tab")
        await pilot.pause()
        assert "Enter Details" in screen_lines(app)[-1]
        await pilot.press("shift+tab")
        await pilot.pause()
        assert "Details" not in screen_lines(app)[-1]


async def test_what_may_weigh_nothing_has_no_fill_in_the_heat_map_and_a_mark_in_the_ranking():
    async with workbench(size=(120, 36)) as (app, pilot, _):
        await type_and_run(pilot, app, "sure maybe")
        whole = app.state.run.explanation
        assert whole is not None
        *others, last = whole.tokens
        maybe = replace(last, score=0.3, interval=(0.0, 0.4), raw_interval=(-0.1, 0.2))
        made = replace(whole, tokens=(*others, maybe), stability=0.42)
        app.show_page(replace(app.state, run=replace(app.state.run, explanation=made)))
        await pilot.pause()
        heat = app.query_one(HeatMap)
        styles = {s.text: s.style for s in heat.render_line(0) if s.style is not None}
        assert styles[" maybe"].underline
        assert styles[" maybe"].bgcolor == heat.pens.plain.bgcolor
        assert not styles["sure"].underline
        assert styles["sure"].bgcolor != heat.pens.plain.bgcolor
        text = text_of(app)
        assert "[0.00, 0.40] ≈0" in text
        assert "underlined: may be 0" in text
        assert "τ 0.42" in text


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_a_number_below_0_has_the_sign_of_numbers_wherever_it_stands(size: tuple[int, int]):
    async with workbench(size) as (app, pilot, _):
        await type_and_run(pilot, app, "one two")
        whole = app.state.run.explanation
        assert whole is not None
        low = {"score": -0.3, "interval": (-0.4, -0.2), "raw": -0.1, "raw_interval": (-0.2, -0.05)}
        tokens = tuple(replace(token, **low) for token in whole.tokens)
        made = replace(whole, tokens=tokens, stability=-0.21)
        app.show_page(replace(app.state, run=replace(app.state.run, explanation=made)))
        await pilot.pause()
        seen = text_of(app)
        for keys in ("tab home right", "enter", "escape ctrl+f"):
            await pilot.press(*keys.split())
            await settled(pilot)
            seen += text_of(app)
        assert [one for one in seen.split("\n") if re.search(r"(?<!e)-\d", one)] == []
        shown = {"score −0.300", "raw −0.1000", "raw −0.1000 (−0.2000 to −0.0500)", "−0.3000"}
        assert {one for one in shown if one in re.sub(" +", " ", seen)} == shown


@pytest.mark.parametrize(("size", "part"), [((80, 24), "inspector"), ((120, 40), "card")])
async def test_a_token_that_joins_what_is_beside_it_leaves_its_quotes_alone(
    size: tuple[int, int], part: str
):
    async with workbench(size) as (app, pilot, _):
        await type_and_run(pilot, app, "one 👩\u200d")
        await pilot.press("tab", "end")
        await settled(pilot)
        assert "“ 👩<U+200D>” " in line_of(app, part)
