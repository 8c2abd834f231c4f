"""Keys that come in one burst, as a slow line delivers them: they are for what the first of them opens."""

from __future__ import annotations

from threading import Event

import pytest
from textual import events

from noiser_tui.workbench import opening
from noiser_tui.workbench.app import Workbench
from noiser_tui.workbench.explorer_tree import Node
from noiser_tui.workbench.screens.ask import Ask
from noiser_tui.workbench.widgets.row_list import RowList
from tests.workbench.fake import workbench
from tests.workbench.hands import settled, type_and_run, until


def send(app: Workbench, *keys: str) -> None:
    """Send keys all at once."""
    for key in keys:
        app.post_message(events.Key(key, key if len(key) == 1 else None))


def texts(app: Workbench) -> list[str]:
    """What stands in the tabs."""
    return [one.page.text for one in app.desk.documents]


@pytest.fixture
def files(tmp_path, monkeypatch) -> None:
    (tmp_path / "first.txt").write_text("one")
    (tmp_path / "second.txt").write_text("two")
    monkeypatch.chdir(tmp_path)


async def test_after_a_file_is_chosen_in_quick_open_they_stand_in_its_text(files) -> None:
    async with workbench() as (app, pilot, engine):
        send(app, "x", "ctrl+p", *"second", "enter", *"abc", "f5")
        await until(pilot, lambda: engine.explained)
        assert texts(app) == ["x", "abctwo"]
        assert engine.explained[0].text == "abctwo"


async def test_two_lists_one_after_the_other(files) -> None:
    async with workbench() as (app, pilot, _):
        send(app, "x", "ctrl+p", *"second", "enter", "a", "ctrl+p", *"first", "enter", "b")
        await until(pilot, lambda: texts(app) == ["x", "atwo", "bone"])


async def test_after_a_file_is_chosen_in_the_explorer(files) -> None:
    async with workbench((120, 40)) as (app, pilot, _):
        await pilot.press("x", "alt+e")
        await until(pilot, lambda: app.query(RowList) and app.focused is app.query_one(RowList))
        app.query_one(RowList).point_at(1)
        await settled(pilot)
        assert app.side_bar.view.row.name == "first.txt"
        send(app, "enter", *"abc")
        await until(pilot, lambda: texts(app) == ["x", "abcone"])


async def test_after_a_run_is_chosen_they_wait_until_it_is_read() -> None:
    async with workbench() as (app, pilot, _):
        await type_and_run(pilot, app)
        await until(pilot, lambda: app.desk.shelf.others)
        await pilot.press("ctrl+n", "x", "ctrl+pageup", "ctrl+w")
        await settled(pilot)
        assert texts(app) == ["x"]
        send(app, "ctrl+p", *"run of", "enter", *"abc")
        await until(pilot, lambda: texts(app) == ["x", "The capital of France isabc"])


@pytest.mark.parametrize("slow", [False, True])
async def test_after_a_file_of_many_prompts_they_narrow_its_list(
    slow: bool, tmp_path, monkeypatch
) -> None:
    lines = [f'{{"prompt": "{text}"}}' for text in ("one fish", "two fish", "red fish")]
    (tmp_path / "many.jsonl").write_text("\n".join(lines))
    monkeypatch.chdir(tmp_path)
    children, go = opening.children, Event()

    def waits(key: str) -> list[Node]:
        go.wait(5)
        return children(key)

    monkeypatch.setattr(opening, "children", waits)
    async with workbench() as (app, pilot, _):
        if not slow:
            go.set()
        send(app, "x", "ctrl+p", *"many", "enter", *"red", "enter", *"a ")
        await pilot.pause()
        go.set()
        await until(pilot, lambda: texts(app) == ["x", "red fisha "])


async def test_where_nothing_opens_they_go_where_the_keys_went_before() -> None:
    async with workbench() as (app, pilot, _):
        send(app, "x", "ctrl+p", *"nowhere.txt", "enter", *"abc")
        await until(pilot, lambda: texts(app) == ["xabc"])
        assert "nowhere.txt" in app.state.error


async def test_lines_of_a_prompt_are_typed_as_ever() -> None:
    async with workbench() as (app, pilot, _):
        send(app, *"one", "enter", *"two", "enter", "enter", *"three")
        await until(pilot, lambda: texts(app) == ["one\ntwo\n\nthree"])


async def test_what_is_typed_right_behind_backspace_does_not_overtake_it() -> None:
    answers: list[str | None] = []
    async with workbench((100, 30)) as (app, pilot, _):
        app.push_screen(Ask("How many", "A number", "8"), answers.append)
        await until(pilot, lambda: isinstance(app.screen, Ask) and app.screen.query("Input"))
        send(app, "backspace", "4", "1", "backspace", "2", "left", "3", "enter")
        await until(pilot, lambda: answers)
    assert answers == ["432"]


@pytest.mark.parametrize("keys", [("ctrl+s",), ("ctrl+k", "w", "enter")], ids=["save", "export"])
async def test_the_answer_that_comes_with_the_key_is_for_the_question(keys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    async with workbench((120, 40)) as (app, pilot, _):
        await type_and_run(pilot, app)
        before = texts(app)
        send(app, *keys, "ctrl+u", *"all.csv", "enter")
        await until(pilot, lambda: (tmp_path / "all.csv").exists())
        assert texts(app) == before


async def test_after_tab_and_a_key_that_waits_for_the_prompt_they_are_for_its_list() -> None:
    async with workbench((120, 40)) as (app, pilot, _):
        await type_and_run(pilot, app)
        before = texts(app)
        send(app, "tab", "alt+v", *"lime", "space", "enter")
        await until(pilot, lambda: app.desk.active.kind == "comparison")
        assert texts(app)[:1] == before
        assert [one.method for one in app.desk.active.page.slots] == ["noiser", "lime"]


@pytest.mark.parametrize("keys", [("tab", "space"), ("ctrl+p", "escape"), ("f1", "escape")])
async def test_a_key_that_leads_elsewhere_takes_the_next_ones_with_it(keys) -> None:
    async with workbench((120, 40)) as (app, pilot, _):
        await type_and_run(pilot, app)
        (before,) = texts(app)
        here = keys[-1] == "escape"
        send(app, *keys, *("abc" if here else ""))
        await settled(pilot)
        assert texts(app) == [f"abc{before}" if here else before]


async def test_what_comes_with_the_letter_of_a_row_is_for_what_that_opens() -> None:
    async with workbench((120, 40)) as (app, pilot, _):
        await type_and_run(pilot, app)
        await pilot.press("alt+r")
        await until(pilot, lambda: app.desk.shelf.others and app.side_bar.has_focus_within)
        before = texts(app)
        send(app, "r", "ctrl+u", *"my own name", "enter")
        await until(pilot, lambda: app.desk.shelf.others[0].name == "my own name")
        assert texts(app) == before
