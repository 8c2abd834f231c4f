"""How the main views look, at both sizes."""

from __future__ import annotations

from pathlib import Path

import pytest

from noiser.model.available import AvailableModel
from noiser_tui.workbench.actions import ACTIONS
from tests.workbench.fake import workbench
from tests.workbench.hands import settled, type_and_run
from tests.workbench.snapshot import SIZES, Snapshot

MODELS = [
    AvailableModel("noiser", 1_700_000, Path("models"), "shipped here"),
    AvailableModel("Qwen/Qwen2.5-0.5B", 988_000_000, Path("models"), "cached"),
]


@pytest.fixture(autouse=True)
def same_everywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder with one prompt, no history, two models, a page of keys that no new action makes longer."""
    (tmp_path / "capital.txt").write_text("The capital of France is")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NOISER_DATA", str(tmp_path / ".data"))
    monkeypatch.setattr("noiser_tui.workbench.choices.available_models", lambda: MODELS)
    few = dict(list(ACTIONS.items())[:12])
    monkeypatch.setattr("noiser_tui.workbench.screens.keys.ACTIONS", few)


@pytest.mark.parametrize("size", SIZES)
async def test_a_blank_tab(size: tuple[int, int], snapshot: Snapshot) -> None:
    async with workbench(size) as (_, pilot, _):
        await snapshot(pilot, "blank")


@pytest.mark.parametrize("size", SIZES)
async def test_an_explanation(size: tuple[int, int], snapshot: Snapshot) -> None:
    async with workbench(size) as (app, pilot, _):
        await type_and_run(pilot, app)
        await pilot.press("tab", "home", "right")
        await snapshot(pilot, "explained")


@pytest.mark.parametrize("size", SIZES)
async def test_a_run_under_way(size: tuple[int, int], snapshot: Snapshot) -> None:
    async with workbench(size) as (app, pilot, engine):
        engine.pause_at = 3
        await type_and_run(pilot, app)
        await snapshot(pilot, "running")


@pytest.mark.parametrize("size", SIZES)
async def test_an_error(size: tuple[int, int], snapshot: Snapshot) -> None:
    async with workbench(size) as (app, pilot, engine):
        engine.explain_error = "The prompt is 2,000 tokens long and fake reads 1,024 at most."
        await type_and_run(pilot, app)
        await snapshot(pilot, "error")


@pytest.mark.parametrize("size", SIZES)
async def test_the_panel_open_under_an_explanation(
    size: tuple[int, int], snapshot: Snapshot
) -> None:
    async with workbench(size) as (app, pilot, _):
        await type_and_run(pilot, app)
        await pilot.press("alt+h")
        await settled(pilot)
        await snapshot(pilot, "panel")


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    ("keys", "name"),
    [(["f1", *"choose"], "palette"), (["ctrl+p"], "quick-open"), (["shift+f1"], "keys")],
)
async def test_a_list_over_it(
    size: tuple[int, int], snapshot: Snapshot, keys: list[str], name: str
) -> None:
    async with workbench(size) as (_, pilot, _):
        await pilot.press(*keys)
        await snapshot(pilot, name)
