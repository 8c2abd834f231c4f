"""The panel under the document: search, metrics, problems, output; one line where it is closed."""

from __future__ import annotations

from rich.segment import Segment
from rich.style import Style
from textual.app import ComposeResult

from noiser_tui.look.cells import cell_width, one_line
from noiser_tui.workbench.desk import PANELS, Desk
from noiser_tui.workbench.keyed import spoken
from noiser_tui.workbench.look import Pens
from noiser_tui.workbench.problems import problems
from noiser_tui.workbench.shell.desk_view import Holder
from noiser_tui.workbench.widgets import search_text
from noiser_tui.workbench.widgets.action_row import ActionRow, Label
from noiser_tui.workbench.widgets.measured_by import made_by, room_in_header

_PANES = "noiser_tui.workbench.panes"
VIEWS = {
    "search": f"{_PANES}.search:SearchPane",
    "metrics": f"{_PANES}.metrics:MetricsPane",
    "problems": f"{_PANES}.problems:ProblemsPane",
    "output": f"{_PANES}.output:OutputPane",
}
"""Where each view is: a module and its class, imported when it is first opened."""


class PanelHeader(ActionRow[Desk]):
    """The names of the views; beside them, while the panel is closed, how the search stands."""

    def labels(self, width: int) -> list[Label]:
        """One label per view, the open one marked."""
        desk = self.state
        if desk is None:
            return []
        labels: list[Label] = [
            ([("▾ " if desk.panel_open else "▸ ", self.pens.muted)], "do('panel')")
        ]
        for name in PANELS:
            count = _count(desk, name)
            style = self.pens.muted
            if desk.panel_open and desk.panel == name:
                style = self.pens.strong + Style(underline=True)
            text = f"{name.upper()}{f' {count}' if count else ''}"
            labels.append(([(text, style), ("  ", self.pens.muted)], f"show_panel('{name}')"))
        return labels

    def line(self, y: int, width: int) -> list[Segment]:
        """The labels, then where there is room the summary, or what the open search is drawn on."""
        segments = super().line(y, width)
        desk = self.state
        room = width - sum(cell_width(segment.text) for segment in segments) - 2
        if desk is None or desk.explanation is None or room < 14:
            return segments
        if not desk.panel_open:
            told = spoken(self, search_text.in_short(desk.explanation, room))
            return [*segments, Segment(f" {one_line(told, room)}", self.pens.plain)]
        scale = search_text.scale_of(desk.explanation, linear=desk.linear)
        if desk.panel == "search" and desk.explanation.run.search and cell_width(scale) <= room:
            return [*segments, Segment(f" {scale:>{room}}", self.pens.muted)]
        by = made_by(desk.explanation.measured) if desk.panel == "metrics" else ""
        if by and room_in_header(by, width):
            return [*segments, Segment(f" {by:>{room}}", self.pens.muted)]
        return segments


def _count(desk: Desk, name: str) -> int:
    return len(problems(desk)) if name == "problems" else 0


class Panel(Holder):
    """The header and the view that is open."""

    def __init__(self, pens: Pens, *, id: str | None = None) -> None:
        super().__init__(pens, id=id, classes="panel")
        self._own_height = 0

    def compose(self) -> ComposeResult:
        """The header; views come when they are opened."""
        yield PanelHeader(self.pens, id="panel-header")

    def show_state(self, desk: Desk) -> None:
        """Show the view that the desk has open."""
        self.display = not desk.zen
        self.set_class(not desk.panel_open, "-closed")
        self.set_class(desk.panel_large, "-large")
        own = desk.panel_height if desk.panel_open and not desk.panel_large else 0
        if own != self._own_height:  # taking a height away lays the whole screen out anew
            self._own_height = own
            self.styles.height = own or None  # the style sheet's
        self.query_one(PanelHeader).show_state(desk)
        if desk.panel_open:
            self.show_view(desk.panel, VIEWS[desk.panel], desk)
        else:
            self.hide_all_but("")
