"""The page on the workbench tells the keys that there are, and the words that conditions know."""

from __future__ import annotations

import re
from pathlib import Path

from noiser_tui.workbench.actions import ACTIONS
from noiser_tui.workbench.context import facts
from noiser_tui.workbench.keymap import key_label

PAGE = (Path(__file__).resolve().parents[2] / "docs/workbench.md").read_text(encoding="utf-8")


def test_its_table_is_the_registry() -> None:
    table = PAGE.partition("| command | keys |\n|---|---|\n")[2]
    keyed = [one for one in ACTIONS.values() if one.keys]
    assert table.splitlines() == [
        f"| {one.title} | {', '.join(map(key_label, one.keys))} |" for one in keyed
    ]


def test_its_conditions_are_those_of_the_workbench() -> None:
    rows = PAGE.partition("| condition |")[2].partition("\n\n")[0].splitlines()[2:]
    told = {word for row in rows for word in re.findall(r"`(\w+)`", row.split("|")[1])}
    assert told == set(re.findall(r"(\w+):\s", facts.__doc__ or "")) | {"sideBar", "panel"}
