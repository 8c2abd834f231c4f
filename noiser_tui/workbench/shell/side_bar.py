"""The side bar: one view at a time, made when it is first opened."""

from __future__ import annotations

from importlib import import_module

from rich.segment import Segment
from textual.app import ComposeResult
from textual.containers import Container

from noiser_tui.workbench.desk import Desk
from noiser_tui.workbench.look import Pens
from noiser_tui.workbench.widgets.drawn_pane import DrawnPane

VIEWS = {
    "explorer": "explorer:Explorer",
    "runs": "runs:Runs",
    "models": "models:Models",
    "methods": "methods:Methods",
    "compare": "compare:Compare",
    "studies": "studies:Studies",
}
"""Where each view is: a module of `workbench.side` and its class, imported when it is first opened."""


class DeskView(Container):
    """A view of the side bar or the panel: it shows the desk, and posts what the user does."""

    def __init__(self, pens: Pens) -> None:
        super().__init__()
        self.pens = pens
        self.desk: Desk | None = None

    def show_desk(self, desk: Desk) -> None:
        """Show another desk; called often, also with the same one, and before what is inside stands."""
        self.desk = desk
        if self.is_mounted:
            self.draw(desk)

    def on_mount(self) -> None:
        """Show what was to be shown."""
        if self.desk is not None:
            self.draw(self.desk)

    def draw(self, desk: Desk) -> None:
        """Bring the widgets inside up to the desk."""
        raise NotImplementedError

    def set_pens(self, pens: Pens) -> None:
        """Draw in another theme; the widgets inside get theirs by themselves."""
        self.pens = pens

    def focus_first(self) -> None:
        """Give the keys to the part of the view that is used first."""
        first = next((w for w in self.query("*") if w.focusable), None)
        if first is not None:
            first.focus()


class SideHead(DrawnPane[str]):
    """The first line of the side bar: which view it is."""

    def line(self, y: int, width: int) -> list[Segment]:
        """The name of the view."""
        return [Segment(f" {(self.state or '').upper()}", self.pens.strong)]


class SideBar(Container):
    """Holds the views."""

    def __init__(self, pens: Pens, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.pens = pens
        self._views: dict[str, DeskView] = {}
        self._shown = ""

    def compose(self) -> ComposeResult:
        """The heading; views come when they are opened."""
        yield SideHead(self.pens)

    @property
    def view(self) -> DeskView | None:
        """The view that is shown."""
        return self._views.get(self._shown)

    def show_state(self, desk: Desk) -> None:
        """Show the view that the desk has open."""
        self.display = desk.side_open and not desk.zen
        if not self.display:
            return
        self._shown = desk.side
        self.query_one(SideHead).show_state(desk.side)
        if desk.side not in self._views:
            view = make("noiser_tui.workbench.side", VIEWS[desk.side], self.pens)
            self._views[desk.side] = view
            self.mount(view)
        for name, view in self._views.items():
            view.display = name == desk.side
        self._views[desk.side].show_desk(desk)

    def set_pens(self, pens: Pens) -> None:
        """Views that are made later get these."""
        self.pens = pens

    def focus_view(self) -> None:
        """Give the keys to the view that is shown, once it is there."""
        if self.view is not None:
            self.call_after_refresh(self.view.focus_first)


def make(package: str, where: str, pens: Pens) -> DeskView:
    """A view by the name of its module and class."""
    module, _, name = where.partition(":")
    view: DeskView = getattr(import_module(f"{package}.{module}"), name)(pens)
    return view
