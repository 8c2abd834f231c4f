"""The output: all that was said, the newest at the bottom."""

from __future__ import annotations

from rich.segment import Segment
from rich.style import Style
from textual.app import ComposeResult

from noiser_tui.look.cells import cell_width, one_line, visible
from noiser_tui.look.sentences import chop_words
from noiser_tui.workbench.desk import Desk
from noiser_tui.workbench.logbook import Entry
from noiser_tui.workbench.look import Pens
from noiser_tui.workbench.shell.desk_view import DeskView
from noiser_tui.workbench.widgets.scrolled_lines import Lines, ScrolledLines

MARKS = {"said": "  ", "warning": "⚠ ", "error": "✗ "}


class OutputPane(DeskView):
    """The log."""

    def compose(self) -> ComposeResult:
        """The lines."""
        yield OutputLines(self.pens, id="output")

    def draw(self, desk: Desk) -> None:
        """Show what was said by now."""
        self.query_one(OutputLines).show_entries(desk.output)


class OutputLines(ScrolledLines):
    """Entries with their time; it stays at the end unless it was scrolled up."""

    def __init__(self, pens: Pens, *, id: str | None = None) -> None:
        super().__init__(pens, id=id)
        self._entries: tuple[Entry, ...] | None = None
        self._wrapped: dict[Entry, list[list[Segment]]] = {}
        self._wrapped_to = 0
        self._follows = True

    def show_entries(self, entries: tuple[Entry, ...]) -> None:
        """Show what was said by now."""
        if entries is not self._entries:
            follows, self._entries = self._follows, entries
            self.make()
            if follows:
                self.scroll_end(animate=False, immediate=True)

    def on_resize(self) -> None:
        """Fit lines to the new size; who is at the end stays there."""
        super().on_resize()
        if self._follows:
            self.call_after_refresh(self.scroll_end, animate=False)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Who scrolls up stays there until the end is reached again."""
        super().watch_scroll_y(old_value, new_value)
        self._follows = round(new_value) >= self.max_scroll_y

    def set_pens(self, pens: Pens) -> None:
        """Draw in another theme."""
        self._wrapped.clear()
        super().set_pens(pens)

    def lines(self, width: int) -> Lines:
        """The entries, each over as many lines as it takes; those that were there are not wrapped again."""
        if width != self._wrapped_to:
            self._wrapped_to, self._wrapped = width, {}
        if not self._entries:
            return [[Segment(" Nothing was said yet.", self.pens.muted)]]
        before, self._wrapped = self._wrapped, {}
        for one in self._entries:
            self._wrapped[one] = before.get(one) or self._of(one, width)
        return [line for one in self._entries for line in self._wrapped[one]]

    def _of(self, entry: Entry, width: int) -> list[list[Segment]]:
        pens = self.pens
        pen: dict[str, Style] = {"error": pens.error, "warning": pens.warning}
        style = pen.get(entry.kind, pens.plain)
        about = f"{one_line(entry.about, max(8, width // 5))}  " if entry.about else ""
        lead = f" {entry.at} {MARKS[entry.kind]}"
        room = max(10, width - cell_width(lead) - 1)
        first, *rest = chop_words(about + visible(entry.text), room)
        return [
            [
                Segment(lead, pens.muted if entry.kind == "said" else style),
                Segment(first[: len(about)], pens.muted),
                Segment(first[len(about) :], style),
            ],
            *([Segment(" " * cell_width(lead) + line, style)] for line in rest),
        ]
