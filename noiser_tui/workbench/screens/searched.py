"""A list that is narrowed by typing, with the row under the cursor in words below it."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import ClassVar, Generic

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input

from noiser_tui.workbench.look import Pens
from noiser_tui.workbench.screens.modal import Answer, Modal
from noiser_tui.workbench.widgets.plain_text import Line
from noiser_tui.workbench.widgets.row_list import Row, RowList
from noiser_tui.workbench.widgets.words import Paragraphs, Words


class Searched(Modal[Answer], Generic[Answer]):
    """The keys stay in the line; arrows move the cursor in the list, Enter or a click chooses.

    `heading` is above it all, `hint` below, `prompt` in the line and `empty` in the list while
    nothing is there.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "Close"),
        Binding("down", "step(1)", "Next", show=False),
        Binding("up", "step(-1)", "Previous", show=False),
        Binding("pagedown", "page(1)", "Next page", show=False),
        Binding("pageup", "page(-1)", "Previous page", show=False),
    ]

    heading: ClassVar[str]
    hint: ClassVar[str]
    prompt: ClassVar[str] = "Type words to narrow the list"
    empty: ClassVar[str]

    def __init__(self, pens: Pens) -> None:
        super().__init__()
        self._pens = pens.at("widget")

    @abstractmethod
    def rows(self, sought: str) -> Sequence[Row]:
        """What is listed while that stands in the line."""

    @abstractmethod
    def words(self, row: Row | None) -> Paragraphs:
        """The row under the cursor in words; None where there is none."""

    @abstractmethod
    def choose(self, row: Row) -> None:
        """Do what the row under the cursor is for."""

    def compose(self) -> ComposeResult:
        """A line to type in, the list, the row under the cursor in words."""
        box = Vertical(id="searched")
        box.border_title = self.heading
        box.border_subtitle = self.hint
        with box:
            yield Line(placeholder=self.prompt, compact=True)
            yield RowList(self._pens, empty=self.empty)
            yield Words(self._pens)

    def on_mount(self) -> None:
        """Everything, as long as nothing is typed; the keys go into the line."""
        self.query_one(RowList).can_focus = False
        self.fill()

    @property
    def pointed(self) -> Row | None:
        """The row under the cursor."""
        return self.query_one(RowList).pointed

    def fill(self) -> None:
        """List what has the words; the cursor stays where it can."""
        self.query_one(RowList).show_rows(self.rows(self.query_one(Line).value))
        self.tell()

    def tell(self) -> None:
        """Say what is under the cursor."""
        self.query_one(Words).show_state(self.words(self.pointed))

    def narrow(self) -> None:
        """Something was typed."""
        self.fill()

    def point(self) -> None:
        """The cursor has moved."""
        self.tell()

    @on(Input.Changed)
    def _narrowed(self) -> None:
        self.narrow()

    @on(RowList.Pointed)
    def _pointed(self) -> None:
        self.point()

    @on(Input.Submitted)
    @on(RowList.Chosen)
    def _chosen(self) -> None:
        if (row := self.pointed) is not None:
            self.choose(row)

    def action_step(self, by: int) -> None:
        """Move the cursor; typing goes on in the line."""
        self.query_one(RowList).action_step(by)

    def action_page(self, by: int) -> None:
        """Move it by a screenful."""
        self.query_one(RowList).action_page(by)
