"""The side bar: one view at a time."""

from __future__ import annotations

from rich.segment import Segment
from textual.app import ComposeResult

from noiser_tui.workbench.desk import Desk
from noiser_tui.workbench.shell.desk_view import Holder
from noiser_tui.workbench.widgets.drawn_pane import DrawnPane

_SIDE = "noiser_tui.workbench.side"
VIEWS = {
    "explorer": f"{_SIDE}.explorer:Explorer",
    "runs": f"{_SIDE}.runs:Runs",
    "models": f"{_SIDE}.models:Models",
    "methods": f"{_SIDE}.methods:Methods",
    "compare": f"{_SIDE}.compare:Compare",
    "studies": f"{_SIDE}.studies:Studies",
}
"""Where each view is: a module and its class, imported when it is first opened."""


class SideHead(DrawnPane[str]):
    """The first line of the side bar: which view it is."""

    def line(self, y: int, width: int) -> list[Segment]:
        """The name of the view."""
        return [Segment(f" {(self.state or '').upper()}", self.pens.strong)]


class SideBar(Holder):
    """The heading, and the view that is open."""

    def compose(self) -> ComposeResult:
        """The heading; views come when they are opened."""
        yield SideHead(self.pens)

    def show_state(self, desk: Desk) -> None:
        """Show the view that the desk has open."""
        self.display = desk.side_open and not desk.zen
        if self.display:
            self.query_one(SideHead).show_state(desk.side)
            self.show_view(desk.side, VIEWS[desk.side], desk)

    def key_in(self, name: str) -> str:
        """The key of the row under the cursor of a view, empty while another is shown."""
        view = self._views.get(name)
        return view.key if view is not None and view.display else ""
