"""What a study's page knows, and how each look at its store changes it; no widget in sight."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, ClassVar

from textual.message import Message

from noiser.study.table import columns_of
from noiser_tui.workbench.engine.watching import SamplesRead, StudyRead, first_measure
from noiser_tui.workbench.studies.grid import Grid, Spot, make_grid

if TYPE_CHECKING:
    from noiser.study.samples import SampleRow


@dataclass(frozen=True)
class StudyPage:
    """One moment of a study in `folder`.

    `found` is the last look at its store, None before the first, and `grid` what is drawn of it.
    `measure` is the column that is shown, empty for all of them; it is `chosen` or what fits the grid.
    `against` is the method that the others are compared with, empty for the first. `looking` is the
    cell whose `samples` are listed. `editing` says that its text is shown in place of its numbers.
    """

    kind: ClassVar[str] = "study"

    folder: str
    found: StudyRead | None = None
    grid: Grid = field(default_factory=Grid)
    measure: str = ""
    chosen: bool = False
    against: str = ""
    looking: Spot | None = None
    samples: tuple[SampleRow, ...] | None = None
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
    def shared(self) -> bool:
        """Whether anybody works on it, wherever."""
        standing = self.found.standing if self.found is not None else None
        return standing is not None and standing.workers > 0

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

    @property
    def measures(self) -> tuple[str, ...]:
        """The columns there are, first all of them together, as an empty name."""
        table = self.found.table if self.found is not None else None
        return ("", *(one.name for one in columns_of(table.study))) if table is not None else ()

    def heard(self, message: Message) -> StudyPage:
        """The page after a look at its store."""
        if isinstance(message, SamplesRead):
            return self._listed(message)
        if not isinstance(message, StudyRead) or message.folder != self.folder:
            return self
        before = self.found
        page = replace(self, found=message)
        if message.table is not None and message.table is not (before and before.table):
            page = replace(page, grid=make_grid(message.table, self.against))
            if not self.chosen or page.measure not in page.measures:  # one that is measured no more
                page = replace(page, chosen=True, measure=first_measure(message.table.study))
        if before is None and message.standing is None and not message.running:
            page = replace(page, editing=True)
        if message.error != (before.error if before is not None else ""):
            page = replace(page, error=message.error)
        if before is not None and before.running and not message.running:
            page = replace(page, note="")  # what was said when it was started or stopped
        return page

    def _listed(self, message: SamplesRead) -> StudyPage:
        if (message.folder, message.spot) != (self.folder, self.looking):
            return self
        return replace(self, samples=message.rows)

    def measured(self, name: str) -> StudyPage:
        """The page with another column shown."""
        return replace(self, measure=name, chosen=True)

    def compared(self, against: str) -> StudyPage:
        """The page with the others compared with that method."""
        table = self.found.table if self.found is not None else None
        grid = make_grid(table, against) if table is not None else self.grid
        return replace(self, against=against, grid=grid)
