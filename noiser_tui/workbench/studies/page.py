"""What a study's page knows, and how each look at its store changes it; no widget in sight."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

from textual.message import Message

from noiser_tui.workbench.engine.watching import StudyRead

if TYPE_CHECKING:
    from noiser_tui.history.session import Tab
    from noiser_tui.workbench.desk import Desk


@dataclass(frozen=True)
class Spot:
    """A cell of the grid: a method's name with what sets it apart, on a model and a data set."""

    variant: str
    model: str
    dataset: str


@dataclass(frozen=True)
class StudyPage:
    """One moment of a study in `folder`.

    `found` is the last look at its store, None before the first; `measure` the column that is shown,
    empty for all of them, None for what fits the grid; `against` the method that the others are
    compared with, empty for the first. `looking` is the cell whose samples are listed. `editing` says
    that its text is shown in place of its numbers.
    """

    kind: ClassVar[str] = "study"

    folder: str
    found: StudyRead | None = None
    measure: str | None = None
    against: str = ""
    looking: Spot | None = None
    editing: bool = False
    job: int = 0
    error: str = ""
    note: str = ""

    @property
    def title(self) -> str:
        """The folder's name."""
        return self.folder.rstrip("/").rpartition("/")[2] or "study"

    @property
    def planned(self) -> bool:
        """Whether it has rows."""
        return self.found is not None and self.found.standing is not None

    @property
    def status(self) -> str:
        """How far it is."""
        if self.found is None:
            return "study being read"
        standing = self.found.standing
        if standing is None:
            return "study starting" if self.found.running else "study not run yet"
        ended = "finished" if standing.complete else "stopped"
        doing = "running" if standing.workers or self.found.running else ended
        return f"study {doing} · {standing.finished:,} of {standing.total:,} rows"

    def heard(self, message: Message) -> StudyPage:
        """The page after a look at its store."""
        if not isinstance(message, StudyRead) or message.folder != self.folder:
            return self
        before = self.found
        page = replace(self, found=message)
        if before is None and message.standing is None and not message.running:
            page = replace(page, editing=True)
        if message.error != (before.error if before is not None else ""):
            page = replace(page, error=message.error, editing=self.editing and not message.running)
        return page


def study_page(tab: Tab, desk: Desk) -> StudyPage:
    """The study of a tab, read again."""
    return StudyPage(tab.path)
