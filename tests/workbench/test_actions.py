"""The registry of actions: each can be done, no key means two things at once, the palette tells the truth."""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

import pytest

from noiser_tui.settings.when import parse_when
from noiser_tui.workbench.actions import ACTIONS
from noiser_tui.workbench.actions.registry import later
from noiser_tui.workbench.choices import command_choices
from noiser_tui.workbench.desk import PANELS, SIDES
from noiser_tui.workbench.keymap import Facts, Keymap, key_label, possible
from noiser_tui.workbench.screens.keys import list_rows
from noiser_tui.workbench.views.view import KINDS
from tests.workbench.fake import workbench
from tests.workbench.hands import settled, text_of, type_and_run

VALUES: dict[str, tuple[bool | str | int, ...]] = {
    "document": tuple(KINDS),
    "sideBar": ("", *SIDES),
    "panel": ("", *PANELS),
    "focus": ("prompt", "heat", "next", "strip", "side", "panel", "document", "none"),
    "study": ("", "running", "shared", "still"),
    "tabs": (1, 2, 3),
    "targets": (0, 1, 2),
}
"""What the words of conditions can be; the others are true or false."""


def situations(names: Iterable[str]) -> Iterator[Facts]:
    """Every way these words can stand to each other."""
    names = sorted(names)
    for values in itertools.product(*(VALUES.get(name, (True, False)) for name in names)):
        now = dict(zip(names, values, strict=True))
        if now.get("focus") == "side" and now.get("sideBar") == "":
            continue  # what is not open has no focus
        if now.get("focus") == "panel" and now.get("panel") == "":
            continue
        yield now


async def test_conditions_are_about_words_that_there_are() -> None:
    async with workbench() as (app, _, _):
        known = app.facts()
        for action in ACTIONS.values():
            unknown = parse_when(action.when).names - known.keys()
            assert not unknown, f"{action.id}: {unknown}"
        assert VALUES.keys() <= known.keys()


@pytest.mark.parametrize("id", ACTIONS)
def test_what_an_action_does_is_there(id: str) -> None:
    do = ACTIONS[id].do
    assert callable(do.function() if isinstance(do, later) else do)


def test_no_key_does_two_things_at_once() -> None:
    by_key = defaultdict(list)
    for action in ACTIONS.values():
        for key in action.keys:
            by_key[key].append(action)
        assert len(set(action.keys)) == len(action.keys), action.id
    for key, actions in by_key.items():
        for one, other in itertools.combinations(actions, 2):
            conditions = parse_when(one.when), parse_when(other.when)
            for now in situations(conditions[0].names | conditions[1].names):
                both = all(condition.holds(now) for condition in conditions)
                assert not both, f"{key} is {one.id} and {other.id} where {now}"


def test_every_action_can_be_done_at_some_time_and_is_named_as_others_are() -> None:
    for action in ACTIONS.values():
        assert any(possible(action.id, now) for now in situations(parse_when(action.when).names))
        assert re.fullmatch(r"[a-z]+(_[a-z0-9]+)*", action.id)
        assert action.title[0].isupper()
        assert action.title == action.title.strip(" .")
    titles = [action.title for action in ACTIONS.values()]
    assert len(set(titles)) == len(titles), "two lines of the palette read the same"


def test_keys_that_terminals_take_or_send_as_others_are_never_an_actions_only_keys() -> None:
    lost = r"ctrl\+(m|i|h|tab|enter|comma|grave_accent|\d|shift\+[a-z])|shift\+enter|alt\+\d"
    for action in ACTIONS.values():
        arriving = [key for key in action.keys if not re.fullmatch(lost, key)]
        assert arriving or not action.keys, action.id


async def test_the_palette_lists_all_and_last_what_is_not_possible() -> None:
    async with workbench((120, 40)) as (app, pilot, engine):

        def offered() -> set[str]:
            listed = command_choices(app.keymap, app.facts())
            assert {choice.value for choice in listed} == ACTIONS.keys() - {"palette"}
            assert len(listed) == len(ACTIONS) - 1, "each once"
            assert listed == sorted(listed, key=lambda one: not one.possible)
            return {choice.value for choice in listed if choice.possible}

        now = offered()
        assert now == {id for id in ACTIONS if possible(id, app.facts())} - {"palette"}
        assert now.isdisjoint({"cancel", "next_tab", "leave_zen"}), "nothing runs, one tab, no zen"
        engine.pause_at = 2
        await type_and_run(pilot, app)
        assert "cancel" in offered()
        await pilot.press("ctrl+n")
        await settled(pilot)
        assert {"next_tab", "move_tab_left"} <= offered()
        assert "cancel" not in offered(), "the run is another tab's"
        await pilot.press("f1", *"Move the tab")
        await settled(pilot)
        assert "Ctrl+Shift+Pageup" in text_of(app).replace("PageUp", "Pageup")


def test_the_keys_page_has_every_action_with_its_keys() -> None:
    rows = {row.key: row for row in list_rows(Keymap(), {})}
    for action in ACTIONS.values():
        assert rows[action.id].name == action.title
        assert all(key_label(key) in rows[action.id].more for key in action.keys)
