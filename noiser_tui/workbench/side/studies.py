"""The studies: those here, those opened last, and those that are ready to run; each with how far it is."""

from __future__ import annotations

from pathlib import Path

from textual.app import ComposeResult
from textual.message import Message

from noiser.study.presets import PRESETS
from noiser_tui.look.cells import visible
from noiser_tui.settings.places import start_folder
from noiser_tui.workbench.beside import beside
from noiser_tui.workbench.desk import Desk
from noiser_tui.workbench.engine.recent import recent_studies
from noiser_tui.workbench.look import Pens
from noiser_tui.workbench.shell.desk_view import DeskView
from noiser_tui.workbench.studies.finding import PLAN, STORE, Found, look, study_folders
from noiser_tui.workbench.widgets.row_keys import RowKeys
from noiser_tui.workbench.widgets.row_list import Row, RowList, Tone

EVERY = 1.0
"""Seconds between two looks at the studies that are known."""
SEARCH_EVERY = 3
"""Looks between two searches for others."""

Studied = dict[Path, Found]

KEYS = (
    ("study_new_here", "new"),
    ("study_run_here", "run"),
    ("study_stop_here", "stop"),
    ("study_export_here", "save"),
    ("study_run_with_here", "with …"),
)
"""What is done to the row under the cursor, with the word beside its key."""


class Studies(DeskView):
    """Looks at the stores off the loop while it is shown."""

    class Opened(Message):
        """A study, or a preset to start one from, was chosen."""

        def __init__(self, folder: Path | None, preset: str = "") -> None:
            super().__init__()
            self.folder = folder
            self.preset = preset

    def __init__(self, pens: Pens) -> None:
        super().__init__(pens)
        self._root = start_folder()
        self._here: dict[Path, Found] | None = None
        self._recent: dict[Path, Found] = {}
        self._why = ""
        self._looking = False
        self._looks = 0

    def compose(self) -> ComposeResult:
        """What its keys do, and the list."""
        yield RowKeys(self.pens, KEYS)
        yield RowList(self.pens, id="studies")

    def on_mount(self) -> None:
        """List what is known at once, and begin to look."""
        super().on_mount()
        self.query_one(RowList).show_rows(self._rows())
        self.set_interval(EVERY, self.look_again)
        self.look_again(search=True)

    def draw(self, desk: Desk) -> None:
        """Nothing on the desk is shown here."""

    @property
    def chosen(self) -> Path | None:
        """The folder of the study under the cursor."""
        kind, _, name = self.key.partition(":")
        return Path(name) if kind in ("here", "recent") else None

    def look_again(self, *, search: bool = False) -> None:
        """Look at the stores in a thread, now and then, or when told so, for other studies too."""
        if self._looking or (not search and not self.is_on_screen):
            return
        self._looking = True
        self._looks += 1
        known = self._here
        search = search or known is None or self._looks % SEARCH_EVERY == 0

        def work() -> tuple[Studied, Studied]:
            folders = study_folders(self._root) if search or known is None else list(known)
            others = [Path(one) for one in recent_studies()]
            recent = [
                one
                for one in others
                if one not in folders and ((one / STORE).exists() or (one / PLAN).exists())
            ]
            before = {**self._recent, **(known or {})}
            return look(folders, before), look(recent, before)

        beside(self, work, use=self._looked, failed=self._lost)

    def _looked(self, found: tuple[Studied, Studied]) -> None:
        self._looking = False
        if self._why or found != (self._here, self._recent):
            self._why = ""
            self._here, self._recent = found
            self.query_one(RowList).show_rows(self._rows())

    def _lost(self, why: str) -> None:
        self._looking = False
        self._why = why
        self.query_one(RowList).show_rows(self._rows())

    async def choose(self, row: Row) -> None:
        """Open the study, or begin one."""
        kind, _, name = row.key.partition(":")
        if kind in ("here", "recent"):
            self.post_message(self.Opened(Path(name)))
        elif kind in ("preset", "new"):
            self.post_message(self.Opened(None, name))

    def _rows(self) -> list[Row]:
        rows = [Row("new:", "New study …", tone="accent"), Row("", "HERE", heading=True)]
        if not self._here or self._why:
            told = self._why or ("none yet" if self._here is not None else "being looked for")
            rows.append(Row("", told, heading=True, depth=1))
        rows += [_row("here", one, self._root) for one in (self._here or {}).values()]
        if self._recent:
            rows.append(Row("", "RECENT", heading=True))
            rows += [_row("recent", one, self._root) for one in self._recent.values()]
        rows.append(Row("", "READY TO RUN", heading=True))
        rows += [Row(f"preset:{name}", name) for name in PRESETS]
        return rows


def _row(kind: str, found: Found, root: Path) -> Row:
    path = found.folder.relative_to(root) if found.folder.is_relative_to(root) else found.folder
    name = str(path) if str(path) != "." else found.folder.name
    tone: Tone = "error" if found.error else "success" if found.working else "plain"
    return Row(f"{kind}:{found.folder}", visible(name), progress(found), tone=tone)


def progress(found: Found) -> str:
    """Rows finished of all, and how it stands: ▶ somebody works on it, ✓ done, ✗ so many failed."""
    if found.error:
        return "unreadable"
    standing = found.standing
    if standing is None:
        return "not run yet"
    if standing.complete and not standing.failed:
        return f"✓ {standing.total}"
    mark = "▶ " if standing.workers else ""
    failed = f" ✗{standing.failed}" if standing.failed else ""
    return f"{mark}{standing.finished}/{standing.total}{failed}"
