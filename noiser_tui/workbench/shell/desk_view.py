"""A view of the side bar or the panel, and what holds such views: one is shown, made when first opened."""

from __future__ import annotations

from importlib import import_module
from typing import ClassVar

from textual.containers import Container
from textual.widget import AwaitMount

from noiser_tui.workbench.desk import Desk
from noiser_tui.workbench.look import Pens
from noiser_tui.workbench.widgets.row_list import Row, RowList


class DeskView(Container):
    """Shows the desk, and posts what the user does; most have a list, and do something with its rows."""

    choosing: ClassVar[str] = ""
    """The action that is done to a row when it is chosen, where that is the same for all."""

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

    def tell(self) -> None:
        """Say what the row under the cursor is, where the view has words for that."""

    def set_pens(self, pens: Pens) -> None:
        """Draw in another theme; the widgets inside get theirs by themselves."""
        self.pens = pens

    @property
    def row(self) -> Row | None:
        """The row under the cursor of its list; None where there is none, or it is a heading."""
        pointed = next((listed.pointed for listed in self.query(RowList)), None)
        return pointed if pointed is not None and not pointed.heading else None

    @property
    def key(self) -> str:
        """The key of that row, empty where there is none."""
        return self.row.key if self.row is not None else ""

    def focus_first(self) -> None:
        """Give the keys to its list, else to what is used first; at once: the next may be on their way."""
        usable = [one for one in (self, *self.query("*")) if one.focusable]
        usable.sort(key=lambda one: not isinstance(one, RowList))
        if self.is_attached and usable:
            self.screen.set_focus(usable[0])

    def on_row_list_pointed(self, message: RowList.Pointed) -> None:
        """The cursor stands on another row."""
        message.stop()
        self.tell()

    async def on_row_list_chosen(self, message: RowList.Chosen) -> None:
        """Enter was pressed on a row, or it was clicked."""
        message.stop()
        await self.choose(message.row)

    async def choose(self, row: Row) -> None:
        """Do what is done to a row that is chosen."""
        await self.run_action(f"app.do('{self.choosing}')")


class Holder(Container):
    """Holds views by name."""

    def __init__(self, pens: Pens, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.pens = pens
        self._views: dict[str, DeskView] = {}
        self._mounting: AwaitMount | None = None

    @property
    def view(self) -> DeskView | None:
        """The view that is shown."""
        return next((view for view in self._views.values() if view.display), None)

    def show_view(self, name: str, where: str, desk: Desk) -> None:
        """Show one view, of a module and a class in it, and hide the others."""
        if name not in self._views:
            module, _, kind = where.partition(":")
            made: DeskView = getattr(import_module(module), kind)(self.pens)
            self._views[name] = made
            self._mounting = self.mount(made)
        self.hide_all_but(name)
        self._views[name].show_desk(desk)

    def hide_all_but(self, name: str) -> None:
        """Hide the views, but for that one."""
        for one, view in self._views.items():
            view.display = one == name

    def set_pens(self, pens: Pens) -> None:
        """Views that are made later get these."""
        self.pens = pens

    async def focus_view(self) -> None:
        """Give the keys to the view that is shown; those that follow at once wait until it is there."""
        if self._mounting is not None:
            mounting, self._mounting = self._mounting, None
            await mounting
        if self.view is not None:
            self.view.focus_first()
