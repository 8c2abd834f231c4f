"""The lines around a study's grid: its measures, what failed, what is under the cursor."""

from __future__ import annotations

from rich.segment import Segment
from rich.style import Style

from noiser.study.wording import published_amiss
from noiser_tui.look.cells import visible
from noiser_tui.look.sentences import chop_words
from noiser_tui.workbench.studies.page import StudyPage
from noiser_tui.workbench.widgets.action_row import ActionRow, Label
from noiser_tui.workbench.widgets.drawn_pane import DrawnPane

MEASURE = "measure:"
"""What a click on a measure asks for, before its name."""
BACK = "do('study_back')"
MOST_ERRORS = 3


class MeasureRow(ActionRow[StudyPage]):
    """The measures as tabs; the one shown is underlined."""

    def labels(self, width: int) -> list[Label]:
        """All of them together, then each; from the samples of a cell first the way back."""
        page = self.state
        if page is None or not page.measures:
            return []
        labels: list[Label] = [([(" ", self.pens.muted)], "do('study_measure')")]
        if page.looking is not None:
            labels.append(([("‹ grid", self.pens.primary), ("  ", self.pens.muted)], BACK))
        at = page.measures.index(page.measure) if page.measure in page.measures else 0
        for name in page.measures[at - 1 if at > 2 else 0 :]:
            pen = self.pens.muted
            if name == page.measure:
                pen = self.pens.strong + Style(underline=True)
            text = visible(name) if name else "all measures"
            labels.append(([(text, pen), ("  ", self.pens.muted)], f"{MEASURE}{name}"))
        return labels


class StudyFailures(DrawnPane[StudyPage]):
    """What failed and how often, the most frequent first, then published numbers that are of nothing here.

    Nothing where nothing is amiss.
    """

    def show_state(self, state: StudyPage) -> None:
        """Take as many lines as there are sentences."""
        self.state = state
        self.styles.display = "block" if self._sentences else "none"
        self.styles.height = min(MOST_ERRORS, len(self._sentences))
        super().show_state(state)

    @property
    def _sentences(self) -> list[tuple[str, Style]]:
        found = self.state.found if self.state is not None else None
        if found is None:
            return []
        errors = found.standing.errors if found.standing is not None else ()
        lines = [(f"✗ {count:,} × {error}", self.pens.error) for error, count in errors]
        amiss = published_amiss(found.table) if found.table is not None else []
        return [*lines[: MOST_ERRORS - len(amiss)], *((told, self.pens.muted) for told in amiss)]

    def line(self, y: int, width: int) -> list[Segment]:
        """One sentence."""
        if y >= len(self._sentences):
            return []
        told, pen = self._sentences[y]
        text = chop_words(visible(told), max(10, width - 2))
        shown = text[0] if len(text) == 1 else f"{text[0][: width - 3]}…"
        return [Segment(f" {shown}", pen)]


class CellInWords(DrawnPane[str]):
    """The cell under the cursor in as many lines as there are here."""

    def line(self, y: int, width: int) -> list[Segment]:
        """One line of it."""
        lines = chop_words(visible(self.state or ""), max(10, width - 2))
        if y >= len(lines):
            return []
        cut = y == self.size.height - 1 and len(lines) > self.size.height
        return [Segment(f" {lines[y][: width - 3]}…" if cut else f" {lines[y]}", self.pens.plain)]
