"""How the models, the methods, the settings and the palette look, at both sizes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot

from noiser_tui.settings.settings import load_settings
from noiser_tui.workbench.actions import ACTIONS
from noiser_tui.workbench.app import Workbench
from tests.workbench.fake import workbench
from tests.workbench.hands import settled, type_and_run
from tests.workbench.snapshot import SIZES, Snapshot

HOME = Path("/home/you")


async def alone(app: Workbench, pilot: Pilot[int], snapshot: Snapshot, name: str) -> None:
    """Look at it with the panel closed: that is another picture's."""
    app.show_desk(replace(app.desk, panel_open=False))
    await settled(pilot)
    await snapshot(pilot, name)


@pytest.mark.parametrize("size", SIZES)
async def test_the_models(
    size: tuple[int, int], snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("noiser_tui.workbench.models_room.recent_models", lambda: ("fake",))
    async with workbench(size) as (app, pilot, _):
        await pilot.press("alt+m")
        await settled(pilot)
        await pilot.press("down")
        await alone(app, pilot, snapshot, "models")


@pytest.mark.parametrize("size", SIZES)
async def test_the_methods_with_what_they_cost(size: tuple[int, int], snapshot: Snapshot) -> None:
    async with workbench(size) as (app, pilot, _):
        await type_and_run(pilot, app)
        await pilot.press("alt+t", "e")
        await settled(pilot)
        await pilot.press("down")
        await alone(app, pilot, snapshot, "methods")


@pytest.mark.parametrize("size", SIZES)
async def test_the_settings(size: tuple[int, int], snapshot: Snapshot) -> None:
    environ = {"NOISER_EXPLAIN_BOUND": "max"}
    settings = load_settings(HOME / "prompts", environ=environ, user=HOME / "settings.toml")
    async with workbench(size, settings=settings) as (app, pilot, _):
        await pilot.press("alt+g")
        await settled(pilot)
        await pilot.press("down", "down")
        await alone(app, pilot, snapshot, "settings")


@pytest.mark.parametrize("size", SIZES)
async def test_the_palette_in_groups(
    size: tuple[int, int], snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = dict(list(ACTIONS.items())[:12])
    monkeypatch.setattr("noiser_tui.workbench.choices.ACTIONS", few)
    async with workbench(size) as (app, pilot, _):
        app.used_last = ("estimate",)
        await pilot.press("f1")
        await alone(app, pilot, snapshot, "palette-groups")
