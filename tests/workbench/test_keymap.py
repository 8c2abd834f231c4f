"""Which key does what: defaults, the user's rules over them, conditions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noiser_tui.workbench.keymap import Keymap, Rule, changed, default_rules, key_label
from tests.workbench.fake import workbench

NOWHERE = {"modal": False, "document": "explanation"}


def does(keymap: Keymap, key: str, facts: dict[str, bool | str | int]) -> str | None:
    """The action that textual comes to first, as it does: priority first, then in their order."""
    bindings = [one for one in keymap.bindings() if one.key == key]
    for binding in sorted(bindings, key=lambda one: not one.priority):
        rule = int(binding.action.removeprefix("press(").removesuffix(")"))
        if keymap.holds(rule, facts):
            return keymap.rules[rule].action
    return None


def test_the_users_rule_wins_and_the_default_key_stays() -> None:
    keymap = changed([Rule("f5", "estimate"), Rule("ctrl+y", "run")], [])
    assert does(keymap, "f5", NOWHERE) == "estimate"
    assert does(keymap, "ctrl+y", NOWHERE) == "run"
    assert does(keymap, "ctrl+t", NOWHERE) == "estimate"
    assert does(Keymap(), "f5", NOWHERE) == "run"


def test_the_later_of_two_rules_wins() -> None:
    keymap = changed([Rule("f5", "estimate"), Rule("f5", "palette")], [])
    assert does(keymap, "f5", NOWHERE) == "palette"


def test_a_key_that_is_removed_does_nothing_and_leaves_the_others() -> None:
    keymap = changed([], [("ctrl+j", "panel")])
    assert does(keymap, "ctrl+j", NOWHERE) is None
    assert does(keymap, "f10", NOWHERE) == "panel"
    assert keymap.keys("panel") == ("f10",)
    assert changed([], [("ctrl+j", "run")]) == Keymap(), "only that pair"
    assert changed([], [("f5", "run")]).label("run") == ""


def test_one_key_does_two_things_by_condition() -> None:
    rules = [Rule("f5", "estimate", "!explained"), Rule("f5", "more_draws", "explained")]
    keymap = changed(rules, [("f5", "run")])
    assert does(keymap, "f5", {**NOWHERE, "explained": False}) == "estimate"
    assert does(keymap, "f5", {**NOWHERE, "explained": True}) == "more_draws"
    assert does(keymap, "f5", {**NOWHERE, "explained": True, "modal": True}) is None


def test_a_rule_whose_condition_fails_gives_way_to_the_default() -> None:
    keymap = changed([Rule("f5", "estimate", "running")], [])
    assert does(keymap, "f5", {**NOWHERE, "running": False}) == "run"
    assert does(keymap, "f5", {**NOWHERE, "running": True}) == "estimate"


@given(st.sets(st.integers(0, len(default_rules()) - 1)))
def test_what_is_removed_is_gone_and_the_rest_is_as_it_was(gone: set[int]) -> None:
    rules = default_rules()
    keymap = changed([], [(rules[i].key, rules[i].action) for i in gone])
    assert keymap.rules == tuple(rule for i, rule in enumerate(rules) if i not in gone)


@pytest.mark.parametrize(
    ("key", "label"),
    [
        ("f5", "F5"),
        ("ctrl+shift+p", "Ctrl+Shift+P"),
        ("escape", "Esc"),
        ("alt+1", "Alt+1"),
        ("c", "c"),
        ("G", "G"),
    ],
)
def test_keys_are_written_as_people_write_them(key: str, label: str) -> None:
    assert key_label(key) == label


async def test_keys_pressed_do_what_the_users_rules_say() -> None:
    async with workbench() as (app, pilot, engine):
        app.use_keymap(changed([Rule("ctrl+y", "run")], [("f5", "run")]))
        await pilot.press(*"Hi", "f5")
        await pilot.pause()
        assert engine.explained == []
        await pilot.press("ctrl+y")
        await pilot.pause()
        assert [job.text for job in engine.explained] == ["Hi"]
        await pilot.pause(0.1)
        app.paint()
        assert "run" in {one.action for one in app.key_names() if one.key == "Ctrl+Y"}
