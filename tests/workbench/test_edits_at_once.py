"""Every setting that is edited while the workbench runs: it holds from then on, where it shows at once."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest

from noiser_tui.look import themes
from noiser_tui.settings.schema import SETTINGS
from noiser_tui.settings.settings import load_settings
from noiser_tui.workbench.app import Workbench
from noiser_tui.workbench.environment import FASTEST
from tests.look.vscode_themes import write_theme
from tests.settings.test_every_key import values
from tests.workbench.fake import ScriptedEngine
from tests.workbench.hands import settled, until

LOADED = {"device", "dtype", "device_map", "load_in", "revision", "trust"}
"""What the next model is loaded with."""


def frames_written(app: Workbench) -> list[int]:
    """How many frames a second the driver was told to write at most, time after time."""
    told: list[int] = []
    app._driver.pace = told.append  # type: ignore[union-attr]
    return told


def shows(app: Workbench, key: str) -> Any:
    """What the workbench has of a setting beside the setting itself; None where it is read when needed."""
    section, _, name = key.partition(".")
    if section == "explain" and hasattr(app.state.request, name):
        return getattr(app.state.request, name)
    if section == "engine" and name in LOADED:
        desk = app.desk
        return str({**desk.load_options, **desk.own_options.get("built-in", {})}.get(name))
    known = {
        "appearance.theme": lambda: app.theme_name,
        "terminal.animations": lambda: app.animation_level,
        "appearance.panel_height": lambda: app.panel.outer_size.height,
        "engine.memory": lambda: app.engine.memory,
        "keys.preset": lambda: app.keymap.label("quit"),
    }
    return known[key]() if key in known else None


async def test_every_edit_holds_at_once(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    settings = load_settings(tmp_path, environ={}, user=file)
    app = Workbench(model="built-in", depth="256", settings=settings, engine=ScriptedEngine)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        assert app.configured is not None
        seen = 0
        told = frames_written(app)
        for key, setting in SETTINGS.items():
            value = values(setting)[0]
            before = shows(app, key)
            file.write_text(f"[{setting.section}]\n{setting.name} = {json.dumps(value)}\n")
            app.configured.follow()
            await pilot.pause()
            assert app.configured.settings.get(key) == setting.check(value), key
            assert app.desk.problems == (), key
            if before is not None and key != "keys.preset":
                assert shows(app, key) != before, key
                seen += 1
        assert seen >= 17
        assert told == [2, FASTEST]  # and as many as by itself again, once the file has another key


async def test_as_many_colours_as_the_setting_says_from_then_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "__stderr__", Mock(isatty=lambda: True))
    file = tmp_path / "settings.toml"
    settings = load_settings(tmp_path, environ={}, user=file)
    app = Workbench(model="built-in", depth="256", settings=settings, engine=ScriptedEngine)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert app.configured is not None
        for colours in ("16", "truecolor", "none", "256"):
            file.write_text(f'[appearance]\ncolours = "{colours}"\n')
            app.configured.follow()
            await pilot.pause()
            assert app.depth == app.pens.depth == colours
            assert app.theme.endswith(f"@{colours}")
            assert app.native_ansi_color == (colours in ("16", "none"))
            drawn = [one for one in app.base.query("*") if hasattr(one, "pens")]
            assert drawn
            assert {one.pens.depth for one in drawn} == {colours}


async def test_the_theme_in_use_is_as_its_files_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(themes, "user_theme_folder", lambda: tmp_path)

    def base(colour: str) -> None:
        write_theme(tmp_path / "base.json", colors={"editor.background": colour})

    base("#101010")
    write_theme(tmp_path / "mine.json", type="dark", include="base.json")
    file = tmp_path / "settings.toml"
    file.write_text('[appearance]\ntheme = "mine"\n')
    settings = load_settings(tmp_path, environ={}, user=file)
    app = Workbench(
        model="fake", depth="truecolor", theme_name="mine", settings=settings, engine=ScriptedEngine
    )
    async with app.run_test(size=(80, 24), notifications=True) as pilot:

        async def drawn() -> str:
            assert app.configured is not None
            app.configured.follow()
            await pilot.pause()
            await pilot.pause()
            return app.screen.styles.background.hex.lower()

        assert await drawn() == "#101010"
        base("#202020")
        assert await drawn() == "#202020"
        assert app.pens.theme.colours["truecolor"]["background"] == "#202020"
        base("none")
        assert await drawn() == await drawn() == "#202020"
        assert len([one for one in app._notifications if "is damaged" in one.message]) == 1
        base("#303030")
        assert await drawn() == "#303030"
        file.write_text('[appearance]\ntheme = "dark"\n')
        dark = await drawn()
        file.write_text(f'[appearance]\ntheme = "{tmp_path / "other.json"}"\n')
        assert await drawn() == dark
        assert "appearance.theme: There is no theme file" in app.desk.problems[0]
        write_theme(tmp_path / "other.json", colors={"editor.background": "#404040"})
        assert await drawn() == "#404040"  # as soon as it is there
        assert app.desk.problems == ()
        file.write_text('[appearance]\ntheme = "mine"\n')
        assert await drawn() == "#303030"
        await pilot.press("ctrl+k", "t")
        await settled(pilot)
        await pilot.press("down")
        file.write_text('[appearance]\ntheme = "paper"\n')
        await drawn()
        await pilot.press("escape")
        await until(pilot, lambda: app.theme_name == "paper")  # not the one before the list
        file.write_text('[appearance]\ntheme = "mine"\n')
        assert await drawn() == "#303030"
        (tmp_path / "mine.json").unlink()
        assert await drawn() == "#303030"
