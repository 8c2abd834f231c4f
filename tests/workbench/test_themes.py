"""Themes in textual: every variable of the style sheets has a value, and imported themes draw."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import noiser_tui.workbench
from noiser_tui.look import themes
from noiser_tui.look.depth import Depth
from noiser_tui.look.themes import load_theme
from noiser_tui.settings.places import workspace_settings
from noiser_tui.settings.settings import Settings, load_settings
from noiser_tui.workbench.app import Workbench
from noiser_tui.workbench.choices import theme_choices
from noiser_tui.workbench.look import VARIABLE_DEFAULTS, textual_theme
from noiser_tui.workbench.widgets.heat_map import HeatMap
from tests.look.vscode_themes import write_all
from tests.workbench.fake import ScriptedEngine, workbench
from tests.workbench.hands import settled

DEPTHS: tuple[Depth, ...] = ("truecolor", "256", "16", "none")
OTHERS = {"block-cursor-text-style", "panel-height", "panel-low", "panel-tiny"}
"""A style, and the heights that the app gives."""
STYLED = sorted(Path(noiser_tui.workbench.__file__).parent.rglob("*.tcss"))


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return write_all(tmp_path_factory.mktemp("vscode"))


@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.parametrize("name", ["harbour", "chalk", "contrast", "bare"])
def test_every_variable_of_the_style_sheets_has_a_value(name, depth, imported):
    theme = textual_theme(load_theme(str(imported[name])), depth)
    known = {*theme.to_color_system().generate(), *theme.variables}
    used = {one for file in STYLED for one in re.findall(r"\$([\w-]+)", file.read_text("utf-8"))}
    assert used
    assert used <= known | OTHERS
    assert set(VARIABLE_DEFAULTS) <= set(theme.variables)


@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.parametrize("name", ["harbour", "chalk"])
async def test_an_imported_theme_draws(name, depth, imported):
    file = str(imported[name])
    app = Workbench(model="fake", engine=ScriptedEngine, depth=depth, theme_name=file)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert app.pens.theme.name == name
        assert app.query_one(HeatMap).render_line(0).cell_length > 0


def test_the_list_has_the_chosen_file_and_says_what_is_damaged(imported, tmp_path, monkeypatch):
    (tmp_path / "bad.json").write_text("{", encoding="utf-8")
    monkeypatch.setattr(themes, "user_theme_folder", lambda: tmp_path)
    listed = {one.value: one for one in theme_choices(str(imported["harbour"]))}
    assert listed[str(imported["harbour"])].name == "Harbour"
    assert "damaged" in listed["bad"].name
    assert listed["dark"].name == "Dark"
    assert len(theme_choices("dark")) == len(listed) - 1


async def test_a_theme_that_was_chosen_is_there_at_the_next_start(tmp_path: Path) -> None:
    user, folder = tmp_path / "settings.toml", workspace_settings(tmp_path)

    def started() -> Settings:
        return load_settings(tmp_path, environ={}, user=user)

    async with workbench(settings=started()) as (app, pilot, _):
        await pilot.press("f12", *"light")
        await settled(pilot)
        await pilot.press("escape")
        await settled(pilot)
        assert not user.exists(), "it was tried on only"
        await pilot.press("f12", *"light", "enter")
        await settled(pilot)
        assert app.theme_name == "light"
    assert started().values.appearance.theme == "light"
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.write_text('[appearance]\ntheme = "paper"\n')
    async with workbench(settings=started()) as (app, pilot, _):
        await pilot.press("f12", *"solar", "enter")
        await settled(pilot)
        assert "solar" in folder.read_text(), "where it stands, there it is changed"
        assert "light" in user.read_text()


async def test_a_theme_is_tried_on_while_the_list_is_walked_and_esc_takes_the_old_one(
    tmp_path, monkeypatch
):
    (tmp_path / "bad.json").write_text("{", encoding="utf-8")
    monkeypatch.setattr(themes, "user_theme_folder", lambda: tmp_path)
    async with workbench() as (app, pilot, _):
        names = [one.value for one in theme_choices(app.theme_name)]
        assert names[:2] == ["dark", "bad"]
        other = names[2]

        async def press(*keys: str) -> None:
            await pilot.press(*keys)
            await settled(pilot)

        pens = app.pens
        await press("f12")
        assert app.pens is pens  # the one that is there is not drawn again
        await press("down")
        assert app.theme_name == "dark"  # the list says that it is damaged
        await press("down")
        assert app.theme_name == other
        await press("escape")
        assert app.theme_name == "dark"
        assert app.query_one(HeatMap).pens is app.pens
        await press("f12", *"light")
        assert app.theme_name == "light"
        await press("enter")
        assert app.theme_name == "light"
        await press("f12", "up", *["up"] * 9, "down", "down", "up", "enter")
        assert app.theme_name == "light"  # and not the one that was tried on before it
        assert "bad" in app.state.error
