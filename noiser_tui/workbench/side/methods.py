"""The methods: what each is, what it costs on this prompt, and which one is chosen."""

from __future__ import annotations

from typing import get_args

from textual.app import ComposeResult

from noiser.methods import METHODS
from noiser.methods.method import Kind, Method
from noiser_tui.workbench.desk import Desk
from noiser_tui.workbench.look import Pens
from noiser_tui.workbench.methods_room import cost_of
from noiser_tui.workbench.reading import prompt_read
from noiser_tui.workbench.shell.desk_view import DeskView
from noiser_tui.workbench.state import State
from noiser_tui.workbench.widgets.row_keys import RowKeys
from noiser_tui.workbench.widgets.row_list import Row, RowList
from noiser_tui.workbench.widgets.words import Paragraphs, Words


class Methods(DeskView):
    """The list by family, the method under the cursor in words, and the keys."""

    choosing = "method_use"

    def __init__(self, pens: Pens) -> None:
        super().__init__(pens)
        self._drawn: object = None

    def compose(self) -> ComposeResult:
        """The parts."""
        yield RowList(self.pens)
        yield Words(self.pens)
        yield RowKeys(self.pens, (("method_use", "use"), ("estimate_all", "estimate all")))

    def on_mount(self) -> None:
        """Stand on the method that is chosen."""
        super().on_mount()
        page = self.desk.explanation if self.desk is not None else None
        if page is not None:
            keys = [row.key for row in list_rows(page)]
            self.query_one(RowList).point_at(keys.index(page.request.method))

    def draw(self, desk: Desk) -> None:
        """Bring the list up to the explanation on top; without one there are no costs."""
        page = desk.explanation
        drawn = None if page is None else (page.request, page.costs, prompt_read(page), page.asked)
        if drawn == self._drawn and self.row is not None:
            return
        self._drawn = drawn
        self.query_one(RowList).show_rows(list_rows(page))
        self.tell()

    def tell(self) -> None:
        """Say what the method under the cursor is."""
        page = self.desk.explanation if self.desk is not None else None
        if self.key:
            self.query_one(Words).show_state(in_words(METHODS[self.key], page))


def list_rows(page: State | None) -> list[Row]:
    """Every method under its family, with its cost; the chosen one is marked."""
    rows: list[Row] = []
    for kind in get_args(Kind):
        rows.append(Row(f"heading:{kind}", kind.upper(), heading=True))
        for method in METHODS.values():
            if method.kind == kind:
                rows.append(_row(method, page))
    return rows


def _row(method: Method, page: State | None) -> Row:
    chosen = page is not None and page.request.method == method.name
    more = cost_of(method, page)[0] if page is not None else ""
    mark = "● " if chosen else "  "
    return Row(method.name, method.name, more, mark=mark, tone="strong" if chosen else "plain")


def in_words(method: Method, page: State | None) -> Paragraphs:
    """What a method is, where it comes from, how its scores are signed, what differs, what it costs."""
    sign = "signed scores" if method.signed else "scores without a sign"
    source = f"{method.source}; " if method.source else ""
    cost = cost_of(method, page)[1] if page is not None else ""
    return (
        (f"{method.name}: {method.what}.", "plain"),
        *(((cost, "accent"),) if cost else ()),
        (f"{source}{sign}.", "muted"),
        (method.differs, "muted"),
    )
