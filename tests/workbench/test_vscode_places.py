"""A VS Code theme in which every part has colours of its own: each is drawn in them."""

from __future__ import annotations

import colorsys
from pathlib import Path

import numpy as np
import pytest
from rich.color import Color
from rich.style import Style
from textual.notifications import Notification
from textual.widget import Widget
from textual.widgets import OptionList
from textual.widgets._toast import Toast

from noiser_tui.look.vscode import read_vscode_theme
from noiser_tui.look.vscode_colours import GROUNDS, PLACES, SOURCES
from noiser_tui.workbench.app import Workbench
from noiser_tui.workbench.look import Pens
from noiser_tui.workbench.widgets.plain_text import Line
from noiser_tui.workbench.widgets.row_list import RowList
from tests.look import eyes
from tests.look.vscode_themes import write_theme
from tests.workbench.fake import workbench
from tests.workbench.hands import settled, type_and_run

GROUNDED = {
    *(key for keys in GROUNDS.values() for key in keys),
    *(key for place in PLACES.values() for key in place.grounds),
    "editor.selectionBackground",
}
NAMED = {
    *GROUNDED,
    *(key for source in SOURCES.values() for key in source.keys),
    *(key for place in PLACES.values() for keys in place.colours.values() for key in keys),
}


def many_coloured() -> dict[str, str]:
    """Every colour that we read, each another: dark ones to stand on, light ones for what stands there."""
    found = {}
    for index, key in enumerate(sorted(NAMED)):
        dark = key in GROUNDED
        parts = colorsys.hls_to_rgb(index / len(NAMED), 0.1 if dark else 0.8, 0.6)
        found[key] = "#" + "".join(f"{round(255 * part):02x}" for part in parts)
    assert len(set(found.values())) == len(found)
    return found


COLOURS = many_coloured()
SHADES = list(COLOURS.values())


@pytest.fixture
def theme(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("NOISER_DATA", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    return str(write_theme(tmp_path / "many.json", type="dark", colors=COLOURS))


def drawn(app: Workbench, where: tuple[int, int]) -> tuple[str, str]:
    """The colours of a cell: of what stands there, and what it stands on."""
    x, y = where
    strip = app.screen._compositor.render_strips()[y].crop(x, x + 1)
    (style,) = (segment.style for segment in strip if segment.cell_length)
    return _hex(style, text=True), _hex(style, text=False)


def _hex(style: Style | None, *, text: bool) -> str:
    assert style is not None
    colour = style.color if text is not bool(style.reverse) else style.bgcolor
    assert colour is not None
    shown = np.array(colour.get_truecolor())
    off = {one: abs(np.array(Color.parse(one).get_truecolor()) - shown).max() for one in SHADES}
    nearest = min(off, key=lambda one: off[one])
    assert off[nearest] <= 1, "textual's style sheets round by one"
    return nearest


def styled(widget: Widget) -> tuple[str, str]:
    """The same by the style sheets, where more is laid over it."""
    return widget.styles.color.hex.lower(), widget.styles.background.hex.lower()


def named(keys: str) -> tuple[str, ...]:
    return tuple(COLOURS[key] for key in keys.split())


async def test_each_part_is_drawn_in_its_own_colours(theme: str) -> None:
    async with workbench((120, 40), depth="truecolor", theme_name=theme) as (app, pilot, _):
        await type_and_run(pilot, app)
        await pilot.press("alt+h", "alt+t", "down")
        await settled(pilot)
        width = app.size.width

        def at(selector: str, x: int = 0, y: int = 0) -> tuple[str, str]:
            region = app.screen.query_one(selector).region
            return drawn(app, (region.x + x, region.y + y))

        assert at("#activity", 1, 6) == named("activityBar.foreground activityBar.background")
        assert at("#activity", 1) == named("activityBar.inactiveForeground activityBar.background")
        assert at("SideHead", 1) == named("sideBar.foreground sideBar.background")
        assert at("#tabs", width // 2)[1] == COLOURS["tab.inactiveBackground"]
        assert at("#tabs", 2) == named("tab.activeForeground tab.activeBackground")
        assert at("#breadcrumbs", 1) == named("breadcrumb.foreground breadcrumb.background")
        assert at("#prompt", 2, 1) == named("editor.foreground editor.background")
        assert at("#panel-header", 0) == named("panelTitle.inactiveForeground panel.background")
        assert at("#search", 1, 1)[1] == COLOURS["panel.background"]
        assert at("#status", 1) == named("statusBar.foreground statusBar.background")
        listed = app.query_one(RowList)
        row = listed.region.y + listed._at
        chosen = named("list.activeSelectionForeground list.activeSelectionBackground")
        assert drawn(app, (listed.region.x + 1, row)) == chosen

        toast = Toast(Notification("Something was done."))
        await app.base.mount(toast)
        assert styled(toast) == named("notifications.foreground notifications.background")
        await toast.remove()

        await pilot.press("f2")
        await settled(pilot)
        assert at("#pick", 3, 0)[1] == COLOURS["quickInput.background"]
        field = app.screen.query_one(Line)
        assert styled(field) == named("input.foreground input.background")
        options = app.screen.query_one(OptionList)
        assert options.highlighted is not None
        here = (options.region.x + 2, options.region.y + options.highlighted)
        assert drawn(app, here) == chosen
        await pilot.press("down")
        await settled(pilot)
        assert drawn(app, here) == named("quickInput.foreground quickInput.background")


@pytest.mark.parametrize("depth", ["truecolor", "256"])
def test_all_is_read_on_what_it_stands_on(theme: str, depth: str) -> None:
    places = read_vscode_theme("many", Path(theme)).places[depth]
    assert set(places) == set(PLACES)
    for name, table in places.items():
        assert eyes.contrast(table["foreground"], table["background"]) >= 4.49, name
        for role in ("muted", "primary", "accent", "success", "warning", "error"):
            assert eyes.contrast(table[role], table["background"]) >= 2.99, (name, role)


def test_a_part_that_a_theme_does_not_name_is_as_the_editor(tmp_path: Path) -> None:
    colors = {"editor.background": "#101020", "statusBar.background": "#803000"}
    theme = read_vscode_theme("few", write_theme(tmp_path / "few.json", colors=colors))
    pens = Pens(theme, "truecolor")
    assert set(theme.places["truecolor"]) == {"status"}
    assert pens.at("side").plain == pens.plain
    assert theme.colours["truecolor"]["panel"] == "#101020"
    assert pens.at("status").bar.bgcolor == Style.parse("on #803000").bgcolor
    assert not pens.at("status").bar.reverse
