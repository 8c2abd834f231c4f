"""The page of keys, the palette, the vim preset, and sentences that name keys."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.pilot import Pilot

from noiser_tui.settings.settings import load_settings
from noiser_tui.workbench.actions import ACTIONS
from noiser_tui.workbench.app import Workbench
from noiser_tui.workbench.configured import user_keymap
from noiser_tui.workbench.keymap import Keymap, Rule, changed
from noiser_tui.workbench.presets.vim import VIM
from noiser_tui.workbench.screens.key_test import KeyTest
from noiser_tui.workbench.screens.keys import Keys
from noiser_tui.workbench.screens.pick import Pick
from noiser_tui.workbench.widgets.heat_map import HeatMap
from noiser_tui.workbench.widgets.prompt_editor import PromptEditor
from tests.workbench.fake import screen_lines, workbench
from tests.workbench.hands import settled, type_and_run

SIZES = [(80, 24), (120, 40), (60, 16)]


@asynccontextmanager
async def bench(
    tmp_path: Path, size: tuple[int, int] = (120, 40), settings: str = "", keys: str = ""
) -> AsyncIterator[tuple[Workbench, Pilot[int], Any]]:
    """A workbench whose settings and keys stand in a folder of their own."""
    (tmp_path / "settings.toml").write_text(settings)
    if keys:
        (tmp_path / "keybindings.json").write_text(keys)
    read = load_settings(tmp_path / "here", environ={}, user=tmp_path / "settings.toml")
    async with workbench(size, settings=read) as found:
        yield found


def shown(app: Workbench) -> str:
    return "\n".join(screen_lines(app))


@pytest.mark.parametrize("size", SIZES)
async def test_every_action_stands_on_the_page_of_keys(size: tuple[int, int]) -> None:
    async with workbench(size) as (app, pilot, _):
        await pilot.press("shift+f1")
        await pilot.pause()
        assert isinstance(app.screen, Keys)
        assert "F1 or Ctrl+Shift+P" in shown(app)
        await pilot.press(*"alt+z")
        await pilot.pause()
        assert "Zen mode" in shown(app)
        await pilot.press("enter")
        await settled(pilot)
        assert app.desk.zen, "Enter does it"


async def test_what_the_user_changed_is_marked_and_what_may_not_arrive_is_told(
    tmp_path: Path,
) -> None:
    keys = '[{"key": "f5", "command": "-run"}, {"key": "ctrl+k", "command": "run"}]'
    async with bench(tmp_path, keys=keys) as (app, pilot, _):
        assert "then press Ctrl+K" in app.query_one(PromptEditor).placeholder
        await pilot.press("ctrl+k")
        await settled(pilot)
        assert "prompt is empty" in app.state.error
        await pilot.press("shift+f1")
        await pilot.pause()
        await pilot.press(*"explain the prompt")
        await pilot.pause()
        assert "● Explain the prompt" in shown(app)
        assert "would be F5" in shown(app)
        await pilot.press("escape", "shift+f1")
        await pilot.pause()
        await pilot.press(*"panel ctrl+j")
        await pilot.pause()
        assert "noiser.panel" in shown(app)


async def test_keys_are_tested_and_the_file_of_keys_opens(tmp_path: Path) -> None:
    async with bench(tmp_path) as (app, pilot, _):
        await app.action_do("keys_test")
        await pilot.pause()
        assert isinstance(app.screen, KeyTest)
        await pilot.press("f5")
        await pilot.pause()
        said = " ".join("\n".join(screen_lines(app)).split())
        assert "Explain the prompt" in said, "F5 runs studies, too, but not here"
        await pilot.press("escape", "escape")
        await pilot.pause()
        await app.action_do("keys_file")
        await settled(pilot)
        assert app.desk.active.path == str(tmp_path / "keybindings.json")
        assert app.configured is not None
        app.configured.follow()
        assert not app.desk.problems, "an example that is all comment"


async def test_the_palette_begins_with_what_was_used_last() -> None:
    async with workbench((80, 24)) as (app, pilot, _):
        await pilot.press("f1")
        await pilot.pause()
        assert "USED LAST" not in shown(app)
        await pilot.press(*"zen", "enter")
        await settled(pilot)
        assert app.desk.zen
        await pilot.press("f1")
        await settled(pilot)
        lines = screen_lines(app)
        head = next(y for y, line in enumerate(lines) if "USED LAST" in line)
        assert "▸ Zen mode" in lines[head + 1]
        assert "Alt+Z" in lines[head + 1]
        assert "COMMANDS" in lines[head + 2]
        await pilot.press("down")
        await pilot.pause()
        assert "▸ Quick open" in shown(app), "names of groups are stepped over"


async def test_a_key_can_give_what_its_command_would_ask_for(tmp_path: Path) -> None:
    keys = """[{"key": "alt+f2", "command": "noiser.method", "args": "occlusion"},
    {"key": "f9 m", "command": "noiser.bound", "args": "max"},
    {"key": "alt+f4", "command": "noiser.norm", "args": "seven"},
    {"key": "f12", "command": "noiser.theme", "args": "light"}]"""
    async with bench(tmp_path, keys=keys) as (app, pilot, _):
        assert not app.desk.problems
        await pilot.press("f9", "m")
        assert app.state.request.bound == "max"
        await pilot.press("alt+f2")
        assert app.state.request.method == "occlusion"
        await pilot.press("f12")
        assert app.theme_name == "light"
        await pilot.press("alt+f4")
        assert "there is no 'seven'" in app.state.error
        assert not isinstance(app.screen, Pick), "nothing was asked"
        assert app.keymap.keys("method") == ("f2",), "the others do not choose"
        await pilot.press("shift+f1", *"choose the bound")
        await settled(pilot)
        assert "F9 m takes max." in shown(app)


async def test_what_no_command_is_called_is_said() -> None:
    async with workbench((80, 24)) as (app, pilot, _):
        await pilot.press("f1", *"qwerty")
        await settled(pilot)
        assert "Nothing has these words." in shown(app)
        await pilot.press("enter", "down", "enter")
        assert isinstance(app.screen, Pick), "a sentence is no command"


async def test_a_command_that_is_not_possible_now_is_found_and_says_so() -> None:
    async with workbench((80, 24)) as (app, pilot, _):
        await pilot.press("f1", *"next tab")
        await settled(pilot)
        assert "▸ Next tab" in shown(app)
        await pilot.press("enter")
        await settled(pilot)
        assert app.state.error == "Next tab is not possible here now: Shift+F1 says when it is."
        assert app.used_last == (), "it was not used"


async def test_quick_open_lists_commands_behind_the_sign_that_vs_code_has_for_them() -> None:
    async with workbench((80, 24)) as (app, pilot, _):
        await pilot.press("ctrl+p", *">zen")
        await settled(pilot)
        assert "▸ Zen mode" in shown(app)
        assert "as typed" not in shown(app), "it is no path"
        await pilot.press("enter")
        await settled(pilot)
        assert app.desk.zen
        assert app.used_last == ("zen",)
        await pilot.press("ctrl+p")
        app.post_message(events.Key("alt+z", "z"))  # as a terminal tells it; here it is no letter
        await pilot.press(*">nowhere", "enter")
        await settled(pilot)
        assert isinstance(app.screen, Pick), "it is no path here either"
        assert app.screen.query_one("Input").value == ">nowhere"


async def test_a_path_that_is_called_as_a_command_is_opened_from_quick_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "zen").write_text("The capital of France is")
    async with workbench((80, 24)) as (app, pilot, _):
        await pilot.press("ctrl+p", *"zen", "enter")
        await settled(pilot)
        assert app.state.text == "The capital of France is"
        assert not app.desk.zen


def test_every_rule_of_vim_is_of_an_action_and_no_key_is_doubled() -> None:
    assert all(rule.action in ACTIONS for rule in VIM)
    doubled = [rule.key for rule in VIM if rule.key != "q"]
    assert len(doubled) == len(set(doubled))
    keymap, problems = user_keymap(Path("nowhere"), (), "vim")
    assert not problems
    assert "j" in keymap.keys("move_down")
    assert keymap.label("palette") == "F1", "the usual keys stay, and stay first"
    assert "j" not in user_keymap(Path("nowhere"), ())[0].keys("move_down")


async def test_vim_keys_walk_where_no_text_is_typed(tmp_path: Path) -> None:
    async with bench(tmp_path, settings='[keys]\npreset = "vim"\n') as (app, pilot, _):
        await pilot.press(*"hijklgq:")
        assert app.state.text == "hijklgq:" or app.query_one(PromptEditor).text == "hijklgq:"
        await type_and_run(pilot, app)
        await pilot.press("escape")
        await pilot.pause()
        heat = app.view.query_one(HeatMap)
        assert heat.has_focus
        await pilot.press("l", "l")
        await pilot.pause()
        at = heat.positions
        await pilot.press("l")
        await pilot.pause()
        assert heat.positions != at
        await pilot.press("h")
        await pilot.pause()
        assert heat.positions == at
        await pilot.press("G")
        await pilot.pause()
        assert heat.positions == (len(app.state.run.prompt or ()) - 1,)
        await pilot.press("g", "ctrl+d", "ctrl+u", "colon")
        await settled(pilot)
        assert "Commands" in shown(app)
        await pilot.press("escape", "i")
        await pilot.pause()
        assert app.view.query_one(PromptEditor).has_focus
        await pilot.press("alt+t", "j")
        await settled(pilot)
        assert app.side_bar.view is not None
        assert app.side_bar.key_in("methods") == "occlusion"
        await pilot.press("q")
        await settled(pilot)
        assert not app.desk.side_open


def test_sentences_name_the_keys_there_are() -> None:
    usual = "Type a prompt, then press F5. Ctrl+O opens an example."
    assert Keymap().spoken(usual) == usual
    keymap = changed([Rule("ctrl+k", "run")], [("f5", "run"), ("ctrl+o", "example")])
    said = keymap.spoken(usual)
    assert said.startswith("Type a prompt, then press Ctrl+K.")
    assert "“Open an example prompt” of the commands" in said
    assert keymap.spoken("Cancel (Shift+F5)") == "Cancel (Shift+F5)"


async def test_what_is_said_names_the_keys_there_are(tmp_path: Path) -> None:
    keys = '[{"key": "f5", "command": "-run"}, {"key": "ctrl+k", "command": "run"}]'
    async with bench(tmp_path, keys=keys) as (app, pilot, _):
        await pilot.press("alt+h")
        await settled(pilot)
        assert "while it runs: press Ctrl+K." in shown(app)
        await pilot.press(*"Hi", "ctrl+s")
        await settled(pilot)
        assert "a bound that is searched for (Ctrl+K)" in shown(app)
