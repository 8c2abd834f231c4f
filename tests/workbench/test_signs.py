"""Every sign on the screen is told: on a page, and in hints at the mouse."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from noiser_tui.workbench.shell.activity_bar import LETTERS, ActivityBar
from noiser_tui.workbench.signs import SIGNS, told_in
from noiser_tui.workbench.widgets.row_list import RowList
from tests.workbench.fake import workbench
from tests.workbench.hands import line_of, settled, text_of, type_and_run

SHOWN = Path(__file__).parent / "snapshots"
PLAIN = "·⠀→−"
"""What only separates, is blank, stands in texts that are shown, or before numbers below 0."""


def signs_in(text: str) -> set[str]:
    """What is no letter of a word, no mark of a sentence, no line and no bar or dot of a drawing."""
    drawings = range(0x2500, 0x25A0), range(0x2800, 0x2900)
    found = {one for one in text if ord(one) > 126 and not any(ord(one) in r for r in drawings)}
    return {one for one in found if unicodedata.category(one) != "Lo"} - set(PLAIN)


def test_every_sign_of_every_picture_is_told() -> None:
    told = "".join(one.sign for one in SIGNS)
    for picture in SHOWN.glob("*.txt"):
        screen = picture.read_text("utf-8").split("\n\n1: ")[0]
        assert signs_in(screen) <= set(told), picture.name
    assert set(LETTERS.values()) <= {one.sign for one in SIGNS}


@pytest.mark.parametrize("size", [(60, 16), (80, 24), (120, 40)])
async def test_the_page_is_found_by_its_name_and_narrowed_by_a_sign(size: tuple[int, int]) -> None:
    async with workbench(size) as (app, pilot, _):
        await pilot.press("f1", *"signs", "enter")
        await settled(pilot)
        assert len(app.screen.query_one(RowList)._rows) == len(SIGNS)
        await pilot.press("τ")
        await settled(pilot)
        assert "Kendall's tau" in text_of(app)
        await pilot.press("enter")
        await settled(pilot)
        assert app.screen is app.base


async def test_the_mouse_is_told_what_it_stands_on() -> None:
    async with workbench((120, 40)) as (app, pilot, _):
        await type_and_run(pilot, app)
        bar = app.query_one(ActivityBar)
        await pilot.hover(offset=(bar.region.x + 1, bar.region.y + 2))
        assert str(bar.tooltip) == "Show runs: Every run of every session (Alt+R)"
        status = app.query_one("#status")
        await pilot.hover(offset=(status.region.x + line_of(app, "status").index("α*") + 1, 38))
        assert str(status.tooltip) == told_in("α*")
        keys = app.query_one("#keybar")
        await pilot.hover(offset=(line_of(app, "keybar").index("F5"), 39))
        assert "F5" in str(keys.tooltip)


@pytest.mark.parametrize(("width", "named"), [(120, False), (149, False), (150, True), (300, True)])
async def test_letters_have_names_beside_them_where_there_is_room(width: int, named: bool) -> None:
    async with workbench((width, 40)) as (app, pilot, _):
        await settled(pilot)
        assert ("M Models" in text_of(app)) == named
        await pilot.resize_terminal(120 if named else 200, 40)
        await settled(pilot)
        assert ("M Models" in text_of(app)) != named


def test_a_sign_is_told_once_and_the_longer_one_first() -> None:
    assert told_in("α* 0.09").count("\n") == 0
    assert told_in("plain words…") == ""
