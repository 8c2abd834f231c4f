"""What is not done again where nothing changed: counted, not timed."""

from __future__ import annotations

import gc

import pytest
from textual.css.stylesheet import Stylesheet
from textual.widget import Widget

from noiser_tui.workbench import garbage
from tests.workbench.fake import workbench


async def test_styles_are_parsed_again_for_another_theme_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    parsed = []
    reparse = Stylesheet.reparse

    def counted(sheet: Stylesheet) -> None:
        parsed.append(sheet)
        reparse(sheet)

    monkeypatch.setattr(Stylesheet, "reparse", counted)
    async with workbench() as (app, pilot, _):
        await pilot.press("f2")  # a list opens over the workbench
        await pilot.press("escape")
        assert parsed == []
        app.use_theme("light")
        await pilot.pause()
        assert len(parsed) == 1
        assert app.screen.styles.background.hex.lower() == app.current_theme.background


async def test_nothing_new_repaints_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    async with workbench((120, 40)) as (app, pilot, _):
        await pilot.press(*"abc", "f5")
        await pilot.pause()
        assert app.state.run.explanation is not None
        repainted = []
        monkeypatch.setattr(Widget, "refresh", lambda self, *_, **__: repainted.append(self))
        app.paint()
        assert repainted == []


async def test_the_screen_is_drawn_anew_when_asked() -> None:
    async with workbench() as (app, pilot, _):
        done = []
        app._driver.forget = lambda: done.append("forgotten")  # type: ignore[union-attr]
        app.screen._compositor._dirty_regions.clear()
        await app.action_do("redraw")
        app.post_display_hook = lambda: done.append("drawn")  # type: ignore[method-assign]
        await pilot.pause(0.1)
        assert done[:2] == ["forgotten", "drawn"]


def test_garbage_waits_for_the_first_paint_alone() -> None:
    try:
        garbage.collect_later()
        assert not gc.isenabled()
        garbage.collect_again()
        assert gc.isenabled()
        kept = gc.get_freeze_count()
        garbage.collect_again()
        assert gc.get_freeze_count() == kept > 0
    finally:
        gc.unfreeze()
        gc.enable()
