"""What is marked for comparison, and what can be compared."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from textual.app import ComposeResult

from noiser_tui.workbench import kept_runs
from noiser_tui.workbench.desk import Desk
from noiser_tui.workbench.look import Pens
from noiser_tui.workbench.shelf import Shelf, marked_rows
from noiser_tui.workbench.shell.desk_view import DeskView
from noiser_tui.workbench.side.runs import RunInWords
from noiser_tui.workbench.widgets.row_keys import RowKeys
from noiser_tui.workbench.widgets.row_list import Row, RowList

if TYPE_CHECKING:
    from noiser_tui.workbench.app import Workbench

_KEYS = (("compare_open", "open"), ("compare_unmark", "unmark"))


class Compare(DeskView):
    """What to do, then the marked runs."""

    def __init__(self, pens: Pens) -> None:
        super().__init__(pens)
        self._shelf: Shelf | None = None

    def compose(self) -> ComposeResult:
        """The parts."""
        yield RowList(self.pens, id="compare-list")
        yield RunInWords(self.pens, id="compare-words")
        yield RowKeys(self.pens, _KEYS, id="compare-keys")

    def on_mount(self) -> None:
        """Read what is marked."""
        super().on_mount()
        kept_runs.refresh(cast("Workbench", self.app))

    def on_show(self) -> None:
        """It is opened again."""
        kept_runs.refresh(cast("Workbench", self.app))

    def draw(self, desk: Desk) -> None:
        """Show what is marked."""
        if desk.shelf is not self._shelf:
            self._shelf = desk.shelf
            self.query_one(RowList).show_rows(marked_rows(desk.shelf))
            self.tell()

    def tell(self) -> None:
        """Say what the run under the cursor is."""
        entry = self._shelf.entry(self.key) if self._shelf is not None else None
        self.query_one(RunInWords).show_state(entry)

    async def choose(self, row: Row) -> None:
        """Open it, or do what the row says."""
        known = self._shelf is not None and self._shelf.entry(row.key) is not None
        action = "compare_open" if known else row.key
        await self.run_action(f"app.do('{action}')")
