"""What every kind of document's view has, and where each kind's view is."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any

from textual.containers import Container
from textual.widget import Widget

from noiser_tui.history.session import Tab
from noiser_tui.workbench.desk import Document
from noiser_tui.workbench.look import Pens

if TYPE_CHECKING:
    from noiser_tui.workbench.widgets.row_list import Row, RowList

KINDS = {
    "explanation": "explanation:ExplanationView",
    "comparison": "comparison:ComparisonView",
    "study": "study:StudyView",
    "prompts": "prompt_list:PromptListView",
    "settings": "settings:SettingsView",
    "text": "text:TextView",
}
"""The view of each kind of page: a module of this package and its class, imported when first opened."""
PLACES = ("cursor", "token", "scroll", "walked")
"""The fields of a tab that say where one stands in it."""


def place_in(tab: Tab | None) -> dict[str, Any]:
    """Where one stood in a tab."""
    return {} if tab is None else {name: getattr(tab, name) for name in PLACES}


class View(Container):
    """One document on the screen."""

    def __init__(self, pens: Pens, document: Document) -> None:
        super().__init__(id=f"document-{document.id}", classes="document")
        self.pens = pens
        self.document = document
        self._left: Tab | None = None

    def show(self, document: Document) -> None:
        """Show the document as it is now; called often, and before what is inside stands."""
        self.document = document
        if self.is_mounted:
            self.draw(document)

    def on_mount(self) -> None:
        """Show what was to be shown."""
        self.draw(self.document)

    def put_back(self, tab: Tab) -> None:
        """Stand where it was left once what stood there is back; said before it is mounted."""
        self._left = tab

    @property
    def place(self) -> dict[str, Any]:
        """Where one stands in it, as those fields of a tab; where it was left while it is not all back."""
        if self._left is not None or not self.is_mounted:
            return place_in(self._left)
        return self.here

    @property
    def here(self) -> dict[str, Any]:
        """Where one stands in it now."""
        return {}

    def show_rows(self, found: RowList, rows: Sequence[Row]) -> None:
        """Show a document's rows, the cursor where it was left once they are back."""
        found.show_rows(rows)
        if self._left is not None and rows:
            (row, _), self._left = self._left.cursor, None
            if row < len(rows) and not rows[row].heading:
                found.point_at(row)

    def point(self, position: int | None, row: int | None = None) -> None:
        """Put the cursor on the token at a position, of a row where there are rows."""

    def draw(self, document: Document) -> None:
        """Bring the widgets inside up to the document."""
        raise NotImplementedError

    def set_pens(self, pens: Pens) -> None:
        """Draw in another theme; the widgets inside get theirs by themselves."""
        self.pens = pens

    @property
    def first(self) -> Widget | None:
        """The part that is used first, once it is there."""
        return next((w for w in self.query("*") if w.focusable), None)

    def focus_first(self) -> None:
        """Give the keys to it, at once: the next ones may be on their way."""
        if self.is_attached and (first := self.first) is not None:
            self.screen.set_focus(first)


def view_of(document: Document, pens: Pens) -> View:
    """A new view for a document."""
    module, _, name = KINDS[document.kind].partition(":")
    view: View = getattr(import_module(f"noiser_tui.workbench.views.{module}"), name)(
        pens, document
    )
    return view
