"""How a study is run: chosen before it starts, remembered for it, and understood by the command."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import typer.main

from noiser.errors import NoiserError
from noiser_tui.cli.study import app as study_command
from noiser_tui.workbench.engine.study import StudyRuns
from noiser_tui.workbench.screens.study_form import StudyForm
from noiser_tui.workbench.studies import acting
from noiser_tui.workbench.studies.run_options import (
    FIELDS,
    check,
    command_options,
    remember,
    remembered,
)
from noiser_tui.workbench.widgets.plain_text import Line
from tests.workbench.fake import workbench
from tests.workbench.hands import settled, text_of, until
from tests.workbench.snapshot import SIZES, Snapshot
from tests.workbench.test_studies_room import PLAN, begun, opened

ALL = {
    "retry": ("true",),
    "row-timeout": ("2.5",),
    "ray": ("auto",),
    "memory": ("40%",),
    "trust": ("pickle", "remote-code"),
    "judge": ("local:-folder",),
    "judge-url": ("http://localhost:1",),
    "max-calls": ("7",),
    "max-tokens": ("900",),
    "per-minute": ("0.5",),
    "at-once": ("3",),
    "cache": ("replies.sqlite",),
}


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NOISER_DATA", str(tmp_path / ".data"))
    (tmp_path / "two").mkdir()
    (tmp_path / "two" / "study.toml").write_text(PLAN)
    return tmp_path / "two"


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """The options of what was started; no process is."""
    found: list[tuple[str, ...]] = []
    monkeypatch.setattr(
        StudyRuns, "start", lambda _, study, folder, options=(): found.append(options)
    )
    return found


def parsed(options: tuple[str, ...]) -> dict[str, Any]:
    """What `noiser study run` understands of them."""
    command: Any = typer.main.get_command(study_command)
    run = command.commands["run"]
    params: dict[str, Any] = run.make_context("run", ["study.toml", *options]).params
    return params


def test_the_command_understands_every_option_as_it_was_chosen() -> None:
    found = parsed(command_options(ALL))
    assert {name: found[name.replace("-", "_")] for name in ALL} == {
        "retry": True,
        "row-timeout": 2.5,
        "ray": "auto",
        "memory": "40%",
        "trust": ["pickle", "remote-code"],
        "judge": "local:-folder",
        "judge-url": "http://localhost:1",
        "max-calls": 7,
        "max-tokens": 900,
        "per-minute": 0.5,
        "at-once": 3,
        "cache": Path("replies.sqlite"),
    }
    assert parsed(command_options({"devices": ("cpu,cuda:1",)}))["devices"] == "cpu,cuda:1"


def test_no_option_of_the_command_is_missing() -> None:
    text = {"file", "preset", "models", "datasets", "samples", "folder"}  # the study's own
    shown = {
        "output",
        "published",
        "pairs",
        "quiet",
        "help",
    }  # of the table, which the workbench shows
    assert {one.name.replace("-", "_") for one in FIELDS} == set(parsed(())) - text - shown


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"ray": ("auto",), "devices": ("cpu",)}, "ray and devices both say"),
        ({"device": ("cpu",), "devices": ("cpu",)}, "device and devices both say"),
        ({"at-once": ("2000",)}, "at_once: 2000 is not from 1 to 1000"),
    ],
)
def test_what_cannot_be_meant_together_is_a_sentence(
    here: Path, values: dict[str, tuple[str, ...]], told: str
) -> None:
    with pytest.raises(NoiserError, match=told):
        check(here / "study.toml", values)


def test_they_are_remembered_for_each_study_and_what_is_not_readable_is_left_out(
    here: Path, tmp_path: Path
) -> None:
    assert remembered(here) == {}
    remember(here, ALL)
    remember(tmp_path / "other", {"device": ("cpu",)})
    assert remembered(here) == ALL
    remember(here, {})
    assert remembered(here) == {}
    assert remembered(tmp_path / "other") == {"device": ("cpu",)}
    file = tmp_path / ".data" / "study-options.json"
    found = {"at-once": ["many"], "ray": 3, "judge": ["paper"]}
    file.write_text(json.dumps({str(here): found}))
    assert remembered(here) == {"judge": ("paper",)}
    file.write_text("[")
    assert remembered(here) == {}


async def test_options_are_chosen_used_and_kept_to_by_f5(
    here: Path, started: list[tuple[str, ...]]
) -> None:
    async with workbench((100, 30)) as (app, pilot, _):
        acting.open_study(app, here)
        await until(pilot, lambda: "samples = 2" in text_of(app))
        await pilot.press("f5")
        await until(pilot, lambda: started == [()])
        await pilot.press("shift+f2")
        await until(pilot, lambda: isinstance(app.screen, StudyForm))
        await pilot.press("down", "enter", "down", "enter")
        line = app.screen.query_one(Line)
        line.value = "soon"
        await pilot.press("enter")
        assert "must be a number" in text_of(app)
        line.value = "9"
        await pilot.press("enter")
        assert "● row-timeout 9" in text_of(app)
        await pilot.press("pageup", "enter")
        await until(pilot, lambda: len(started) == 2)
        assert started[1] == ("--retry", "--row-timeout=9")
        await until(
            pilot, lambda: "With retry, row-timeout 9. The study runs by itself" in text_of(app)
        )
        await pilot.press("f5")
        await until(pilot, lambda: len(started) == 3)
        assert started[2] == ("--row-timeout=9",)


async def test_what_was_set_and_left_with_escape_holds_for_the_next_run(
    here: Path, started: list[tuple[str, ...]]
) -> None:
    async with workbench((80, 24)) as (app, pilot, _):
        acting.open_study(app, here)
        await until(pilot, lambda: "samples = 2" in text_of(app))
        await pilot.press("alt+q")
        await until(pilot, lambda: isinstance(app.screen, StudyForm))
        await pilot.press("down", "enter", "escape")
        await settled(pilot)
        assert not started
        await pilot.press("f5")
        await until(pilot, lambda: started == [("--retry",)])
        await pilot.press("f5")
        await until(pilot, lambda: len(started) == 2)
        assert started[1] == ()


@pytest.mark.parametrize("size", SIZES)
async def test_the_list(tmp_path: Path, size: tuple[int, int], snapshot: Snapshot) -> None:
    folder = begun(tmp_path, 40)
    remember(folder, {"devices": ("cuda:0,cuda:1",), "ray": ("auto",)})
    async with workbench(size) as (app, pilot, _):
        await opened(app, pilot, folder)
        await pilot.press("shift+f2")
        await until(pilot, lambda: isinstance(app.screen, StudyForm))
        await pilot.press("down", "down")
        await snapshot(pilot, "study-options")
