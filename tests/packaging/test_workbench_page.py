"""The page on the workbench tells the keys that there are, and the words that conditions know."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from noiser_tui.workbench.actions import ACTIONS
from noiser_tui.workbench.context import facts
from noiser_tui.workbench.keymap import key_label

FILE = Path(__file__).resolve().parents[2] / "docs/workbench.md"
HEAD = "| command | keys |\n|---|---|\n"


def test_its_table_is_the_registry(request: pytest.FixtureRequest) -> None:
    page = FILE.read_text(encoding="utf-8")
    before, _, table = page.partition(HEAD)
    keyed = [one for one in ACTIONS.values() if one.keys]
    rows = [f"| {one.title} | {', '.join(map(key_label, one.keys))} |" for one in keyed]
    if request.config.getoption("--update-snapshots"):
        FILE.write_text("\n".join([before + HEAD.rstrip(), *rows, ""]), encoding="utf-8")
    else:
        assert table.splitlines() == rows, "where it is meant so: pytest --update-snapshots"


def test_its_conditions_are_those_of_the_workbench() -> None:
    page = FILE.read_text(encoding="utf-8")
    rows = page.partition("| condition |")[2].partition("\n\n")[0].splitlines()[2:]
    told = {word for row in rows for word in re.findall(r"`(\w+)`", row.split("|")[1])}
    assert told == set(re.findall(r"(\w+):\s", facts.__doc__ or "")) | {"sideBar", "panel"}
