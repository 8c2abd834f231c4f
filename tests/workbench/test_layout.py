"""Where everything stands, at every size, in every theme, whatever the text is."""

from __future__ import annotations

from itertools import pairwise

import pytest
from textual import events

from noiser_tui.look.themes import theme_names
from noiser_tui.workbench.app import Workbench
from noiser_tui.workbench.widgets.heat_map import HeatMap
from noiser_tui.workbench.widgets.prompt_editor import PromptEditor
from noiser_tui.workbench.widgets.row_list import RowList
from tests.workbench.fake import screen_lines, workbench
from tests.workbench.hands import lines_of, settled, text_of, type_and_run

SIZES = [(60, 16), (80, 24), (120, 40), (300, 100)]


@pytest.mark.parametrize(
    ("opens", "then"),
    [("alt+r", "slash"), ("alt+t", "end"), ("alt+m", "end"), ("alt+p", "end"), ("alt+h", "left")],
)
async def test_keys_that_come_with_the_one_that_opens_a_view_are_for_that_view(opens, then):
    async with workbench((120, 40)) as (app, pilot, _):
        await type_and_run(pilot, app)
        text = app.state.text
        for key in (opens, then):
            app.post_message(events.Key(key, None))
        await settled(pilot)
        holder = app.panel if opens in ("alt+p", "alt+h") else app.side_bar
        assert holder.has_focus_within
        assert app.state.text == text
        if then == "end" and holder is app.side_bar:
            rows = holder.query_one(RowList)
            assert rows.at == len(rows._rows) - 1


@pytest.mark.parametrize("size", SIZES)
async def test_every_part_has_a_place(size):
    async with workbench(size) as (app, pilot, _):
        await type_and_run(pilot, app)
        text = text_of(app)
        for expected in ("France", "F5 Explain", "fake", "done", "0.0859", "SEARCH"):
            assert expected in text
        if not app.desk.panel_open:
            assert app.panel.size.height == 1
            await pilot.press("f10")
            await settled(pilot)
        for part in (
            "tabs",
            "prompt",
            "options",
            "heat",
            "next",
            "inspector",
            "panel-header",
            "search",
            "status",
            "keybar",
        ):
            region = app.query_one(f"#{part}").region
            assert region.width > 0, part
            assert region.height > 0, part
            assert app.screen.region.contains_region(region), part
        down = [
            app.query_one(f"#{part}").region for part in ("prompt", "middle", "panel", "status")
        ]
        assert all(one.bottom <= below.y for one, below in pairwise(down))


async def test_resizing_while_running_loses_nothing():
    async with workbench((120, 40)) as (app, pilot, engine):
        engine.pause_at = 3
        await type_and_run(pilot, app)
        for size in ((60, 16), (200, 60), (80, 24)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
        text = text_of(app)
        assert "France" in text
        assert "step 2/10" in text


@pytest.mark.parametrize("depth", ["truecolor", "256", "16", "none"])
@pytest.mark.parametrize("theme", theme_names())
async def test_every_theme_draws_at_every_depth(theme, depth):
    from tests.workbench.fake import ScriptedEngine

    app = Workbench(model="fake", engine=ScriptedEngine, depth=depth, theme_name=theme)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await type_and_run(pilot, app)
        heat = app.query_one(HeatMap)
        text = "".join(heat.render_line(y).text for y in range(4))
        assert "France" in text
        bars = any(glyph in text for glyph in "▁▂▃▄▅▆▇")
        assert bars is (depth in app.pens.theme.glyphs)


async def test_the_theme_changes_at_once():
    async with workbench() as (app, pilot, _):
        await type_and_run(pilot, app)
        before = app.query_one(HeatMap).render_line(0)
        app.use_theme("light")
        await pilot.pause()
        assert list(app.query_one(HeatMap).render_line(0)) != list(before)


async def test_hostile_prompts_come_out_as_themselves_in_place():
    text = "a [bold]b[/bold] \x1b[31mred\x1b[0m \t👩‍🚀 שלום é x"
    async with workbench((120, 30)) as (app, pilot, _):
        await type_and_run(pilot, app, text)
        heat = app.query_one(HeatMap)
        drawn = "".join(heat.render_line(y).text for y in range(heat.size.height))
        for part in ("[bold]b[/bold]", "␛[31mred␛[0m", "→", "👩‍🚀", "שלום", "é"):
            assert part in drawn
        assert "\x1b" not in drawn
        for y in range(heat.size.height):
            assert heat.render_line(y).cell_length == heat.size.width


async def test_control_sequences_in_the_editor_are_shown_not_sent():
    async with workbench(prompt="\x1b[31mred \x1b[2Jhello \x07") as (app, pilot, _):
        await pilot.pause()
        lines = screen_lines(app)
        assert not any(ord(char) < 32 for line in lines for char in line)
        assert "␛[31mred ␛[2Jhello" in lines_of(app, "prompt")[1]
        await pilot.press("ctrl+s")
        await pilot.press("f6")
        app.screen.query_one("Input").value = "\x1b[2Jx"
        await pilot.pause()
        assert not any(ord(char) < 32 for line in screen_lines(app) for char in line)


@pytest.mark.parametrize("width", [60, 80, 120])
async def test_target_and_contrast_are_seen_beside_the_side_bar(width):
    async with workbench((width, 24)) as (app, pilot, _):
        await type_and_run(pilot, app)
        app.change_request(
            method="integrated_gradients", target=" Barcelona", contrast=" Copenhagen"
        )
        await pilot.press("f9")
        await settled(pilot)
        row = screen_lines(app)[app.view.query_one("#options").region.y]
        assert "“ Barcelona”" in row
        assert "vs “ Copenhagen”" in row


async def test_esc_goes_from_the_side_bar_back_to_the_prompt():
    async with workbench() as (app, pilot, _):
        await pilot.press("f9")
        await settled(pilot)
        assert app.side_bar.has_focus_within
        await pilot.press("escape", *"Hi")
        await settled(pilot)
        assert app.state.text == "Hi"
        assert app.desk.side_open


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_a_long_prompt_leaves_room_for_its_colours_beside_an_open_panel(size):
    async with workbench(size) as (app, pilot, _):
        await type_and_run(pilot, app, "word " * 2000)
        await pilot.press("alt+e", "escape", "tab")
        if not app.desk.panel_open:
            await pilot.press("f10")
        await settled(pilot)
        assert app.desk.panel_open
        assert app.view.query_one(HeatMap).size.height >= 3
        assert app.view.query_one(PromptEditor).size.height >= 2
