"""A study: how far it is, its grid filling in, the samples of a cell, or its text to be edited."""

from __future__ import annotations

from textual.app import ComposeResult

from noiser_tui.workbench.desk import Document
from noiser_tui.workbench.engine.watching import StudyWatch
from noiser_tui.workbench.look import Pens
from noiser_tui.workbench.studies.page import StudyPage
from noiser_tui.workbench.studies.plan_text import PlanText
from noiser_tui.workbench.views.view import View
from noiser_tui.workbench.widgets.study_head import StudyHead


class StudyView(View):
    """From top to bottom: heading, then what is asked, or what was found."""

    def __init__(self, pens: Pens, document: Document) -> None:
        super().__init__(pens, document)
        self._watch: StudyWatch | None = None

    def compose(self) -> ComposeResult:
        """The parts."""
        yield StudyHead(self.pens, id="study-head")
        yield PlanText(self.page.folder)

    @property
    def page(self) -> StudyPage:
        """What it shows."""
        assert isinstance(self.document.page, StudyPage)
        return self.document.page

    def on_mount(self) -> None:
        """Begin to look at the store."""
        super().on_mount()
        runs = self.app.studies  # type: ignore[attr-defined]
        self._watch = StudyWatch(self.page.folder, self.app.post_message, runs)

    def on_unmount(self) -> None:
        """Look no more."""
        if self._watch is not None:
            self._watch.stop()

    def look(self) -> None:
        """Look at the store now."""
        if self._watch is not None:
            self._watch.look()

    def draw(self, document: Document) -> None:
        """Bring every part up to the page."""
        page = self.page
        self.query_one(StudyHead).show_state(page)
        self.query_one(PlanText).display = page.editing
