"""Every run of every session: searched, opened, named, pinned, marked, deleted."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, cast

from rich.segment import Segment
from textual import on
from textual.app import ComposeResult
from textual.timer import Timer
from textual.widgets import Input

from noiser_tui.history.entry import Entry
from noiser_tui.look.cells import one_line, visible
from noiser_tui.look.sentences import chop_words
from noiser_tui.workbench import kept_runs
from noiser_tui.workbench.desk import Desk
from noiser_tui.workbench.look import Pens
from noiser_tui.workbench.shelf import Shelf, how_made
from noiser_tui.workbench.shell.desk_view import DeskView
from noiser_tui.workbench.widgets.drawn_pane import DrawnPane
from noiser_tui.workbench.widgets.plain_text import Line
from noiser_tui.workbench.widgets.row_keys import RowKeys
from noiser_tui.workbench.widgets.row_list import RowList

if TYPE_CHECKING:
    from noiser_tui.workbench.app import Workbench

NEAR = 50
"""Rows before the end of what was read at which more is read."""
PAUSE = 0.15
"""Seconds without a key after which the list is narrowed."""
AGAIN = 3.0
"""Seconds after which the list is read again while it is shown: other workbenches keep runs, too."""

_FIRST = (("run_open", "open"), ("run_rename", "name"), ("run_pin", "pin"))
_SECOND = (("run_mark", "mark"), ("run_export", "save"), ("run_delete", ""))
"""What is done to the row under the cursor, in two lines."""


def today() -> date:
    """The day it is here."""
    return datetime.now().astimezone().date()


class Runs(DeskView):
    """A line to search in, the runs by day, the one under the cursor in words, the keys."""

    choosing = "run_open"

    def __init__(self, pens: Pens) -> None:
        super().__init__(pens)
        self._shelf: Shelf | None = None
        self._typed: Timer | None = None

    def compose(self) -> ComposeResult:
        """The parts."""
        yield Line(placeholder="/ searches the runs", compact=True, id="runs-search")
        yield RowList(self.pens, id="runs-list", empty="")
        yield RunInWords(self.pens, id="runs-words")
        yield RowKeys(self.pens, _FIRST, id="runs-keys-1")
        yield RowKeys(self.pens, _SECOND, id="runs-keys-2")

    def on_mount(self) -> None:
        """Read the list, now and from time to time."""
        super().on_mount()
        self.watch(self.query_one(RowList), "scroll_y", self._more, init=False)
        self.set_interval(AGAIN, self._look_again)
        kept_runs.refresh(self.bench)

    def on_show(self) -> None:
        """It is opened again."""
        self._look_again()

    def draw(self, desk: Desk) -> None:
        """Show the runs that were read."""
        shelf = desk.shelf
        if shelf is self._shelf:
            return
        self._shelf = shelf
        listed = self.query_one(RowList)
        empty = "No runs yet: F5 makes one." if not shelf.sought else "No run has these words."
        listed.show_rows(shelf.rows(today()))
        listed.say_when_empty(empty if shelf.known else "Being read …")
        self.tell()
        self.call_after_refresh(self._more)

    def tell(self) -> None:
        """Say what the run under the cursor is."""
        entry = self._shelf.entry(self.key) if self._shelf is not None else None
        self.query_one(RunInWords).show_state(entry)

    @property
    def bench(self) -> Workbench:
        """The workbench that it stands in."""
        return cast("Workbench", self.app)

    def _look_again(self) -> None:
        now = self.bench.desk
        if now.side_open and now.side == "runs" and not now.zen:
            kept_runs.refresh(self.bench)

    def _more(self) -> None:
        listed = self.query_one(RowList)
        at = max(listed.at, int(listed.scroll_y) + listed.size.height)
        if at > listed.virtual_size.height - NEAR:
            kept_runs.more(self.bench)

    @on(RowList.Pointed)
    def near_the_end(self) -> None:
        """Read more there."""
        self._more()

    @on(Input.Changed)
    def typed(self, message: Input.Changed) -> None:
        """Narrow the list once the typing pauses."""
        message.stop()
        if self._typed is not None:
            self._typed.stop()
        text = message.value
        self._typed = self.set_timer(PAUSE, lambda: kept_runs.look(self.bench, text))

    @on(Input.Submitted)
    def searched(self, message: Input.Submitted) -> None:
        """Go to what was found."""
        message.stop()
        self.focus_first()


class RunInWords(DrawnPane[Entry | None]):
    """What the run under the cursor explains, as far as there is room, and how it was made."""

    def line(self, y: int, width: int) -> list[Segment]:
        """The prompt, then target and how, model and scale, when."""
        if self.state is None:
            return []
        made = how_made(self.state)
        height = self.size.height
        room = max(height > 1, height - len(made))
        said = chop_words(visible(self.state.prompt.strip()), max(8, width - 2))
        if len(said) > room > 0:
            said[room - 1] += "…"
        lines = [(one, self.pens.accent) for one in said[:room]]
        lines.append((made[0], self.pens.plain))
        lines += [(one, self.pens.muted) for one in made[1:]]
        at = y - max(0, height - len(lines))  # at the bottom: what comes last stands where it stood
        if not 0 <= at < len(lines):
            return []
        text, style = lines[at]
        return [Segment(f" {one_line(text, width - 1)}", style)]
