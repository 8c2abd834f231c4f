"""What every page of options has in common: values that are changed one by one, then used together."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import ClassVar, Generic

from textual.binding import Binding, BindingType

from noiser_tui.look.cells import cell_width, one_line, visible
from noiser_tui.workbench.look import Pens
from noiser_tui.workbench.screens.modal import Answer
from noiser_tui.workbench.screens.searched import Searched
from noiser_tui.workbench.widgets.row_list import Row, RowList


class OptionPage(Searched[Answer], Generic[Answer]):
    """Del resets the option under the cursor; what was wrong with another one is then forgotten."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("delete", "reset", "Reset", show=False, priority=True),
    ]

    hint = "Enter changes, Del resets, Esc uses them"
    empty = "No option has these words."

    def __init__(self, pens: Pens) -> None:
        super().__init__(pens)
        self._wrong = ""

    @abstractmethod
    def action_reset(self) -> None:
        """Give the option under the cursor its default again."""

    def narrow(self) -> None:
        """The best are on top."""
        super().narrow()
        self.query_one(RowList).point_at(0)

    def point(self) -> None:
        """What was wrong with another option is forgotten."""
        self._wrong = ""
        super().point()


def listed(
    rows: Sequence[Row], sought: str, first: Row, *, called_first: bool = False
) -> list[Row]:
    """The rows that have all the words sought; all of them behind `first` where nothing is.

    With `called_first` what is called so comes before what only says so.
    """
    words = sought.lower().split()
    if not words:
        return [first, *rows]
    found = [row for row in rows if all(word in row.name.lower() for word in words)]
    if called_first:
        found.sort(key=lambda row: not all(word in row.key for word in words))
    return found


def column(value: str, width: int) -> str:
    """A value in so many cells, cut or filled up; text from outside is shown, not obeyed."""
    shown = one_line(visible(value), width)
    return shown + " " * (width - cell_width(shown))
