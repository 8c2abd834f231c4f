"""The workbench as the user's files say, and as they say when they are changed while it is open."""

from __future__ import annotations

from pathlib import Path

import pytest

from noiser_tui.settings.settings import load_settings
from noiser_tui.workbench.app import Workbench
from noiser_tui.workbench.engine import LoadModel
from noiser_tui.workbench.widgets.prompt_editor import PromptEditor
from tests.workbench.fake import ScriptedEngine


@pytest.fixture
def app(tmp_path: Path) -> Workbench:
    (tmp_path / "settings.toml").write_text(
        '[explain]\nbound = "max"\nseed = 5\npreview = false\n[appearance]\npanel_height = 17\n'
    )
    (tmp_path / "keybindings.json").write_text(
        """[
        {"key": "ctrl+k", "command": "noiser.run", "when": "focus == 'prompt'"}, // mine
        {"key": "f5", "command": "-noiser.run"},
        {"key": "f7", "command": "nonsense"},
        ]"""
    )
    settings = load_settings(tmp_path, environ={}, user=tmp_path / "settings.toml")
    return Workbench(model="fake", depth="256", settings=settings, engine=ScriptedEngine)


async def test_it_starts_as_they_say(app: Workbench) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        assert (app.state.request.bound, app.state.request.seed) == ("max", 5)
        assert app.panel.outer_size.height == 17
        app.query_one(PromptEditor).text = "Hi"
        await pilot.press("f5")
        await pilot.pause()
        assert not app.engine.explained  # type: ignore[attr-defined]
        await pilot.press("ctrl+k")
        await pilot.pause()
        (job,) = app.engine.explained  # type: ignore[attr-defined]
        assert (job.text, job.request.bound, job.preview) == ("Hi", "max", False)
        assert any("nonsense" in line.text for line in app.desk.output)


async def test_what_is_changed_applies_at_once(app: Workbench, tmp_path: Path) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        (tmp_path / "settings.toml").write_text(
            '[explain]\nbound = "none"\nsead = 2\n[appearance]\ntheme = "light"\npanel_height = 9\n'
        )
        (tmp_path / "keybindings.json").unlink()
        assert app.configured is not None
        app.configured.follow()
        await pilot.pause()
        assert (app.state.request.bound, app.state.request.seed) == ("none", 1)
        assert app.theme_name == "light"
        assert app.panel.outer_size.height == 9
        assert any("Did you mean 'seed'?" in line.text for line in app.desk.output)
        app.query_one(PromptEditor).text = "Hi"
        await pilot.press("f5")
        await pilot.pause()
        assert len(app.engine.explained) == 1  # type: ignore[attr-defined]


async def test_many_problems_at_once_are_one_toast_and_all_of_them_in_output(
    tmp_path: Path,
) -> None:
    file = tmp_path / "settings.toml"
    file.write_text("[explain]\na = 1\nb = 1\nc = 1\n")
    settings = load_settings(tmp_path, environ={}, user=file)
    app = Workbench(model="fake", depth="256", settings=settings, engine=ScriptedEngine)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.pause()
        told = [one.message for one in app._notifications]
        assert told == ["3 problems with settings and keys: Alt+P lists them."]
        assert sum("Unknown setting" in one.text for one in app.desk.output) == 3


@pytest.mark.parametrize("size", [(120, 40), (100, 30), (80, 24), (60, 16)])
async def test_a_panel_of_few_lines_is_so_on_every_screen(tmp_path: Path, size) -> None:
    file = tmp_path / "settings.toml"
    file.write_text("[appearance]\npanel_height = 4\n")
    settings = load_settings(tmp_path, environ={}, user=file)
    app = Workbench(model="fake", depth="256", settings=settings, engine=ScriptedEngine)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        if not app.desk.panel_open:
            await pilot.press("f10")
            await pilot.pause()
        assert app.panel.outer_size.height == 4


async def test_how_models_are_loaded_holds_from_the_next_load_on(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text('[engine]\nmodel = "org/a"\n')
    settings = load_settings(tmp_path, environ={}, user=file)
    app = Workbench(model="org/a", depth="256", settings=settings, engine=ScriptedEngine)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        file.write_text(
            '[engine]\nmodel = "org/a"\nload_in = "8bit"\nrevision = "v3"\ntrust = "pickle"\n'
        )
        assert app.configured is not None
        app.configured.follow()
        for name in ("org/a", "org/b"):
            app.load_model(name)
            await pilot.pause()
        first, one, other = (job for job in app.engine.jobs if isinstance(job, LoadModel))  # type: ignore[attr-defined]
        assert first.options == {}
        assert one.options == {"load_in": "8bit", "revision": "v3", "trust": ("pickle",)}
        assert other.options == {"load_in": "8bit"}, "a revision, and trust, are for one model"
