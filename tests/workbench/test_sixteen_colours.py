"""16 colours: whatever the terminal gives their names, and on whatever it stands, all can be read."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.style import Style

from noiser_tui.look.few_colours import few_colours
from noiser_tui.look.heat import GAP, bar
from noiser_tui.look.theme import NEGATIVE, POSITIVE
from noiser_tui.look.themes import load_theme, theme_folder
from noiser_tui.workbench.terminal.console import for_console
from tests.look import eyes
from tests.look.terminals import PALETTES, looks, on_console
from tests.workbench.fake import workbench
from tests.workbench.tour import tour

# What the kernel's own font (cp437.uni) and Debian's Lat15-Fixed16 and Uni2-Terminus16 all show.
CONSOLE = {chr(code) for code in range(32, 127)}
CONSOLE |= {*"¡¢£¥§ª«¬°±²µ¶·º»¼½¿ÄÅÆÇÉÑÖÜßàáâäåæçèéêëìíîïñòóôö÷ùúûüÿƒπ•‼ⁿ←↑→↓∞∩≈≡≤≥"}
CONSOLE |= {*"─│┌┐└┘├┤┬┴┼═║╒╓╔╕╖╗╘╙╚╛╜╝╞╟╠╡╢╣╤╥╦╧╨╩╪╫╬█░▒■▲▼♦"}
SHIPPED = sorted(path.stem for path in theme_folder().glob("*.toml"))
LEAST, DULLEST = 2.9, 2.7
"""The least contrast in terminals as they come, and of what these dull by themselves: grey on a console,
Tango's pale blue on white. Text that is easy to read has 4.5, a mark that is seen 3 (WCAG 2.2)."""


def unreadable(style: Style) -> list[str]:
    """The terminals in which what is written so cannot be read."""
    found = []
    for palette in PALETTES:
        least = DULLEST if palette.name.startswith("Tango") else LEAST
        if min(eyes.contrast(*pair) for pair in looks(style, palette)) < least:
            found.append(palette.name)
    return found + ["console"] * (eyes.contrast(*on_console(style)) < DULLEST)


async def test_all_that_is_written_can_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NOISER_DATA", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    seen: dict[Style, str] = {}
    signs: set[str] = set()
    async with workbench((120, 40), depth="16") as (app, pilot, engine):
        async for view in tour(app, pilot, engine):
            for strip in app.screen._compositor.render_strips():
                signs |= {*strip.text}
                for text, style, _ in strip:
                    if text.strip() and style is not None:
                        seen.setdefault(style.clear_meta_and_links(), f"{text.strip()!r} in {view}")
    assert len({style.color for style in seen}) >= 5
    assert len({style.bgcolor for style in seen}) >= 5
    assert len(signs - CONSOLE) > 20
    assert not {*for_console("".join(signs))} - CONSOLE, "no such signs in the console's font"
    assert not {where: bad for style, where in seen.items() if (bad := unreadable(style))}


def test_bars_and_what_hangs_are_told_apart_on_the_console() -> None:
    shown = [for_console(bar(step)) for step in range(-NEGATIVE, POSITIVE + 1)]
    assert len(set(shown)) == len(shown)
    assert GAP not in shown
    assert {*"".join(shown)} <= CONSOLE
    text = "│ Zürich\x1b[1;31m ab"
    assert for_console(text) == text


@pytest.mark.parametrize("name", SHIPPED)
def test_the_scores_of_every_theme_can_be_read(name: str) -> None:
    for style in load_theme(name).ramps["16"][1:]:
        assert not unreadable(style), style


@pytest.mark.parametrize("name", SHIPPED)
def test_every_theme_of_ours_keeps_to_the_colours_that_are_read_anywhere(name: str) -> None:
    given = load_theme(name).colours["16"]
    assert given in (few_colours("16"), few_colours("none"))
