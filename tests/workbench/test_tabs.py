"""Tabs: opening, closing, going round, and runs in several of them."""

from __future__ import annotations

from noiser_tui.workbench.engine import ExplainPrompt
from tests.workbench.answers import explanation_of
from tests.workbench.fake import screen_lines, workbench
from tests.workbench.hands import line_of, settled, text_of, type_and_run


def typed(text: str) -> list[str]:
    return ["space" if char == " " else char for char in text]


async def test_a_new_tab_is_blank_and_the_first_keeps_what_it_has() -> None:
    async with workbench() as (app, pilot, _):
        await type_and_run(pilot, app)
        first = app.state
        await pilot.press("ctrl+n", *typed("Hi"))
        await settled(pilot)
        assert (app.state.text, app.state.run.explanation) == ("Hi", None)
        assert "Hi" in text_of(app)
        assert "France" not in "\n".join(screen_lines(app)[1:])
        await pilot.press("ctrl+pageup")
        await settled(pilot)
        assert app.state == first
        assert "France" in text_of(app)
        assert app.focused is app.view.editor  # type: ignore[attr-defined]


async def test_what_is_typed_right_after_a_new_tab_stands_in_it() -> None:
    from textual import events

    async with workbench() as (app, pilot, engine):
        await pilot.press(*typed("old"))
        for key in ("ctrl+n", "n", "e", "w", "f5"):  # at once, as a slow line delivers them
            app.post_message(events.Key(key, key if len(key) == 1 else None))
        await pilot.pause(0.2)
        assert [one.page.text for one in app.desk.documents] == ["old", "new"]
        assert [job.text for job in engine.explained] == ["new"]


async def test_closing_the_last_tab_gives_a_blank_one() -> None:
    async with workbench() as (app, pilot, _):
        await type_and_run(pilot, app)
        for _ in range(3):
            await pilot.press("ctrl+w")
        await settled(pilot)
        assert len(app.desk.documents) == 1
        assert (app.state.text, app.state.phase) == ("", "ready")
        await pilot.press(*typed("Hi"), "f5")
        await settled(pilot)
        assert app.state.run.explanation == explanation_of("Hi")
        assert len(app.query(".document")) == 1


async def test_a_tab_that_is_closed_is_no_longer_heard_of() -> None:
    async with workbench() as (app, pilot, engine):
        await pilot.press(*typed("one"), "ctrl+n", *typed("two"))
        engine.pause_at = 3
        await pilot.press("f5")
        await settled(pilot)
        await pilot.press("ctrl+w", "ctrl+n", *typed("three"))
        await settled(pilot)
        assert [one.page.text for one in app.desk.documents] == ["one", "three"]
        assert engine.cancelled == 1
        assert app.state.run.prompt is None


async def test_more_tabs_than_fit_show_those_around_the_active_one() -> None:
    async with workbench((60, 16)) as (app, pilot, _):
        for number in range(9):
            await pilot.press(*typed(f"prompt number {number}"), "ctrl+n")
        await settled(pilot)
        for _ in range(10):
            bar = line_of(app, "tabs")
            assert app.desk.active.title in bar
            ids = [one.id for one in app.desk.documents]
            assert ("‹" in bar) is (app.desk.documents[0].title not in bar), bar
            assert ("›" in bar) is (app.desk.documents[-1].title not in bar), bar
            before = ids.index(app.desk.active_id)
            await pilot.press("ctrl+pagedown")
            await pilot.pause()
            assert ids.index(app.desk.active_id) == (before + 1) % len(ids)
        where = app.query_one("#tabs").region
        x = line_of(app, "tabs").index("number") + where.x
        await pilot.click(offset=(x, where.y))
        await settled(pilot)
        assert "prompt number" in app.desk.active.title


async def test_runs_in_two_tabs_wait_for_each_other_and_both_end_up_right() -> None:
    async with workbench((120, 30)) as (app, pilot, engine):
        engine.waiting = {ExplainPrompt}
        await type_and_run(pilot, app, "one two")
        await pilot.press("ctrl+n")
        await settled(pilot)
        await type_and_run(pilot, app, "three four five")
        first, second = (one.page.job for one in app.desk.documents)
        assert (app.desk.running, app.desk.waiting) == (first, (second,))
        assert "1 waiting" in line_of(app, "status")
        assert line_of(app, "tabs").count("…") == 2
        engine.answer(first)
        await settled(pilot)
        assert "…" in line_of(app, "tabs"), "the second is still to come"
        engine.answer(second)
        await settled(pilot)
        pages = [one.page for one in app.desk.documents]
        assert [page.run.explanation for page in pages] == [
            explanation_of("one two"),
            explanation_of("three four five"),
        ]
        assert [page.job for page in pages] == [0, 0]
        assert "waiting" not in line_of(app, "status")


async def test_cancel_stops_the_run_of_the_tab_on_top_alone() -> None:
    async with workbench((120, 30)) as (app, pilot, engine):
        engine.waiting = {ExplainPrompt}
        await type_and_run(pilot, app, "one two")
        await pilot.press("ctrl+n")
        await settled(pilot)
        await type_and_run(pilot, app, "three four")
        first, _ = (one.page.job for one in app.desk.documents)
        await pilot.press("escape")
        await settled(pilot)
        pages = [one.page for one in app.desk.documents]
        assert [page.job for page in pages] == [first, 0]
        assert pages[1].run.outcome == "cancelled"
        assert app.desk.running == first
        engine.answer(first)
        await settled(pilot)
        assert app.desk.documents[0].page.run.explanation == explanation_of("one two")


async def test_leaving_with_work_running_asks_once() -> None:
    async with workbench() as (app, pilot, engine):
        engine.waiting = {ExplainPrompt}
        await type_and_run(pilot, app)
        await pilot.press("ctrl+q")
        await settled(pilot)
        assert "The engine is at work" in text_of(app)
        assert app.return_code is None
        await pilot.press("enter")
        await settled(pilot)
        assert app.return_code is None, "the first answer is to stay"
        assert app.state.phase == "running"
        await pilot.press("ctrl+q")
        await settled(pilot)
        await pilot.press("ctrl+q")
        await settled(pilot)
        assert app.return_code == 0


async def test_leaving_without_work_asks_nothing() -> None:
    async with workbench() as (app, pilot, _):
        await type_and_run(pilot, app)
        await pilot.press("ctrl+q")
        await settled(pilot)
        assert app.return_code == 0
