"""Keys in a text of several lines: those that VS Code's users press, wherever one is typed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from textual import events
from textual.app import App, ComposeResult

from noiser_tui.workbench.explorer_tree import kind_of
from noiser_tui.workbench.screens.write import Lines
from noiser_tui.workbench.studies.plan_text import PlanText
from noiser_tui.workbench.views.text import FileText
from noiser_tui.workbench.widgets.plain_text import Line
from noiser_tui.workbench.widgets.prompt_editor import PromptEditor
from noiser_tui.workbench.widgets.text_box import TextBox
from tests.workbench.fake import workbench
from tests.workbench.hands import until

TEXT = "The capital\nof France\nis"


class Alone(App[None]):
    """Nothing but a text."""

    def compose(self) -> ComposeResult:
        yield TextBox(TEXT)


@pytest.mark.parametrize(
    ("keys", "left"),
    [
        (("ctrl+end", "!"), "The capital\nof France\nis!"),
        (("ctrl+end", "ctrl+home", ">"), ">The capital\nof France\nis"),
        (("down", "ctrl+shift+end", "x"), "The capital\nx"),
        (("down", "end", "ctrl+shift+home", "x"), "x\nis"),
        (("down", "ctrl+a", "x"), "x"),
        (("ctrl+right", "ctrl+delete"), "The\nof France\nis"),
        (("down", "f7", "f6", "x"), "The capital\nxof France\nis"),
    ],
)
async def test_keys_do_what_they_do_in_vs_code(keys: tuple[str, ...], left: str) -> None:
    app = Alone()
    async with app.run_test() as pilot:
        app.query_one(TextBox).focus()
        await pilot.press(*keys)
        assert app.query_one(TextBox).text == left


@pytest.mark.parametrize(
    ("keys", "left"),
    [
        (("ctrl+a", "H", "i"), "Hi"),
        (("ctrl+end", "x", "y", "backspace", "z", "ctrl+home", "a"), f"a{TEXT}xz"),
        (("ctrl+c", "x"), f"x{TEXT}"),
    ],
)
async def test_what_is_typed_at_once_is_done_in_its_order(keys: tuple[str, ...], left: str) -> None:
    app = Alone()
    async with app.run_test() as pilot:
        app.query_one(TextBox).focus()
        await pilot.pause()
        for key in keys:  # as they come of a slow line: all of them in one read
            app.post_message(events.Key(key, key if len(key) == 1 else None))
        await until(pilot, lambda: app.query_one(TextBox).text == left)


class Short(App[None]):
    """Nothing but a line."""

    def compose(self) -> ComposeResult:
        yield Line("The capital is", select_on_focus=False)


@pytest.mark.parametrize(
    ("keys", "left"),
    [
        (("ctrl+a", "x"), "x"),
        (("ctrl+home", ">"), ">The capital is"),
        (("home", "ctrl+end", "!"), "The capital is!"),
        (("left", "ctrl+shift+home", "x"), "xs"),
        (("ctrl+backspace",), "The capital "),
        (("home", "ctrl+delete"), "capital is"),
    ],
)
async def test_and_in_a_line(keys: tuple[str, ...], left: str) -> None:
    app = Short()
    async with app.run_test() as pilot:
        app.query_one(Line).focus()
        await pilot.press(*keys)
        assert app.query_one(Line).value == left


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.json")
    assert kind_of(tmp_path / "pipe.json") == ""


def test_every_place_for_texts_has_them() -> None:
    assert all(issubclass(one, TextBox) for one in (PromptEditor, FileText, PlanText, Lines))


async def test_the_whole_prompt_is_replaced_by_another(tmp_path: Path) -> None:
    async with workbench() as (app, pilot, _):
        await pilot.press(*"The sun", "ctrl+a", *"Hi")
        assert app.state.text == "Hi"
