"""Two keys one after the other: which follow, what is shown meanwhile, and what a wrong one does."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual import events

from noiser_tui.settings.key_names import textual_keys
from noiser_tui.workbench.actions import ACTIONS
from noiser_tui.workbench.app import Workbench
from noiser_tui.workbench.configured import user_keymap
from noiser_tui.workbench.context import facts
from noiser_tui.workbench.keymap import Keymap, Rule, changed, default_rules, key_label
from noiser_tui.workbench.screens.keys import Keys
from noiser_tui.workbench.screens.pick import Pick
from noiser_tui.workbench.widgets.chord_list import ChordList
from noiser_tui.workbench.widgets.key_bar import KeyBar
from tests.workbench.fake import screen_lines, workbench
from tests.workbench.hands import settled, text_of, until

SIZES = [(80, 24), (120, 40), (60, 16)]


@pytest.mark.parametrize("second", ["s", "ctrl+s", "S"])
async def test_the_second_key_does_it_with_ctrl_still_held_too(second: str) -> None:
    async with workbench() as (app, pilot, _):
        await pilot.press("ctrl+k", second)
        await pilot.pause()
        assert isinstance(app.screen, Keys)
        assert not app.chord


async def test_a_key_that_does_not_follow_says_so_and_is_not_typed() -> None:
    async with workbench() as (app, pilot, engine):
        await pilot.press("x", "ctrl+k", "5", "ctrl+k", "escape", "y")
        await settled(pilot)
        assert app.state.text == "xy"
        (told,) = [line.text for line in app.desk.output if "no command" in line.text]
        assert told == "Ctrl+K 5 is no command."
        assert engine.explained == []


async def test_a_burst_of_keys_goes_where_the_two_lead() -> None:
    async with workbench() as (app, pilot, _):
        for key in ("x", "ctrl+k", "m", *"tiny"):
            app.post_message(events.Key(key, key if len(key) == 1 else None))
        await until(pilot, lambda: isinstance(app.screen, Pick) and app.screen.query("Input"))
        await until(pilot, lambda: app.screen.query_one("Input").value == "tiny")
        assert app.state.text == "x"


async def test_the_open_list_fits_into_another_size_of_the_terminal() -> None:
    every = {
        rule.second: rule for rule in default_rules() if rule.first == "ctrl+k" and rule.second
    }
    async with workbench((80, 24)) as (app, pilot, _):
        await pilot.press("ctrl+k")
        listed = app.query_one(ChordList)
        listed.offer(every)
        await until(pilot, lambda: listed.display)
        for size in ((60, 16), (120, 40), (80, 24)):
            await pilot.resize_terminal(*size)
            await settled(pilot)
            assert app.screen.region.contains_region(listed.region)
            shown = {
                entry[0]
                for y in range(listed.size.height)
                for x in range(0, listed.size.width, 10)
                if (entry := listed._at(x, y))
            }
            assert shown == set(map(key_label, every)), "and every key is there"


@pytest.mark.parametrize("size", SIZES)
async def test_who_hesitates_sees_what_follows_and_can_click_it(size: tuple[int, int]) -> None:
    async with workbench(size) as (app, pilot, _):
        await pilot.press("ctrl+k")
        assert "Ctrl+K" in screen_lines(app)[-1]
        listed = app.query_one(ChordList)
        assert not listed.display, "not at once: it costs a slow line dear"
        await until(pilot, lambda: listed.display and listed.size.height > 0)
        assert len(listed.state or ()) == len(app.following())
        assert listed.size.height * (size[0] // listed._cells(size[0])) >= len(app.following())
        assert "r Explain a response" in text_of(app)
        at = [entry[2] for entry in listed.state or ()].index("do('zen')")
        rows = listed._rows(size[0])
        x = at // rows * listed._cells(size[0])
        await pilot.click(ChordList, offset=(x + 4, at % rows + 1))
        await settled(pilot)
        assert app.desk.zen
        assert not listed.display
        assert not app.chord


async def test_the_footer_names_the_first_key_and_takes_it_back_by_a_click() -> None:
    async with workbench() as (app, pilot, _):
        app.paint()
        assert "Ctrl+K More" in screen_lines(app)[-1]
        await pilot.press("shift+f9")
        assert app.chord == "ctrl+k"
        await pilot.click(KeyBar, offset=(2, 0))
        await pilot.pause()
        assert not app.chord
        assert "Ctrl+K More" in screen_lines(app)[-1]


def test_a_second_key_stands_for_one_action_wherever_two_are_possible() -> None:
    chords = [rule.key for rule in default_rules() if rule.second]
    assert len(set(chords)) == len(chords)
    assert {rule.first for rule in default_rules() if rule.second} == {"ctrl+k"}


def test_what_a_user_reaches_from_anywhere_has_a_key() -> None:
    of_rows = {"run_open", "compare_open", "compare_open_row", "list_open"}
    of_rows |= {"model_load", "method_use", "setting_edit"}
    bare = {one.id for one in ACTIONS.values() if not one.keys and one.group != "moving"}
    assert bare == of_rows | {"suspend"}, "those are Enter on a row; suspending is the shell's"


def test_chords_in_the_users_file(tmp_path: Path) -> None:
    assert textual_keys("Ctrl+K  ctrl + s") == ("ctrl+k ctrl+s",)
    assert textual_keys("ctrl+k /") == ("ctrl+k slash",)
    assert textual_keys("ctrl+k ctrl+/") == ("ctrl+k ctrl+slash", "ctrl+k ctrl+underscore")
    path = tmp_path / "keybindings.json"
    path.write_text(
        """[{"key": "ctrl+k ctrl+s", "command": "run"}, {"key": "g g", "command": "move_first"},
        {"key": "ctrl+k r", "command": "-reward"}]"""
    )
    names = facts.__doc__ or ""
    keymap, problems = user_keymap(path, names.split())
    assert not problems
    assert keymap.keys("run") == ("f5", "ctrl+k ctrl+s")
    assert keymap.keys("reward") == ()
    assert key_label(keymap.keys("run")[1]) == "Ctrl+K Ctrl+S"
    here = {"modal": False, "document": "explanation", "typing": False}
    assert keymap.after("ctrl+k", here)["s"].action == "keys", "the other one stays"
    assert keymap.after("g", here)["g"].action == "move_first"


async def test_a_users_first_key_of_their_own_and_one_that_takes_ours() -> None:
    async with workbench() as (app, pilot, engine):
        rules = [Rule("ctrl+y y", "run"), Rule("ctrl+k", "estimate")]
        app.use_keymap(changed(rules, []))
        await pilot.press(*"Hi", "ctrl+y")
        assert _seconds(app) == {"y"}
        await pilot.press("y")
        await settled(pilot)
        assert [job.text for job in engine.explained] == ["Hi"]
        await pilot.press("ctrl+k")
        assert not app.chord, "a later rule for the key alone counts, as in VS Code"


def _seconds(app: Workbench) -> set[str]:
    return set(app.following())


def test_two_keys_that_do_nothing_say_why() -> None:
    told = Keymap().nothing("ctrl+k", ("ctrl+n", "n"))
    assert told == "Ctrl+K Ctrl+N is not possible here: No response."
    assert Keymap().nothing("ctrl+k", ("5",)) == "Ctrl+K 5 is no command."


def test_a_later_chord_counts_over_an_earlier_one() -> None:
    keymap = changed([Rule("ctrl+k t", "run")], [])
    here = {"modal": False, "document": "explanation"}
    assert keymap.after("ctrl+k", here)["t"].action == "run"
    assert Keymap().after("ctrl+k", {**here, "modal": True}) == {}
