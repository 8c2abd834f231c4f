"""The mouse: every part does with a click what its key does, and only the left button chooses."""

from __future__ import annotations

import pytest
from textual import events

from noiser_tui.workbench.engine import Continue
from noiser_tui.workbench.widgets.continuation_strip import ContinuationStrip
from noiser_tui.workbench.widgets.ranking import Ranking
from tests.workbench.fake import screen_lines, workbench
from tests.workbench.hands import line_of, lines_of, settled, text_of, type_and_run, until


async def click_on(app, pilot, part: str, text: str, *, button: int = 1, times: int = 1) -> None:
    """Click where a text stands in a part of the screen."""
    where = app.query_one(f"#{part}").region
    y, line = next((y, line) for y, line in enumerate(lines_of(app, part)) if text in line)
    at = (where.x + line.index(text), where.y + y)
    await pilot.click(offset=at, button=button, times=times)
    await settled(pilot)


async def test_a_click_in_the_ranking_goes_to_the_token() -> None:
    async with workbench((120, 40)) as (app, pilot, _):
        await type_and_run(pilot, app)
        second = app.query_one(Ranking)._listed[1]
        await click_on(app, pilot, "ranking", second.name.strip())
        assert app.view.token == second.position
        assert app.focused is app.query_one("#heat")


async def test_parts_of_the_status_bar_open_what_they_are_about() -> None:
    async with workbench((120, 40)) as (app, pilot, _):
        await type_and_run(pilot, app)
        for text, title in (("fake", "Model"), ("noiser/", "Method")):
            await click_on(app, pilot, "status", text)
            assert f"╭─ {title} ─" in text_of(app)
            await pilot.press("escape")
            await settled(pilot)
        await pilot.press("alt+o")
        await settled(pilot)
        await click_on(app, pilot, "status", "α*")
        assert app.desk.panel == "search"
        await click_on(app, pilot, "status", "done")
        assert app.desk.panel == "search"
        assert "╭─ Model" not in text_of(app)


async def test_the_middle_button_closes_the_tab_under_it_and_no_other() -> None:
    async with workbench((120, 30)) as (app, pilot, _):
        for text in ("one two", "three four"):
            await type_and_run(pilot, app, text)
            await pilot.press("ctrl+n")
            await settled(pilot)
        assert [one.title for one in app.desk.documents][:2] == ["one two", "three four"]
        active = app.desk.active_id
        await click_on(app, pilot, "tabs", "one two", button=2, times=2)
        assert "one two" not in line_of(app, "tabs")
        assert app.desk.active_id == active
        app.action_close_tab(1)
        app.action_show_tab(1)
        assert app.desk.active_id == active


@pytest.mark.parametrize("button", [2, 3])
async def test_other_buttons_choose_nothing(button: int) -> None:
    async with workbench((120, 40)) as (app, pilot, engine):
        await type_and_run(pilot, app)
        asked, token = len(engine.jobs), app.view.token
        parts = {"next": " 2 ", "heat": "Paris", "keybar": "F5", "options": "method"}
        for part, text in (*parts.items(), ("activity", "R")):
            if part == "heat":
                text = lines_of(app, "heat")[0].split()[1]
            await click_on(app, pilot, part, text, button=button)
        assert (len(engine.explained), len(app.screen_stack)) == (1, 1)
        assert not app.desk.side_open
        assert app.view.token == token or token is None
        assert len(engine.jobs) <= asked + 1  # the curve of what has the focus


@pytest.mark.parametrize("key", ["f1", "f2", "ctrl+p", "shift+f1", "alt+v", "shift+f2"])
async def test_a_click_beside_a_list_closes_it(key: str) -> None:
    async with workbench((120, 40)) as (app, pilot, _):
        await type_and_run(pilot, app)
        await pilot.press(key)
        await settled(pilot)
        assert len(app.screen_stack) == 2
        await pilot.click(offset=(60, 3))
        await settled(pilot)
        assert len(app.screen_stack) == 2
        await pilot.click(offset=(0, 39))
        await settled(pilot)
        assert len(app.screen_stack) == 1


async def test_a_continuation_is_walked_and_led_another_way_by_clicks() -> None:
    async with workbench((120, 40)) as (app, pilot, engine):
        await type_and_run(pilot, app)
        await pilot.press("alt+n")
        await settled(pilot)
        await click_on(app, pilot, "strip", "sea")
        strip = app.query_one(ContinuationStrip)
        assert app.state.continuation.written[strip.at].token.text.strip() == "sea"
        await click_on(app, pilot, "strip", "sea", times=2)
        assert engine.explained[-1].request.at == strip.at + 1
        other = app.state.continuation.written[strip.at].alternatives[1]
        await click_on(app, pilot, "strip", f"“{other.text}”", times=2)
        asked = [job for job in engine.jobs if isinstance(job, Continue)][-1]
        assert asked.chosen[-1] == other.id


async def press_on(app, pilot, part: str, text: str) -> None:
    """Click as a hand does: what the press does to the layout is painted before it is let go."""
    where = app.query_one(f"#{part}").region
    y, line = next((y, line) for y, line in enumerate(lines_of(app, part)) if text in line)
    at = (where.x + line.index(text), where.y + y)
    await drag(app, pilot, at, at)


async def drag(app, pilot, begin: tuple[int, int], end: tuple[int, int]) -> None:
    """Press the left button in one cell and let it go in another."""
    for kind, (x, y) in ((events.MouseDown, begin), (events.MouseUp, end)):
        app.post_message(kind(None, x, y, 0, 0, 1, False, False, False, x, y, None))
        await settled(pilot)


async def test_a_candidate_on_the_one_line_is_the_one_that_was_clicked() -> None:
    async with workbench((80, 24)) as (app, pilot, engine):
        await type_and_run(pilot, app)
        assert app.query_one("#next").size.height == 1
        third = app.query_one("#next")._tokens[2]
        await press_on(app, pilot, "next", f"“{third.text}”")
        assert app.query_one("#next").size.height > 1
        assert engine.explained[-1].request.target == f"id:{third.id}"


async def test_a_row_that_moves_while_the_button_is_down_is_still_the_one_chosen() -> None:
    async with workbench((120, 40)) as (app, pilot, engine):
        await type_and_run(pilot, app)
        await click_on(app, pilot, "heat", lines_of(app, "heat")[0].split()[1])
        rows = app.query_one("#next")
        rows.point_at(len(rows._tokens))
        await settled(pilot)
        last = rows._tokens[-1]
        await press_on(app, pilot, "next", last.text)
        assert engine.explained[-1].request.target == f"id:{last.id}"


async def test_a_click_in_a_long_text_that_was_scrolled_goes_to_the_word_under_it() -> None:
    async with workbench((80, 24)) as (app, pilot, _):
        await type_and_run(pilot, app, " ".join(f"word{i}" for i in range(400)))
        heat = app.query_one("#heat")
        heat.scroll_end(animate=False)
        await settled(pilot)
        assert heat.scroll_offset.y > 0
        await press_on(app, pilot, "heat", "word399")
        prompt = app.state.run.prompt
        assert "word399".startswith(prompt.tokens[app.view.token].text.strip())
        assert prompt.tokens[app.view.token].start >= prompt.text.index("word399") - 1


async def test_a_press_that_is_dragged_away_chooses_nothing() -> None:
    async with workbench((120, 40)) as (app, pilot, engine):
        await type_and_run(pilot, app)
        where = app.query_one("#next").region
        await drag(app, pilot, (where.x + 5, where.y + 2), (where.x + 5, where.y + 3))
        assert len(engine.explained) == 1
        assert app.focused is app.query_one("#next")


@pytest.mark.parametrize("at_once", [False, True])
@pytest.mark.parametrize("part", ["heat", "prompt", "output"])
async def test_a_scroll_bar_follows_the_mouse_however_quick_it_is(part: str, at_once: bool) -> None:
    async with workbench((80, 30)) as (app, pilot, _):
        await type_and_run(pilot, app, " ".join(f"word{i}" for i in range(900)))
        for number in range(40 if part == "output" else 0):
            app.notify(f"line {number}")
        await pilot.press("alt+o")
        await settled(pilot)
        pane = (
            app.panel.view.query_one("ScrolledLines")
            if part == "output"
            else app.query_one(f"#{part}")
        )
        pane.scroll_home(animate=False)
        await settled(pilot)
        before, bar = lines_within(app, pane), pane.vertical_scrollbar
        x, top, last = bar.region.x, bar.region.y, bar.region.bottom - 1
        moves = [(events.MouseMove, y) for y in range(top + 1, last + 1)]
        for kind, y in [(events.MouseDown, top), *moves, (events.MouseUp, last)]:
            app.post_message(kind(None, x, y, 0, 0, 1, False, False, False, x, y, None))
            if not at_once:
                await pilot.pause()
        await until(pilot, lambda: pane.scroll_y > pane.max_scroll_y * 0.7 > 0, 5)
        assert lines_within(app, pane) != before
        assert app.mouse_captured is None
        assert not bar.grabbed


def lines_within(app, widget) -> list[str]:
    """The lines of a widget."""
    region = widget.region
    return [one[region.x : region.right] for one in screen_lines(app)[region.y : region.bottom]]
