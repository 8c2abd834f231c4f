"""What was open is open again: tabs, their text and options, what was unfolded around them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from noiser_tui.history.session import Session, Tab
from noiser_tui.history.sessions import SessionFile
from noiser_tui.workbench.desk import empty_desk
from noiser_tui.workbench.session import UNFINISHED, with_session
from noiser_tui.workbench.widgets.prompt_editor import PromptEditor
from tests.workbench.fake import screen_lines, workbench


def kept(folder: Path) -> SessionFile:
    return SessionFile("here", folder)


async def test_tabs_reopen_where_they_were_left(tmp_path):
    async with workbench((120, 40), session=kept(tmp_path)) as (app, pilot, _):
        app.query_one(PromptEditor).text = "first prompt"
        await pilot.press("f2", *"occl", "enter", "ctrl+n", *"second prompt", "left", "left")
        await pilot.press("ctrl+n", *"third", "ctrl+pageup", "f10")
        await pilot.pause()
        left = app.desk
        await pilot.press("ctrl+q")
    async with workbench((120, 40), session=kept(tmp_path)) as (app, pilot, _):
        await pilot.pause()
        assert [one.page.text for one in app.desk.documents] == [
            one.page.text for one in left.documents
        ]
        assert [one.page.request for one in app.desk.documents] == [
            one.page.request for one in left.documents
        ]
        assert app.state.text == "second prompt"
        assert app.view.editor.cursor_location == (0, len("second prompt") - 2)
        assert not app.desk.panel_open
        assert "second prompt" in "\n".join(screen_lines(app))


async def test_a_lone_blank_tab_is_not_come_back_to(tmp_path):
    async with workbench(session=kept(tmp_path)) as (_, pilot, __):
        await pilot.press("ctrl+q")
    assert kept(tmp_path).begun == Session()


async def test_a_run_that_was_going_is_offered_again(tmp_path):
    async with workbench(session=kept(tmp_path)) as (app, pilot, engine):
        engine.pause_at = 2
        await pilot.press(*"Hi there", "f5")
        await pilot.pause()
        app.save_session()  # as on SIGHUP, while it runs
        app.release_session()
    async with workbench(session=kept(tmp_path)) as (app, pilot, engine):
        assert app.state.note == UNFINISHED
        await pilot.press("f5")
        await pilot.pause()
        assert [job.text for job in engine.explained] == ["Hi there"]


def test_a_prompt_from_the_command_line_is_on_top_of_what_was_open():
    session = Session(tabs=(Tab(text="before"), Tab(kind="unheard of")), active=1)
    desk = with_session(empty_desk("fake", "now"), session)
    assert [one.page.text for one in desk.documents] == ["before", "now"]
    assert desk.active.page.text == "now"


def test_views_that_are_gone_are_not_opened():
    session = replace(Session(tabs=(Tab(text="x"),)), side_bar="gone", panel="gone")
    desk = with_session(empty_desk("fake"), session)
    assert (desk.side, desk.panel) == ("explorer", "search")
