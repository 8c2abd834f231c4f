"""The heading of a study: what it is, and how far."""

from __future__ import annotations

from rich.segment import Segment

from noiser.study.wording import standing_line
from noiser_tui.look.cells import cell_width, one_line, visible
from noiser_tui.workbench.studies.grid import LEVELS
from noiser_tui.workbench.studies.page import StudyPage
from noiser_tui.workbench.widgets.drawn_pane import DrawnPane

BAR, NARROW_BAR, NARROW = 20, 8, 100
"""Cells of the bar, those of a narrow heading, and how narrow that is."""


class StudyHead(DrawnPane[StudyPage]):
    """Two lines: its title, then a bar with counts, rate and the time that is left."""

    def line(self, y: int, width: int) -> list[Segment]:
        """One of the two."""
        page = self.state
        if page is None:
            return []
        if y == 0:
            table = page.found.table if page.found is not None else None
            title = (table.study.title if table is not None else "") or page.title
            segments = [Segment(f" {one_line(title, width // 2)}", self.pens.strong)]
            room = width - cell_width(segments[0].text) - 3
            told = page.folder if page.editing or not page.grid.names else _legend(page)
            return [*segments, Segment(f"  {one_line(visible(told), room)}", self.pens.muted)]
        return self._progress(page, width) if y == 1 else []

    def _progress(self, page: StudyPage, width: int) -> list[Segment]:
        if page.found is None:
            return [Segment(" being read", self.pens.muted)]
        standing = page.found.standing
        if standing is None:
            told = (
                "starting: its libraries are being loaded" if page.found.running else "not run yet"
            )
            return [Segment(f" {one_line(told, width - 2)}", self.pens.muted)]
        cells = BAR if width >= NARROW else NARROW_BAR
        full = round(cells * standing.finished / max(1, standing.total))
        pen = self.pens.warning if standing.failed else self.pens.success
        told = standing_line(standing, running=page.found.running)
        line = one_line(told, max(1, width - cells - 3))
        return [
            Segment(f" {'█' * full}", pen),
            Segment("·" * (cells - full), self.pens.muted),
            Segment(f" {line}", self.pens.plain),
        ]


def _legend(page: StudyPage) -> str:
    """What the marks of the grid mean."""
    table = page.found.table if page.found is not None else None
    if len(page.grid.names) < 2 or table is None:
        return page.folder
    if page.found is not None and page.found.comparing and not table.pairs:
        return f"◆ the methods are being compared: {page.found.comparing}"
    if not table.pairs:
        return page.folder
    levels = " ".join(f"{mark} {level:g}".replace("0.", ".") for level, mark in reversed(LEVELS))
    return f"◆ against {page.grid.against}, p after Holm below: {levels}"
