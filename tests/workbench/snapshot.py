"""Screens as text files: what stands there line by line, and in which style."""

from __future__ import annotations

import difflib
import string
from itertools import groupby
from pathlib import Path

import pytest
from rich.segment import Segment
from textual.pilot import Pilot
from textual.strip import Strip

from noiser_tui.workbench.app import Workbench
from tests.workbench.hands import settled

FOLDER = Path(__file__).parent / "snapshots"
SIZES = [(80, 24), (120, 40)]
"""The sizes that main views have snapshots of."""


class Snapshot:
    """Compares a screen with the one kept in `snapshots/NAME-WIDTHxHEIGHT.txt`.

    A test asks for the fixture `snapshot`, brings the workbench to where it should be looked at, and
    says `await snapshot(pilot, "name")`; `@pytest.mark.parametrize("size", SIZES)` with
    `workbench(size)` does so at both sizes. `pytest --update-snapshots` writes the files: look at each
    before it is kept. Nothing on the screen may depend on the machine: no folder, no hour, no model
    that happens to be cached; replace what is read from there by something fixed.

    A file has the lines of the screen, then of each line the styles it has from left to right with the
    cells that each takes, then the styles.
    """

    def __init__(self, update: bool) -> None:
        self._update = update

    async def __call__(self, pilot: Pilot[int], name: str) -> None:
        """Compare what stands on the screen, or keep it."""
        app = pilot.app
        assert isinstance(app, Workbench)
        await settled(pilot)
        app.paint()
        await settled(pilot)
        now = drawn(app.screen._compositor.render_strips())
        path = FOLDER / f"{name}-{app.size.width}x{app.size.height}.txt"
        if self._update:
            FOLDER.mkdir(exist_ok=True)
            path.write_text(now, encoding="utf-8")
            return
        kept = path.read_text(encoding="utf-8") if path.is_file() else ""
        if now != kept:
            what = difflib.unified_diff(
                kept.splitlines(),
                now.splitlines(),
                f"{path.name}, as kept",
                "as it is",
                lineterm="",
            )
            hint = "Where it is meant so: pytest --update-snapshots"
            pytest.fail("\n".join([*what, hint]), pytrace=False)


def drawn(strips: list[Strip]) -> str:
    """Lines, then the runs of styles of each, then the styles."""
    names: dict[str, str] = {}
    letters = iter([*string.ascii_letters, *(f"{a}." for a in string.ascii_letters)])
    runs = []
    for strip in strips:
        segments = [segment for segment in strip if segment.cell_length]
        parts = []
        for style, same in groupby(segments, key=_style):
            if style not in names:
                names[style] = next(letters)
            parts.append(f"{names[style]}{sum(segment.cell_length for segment in same)}")
        runs.append(" ".join(parts))
    lines = [strip.text.rstrip() for strip in strips]
    legend = [f"{letter}  {style}" for style, letter in names.items()]
    return "\n".join([*lines, "", *_numbered(runs), "", *legend]) + "\n"


def _style(segment: Segment) -> str:
    return str(segment.style)


def _numbered(runs: list[str]) -> list[str]:
    """Runs with the numbers of their lines, those that are alike on one line."""
    result = []
    for run, same in groupby(enumerate(runs, 1), key=lambda one: one[1]):
        first, *others = [number for number, _ in same]
        last = f"–{others[-1]}" if others else ""
        result.append(f"{first}{last}: {run}")
    return result
