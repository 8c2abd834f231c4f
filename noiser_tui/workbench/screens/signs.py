"""What every sign on the screen means, narrowed by typing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from noiser_tui.workbench.screens.searched import Searched
from noiser_tui.workbench.signs import SIGNS
from noiser_tui.workbench.widgets.row_list import Row
from noiser_tui.workbench.widgets.words import Paragraphs


class Signs(Searched[None]):
    """A list to read; Enter closes it."""

    heading: ClassVar[str] = "Signs on the screen"
    hint: ClassVar[str] = "Esc closes"
    empty: ClassVar[str] = "No sign has these words."

    def rows(self, sought: str) -> Sequence[Row]:
        """Those that have the words, or are what was typed."""
        words = sought.lower().split()
        return [
            Row(str(number), f"{one.sign:<4} {one.what}", one.where)
            for number, one in enumerate(SIGNS)
            if all(word in f"{one.sign} {one.where} {one.what}".lower() for word in words)
        ]

    def words(self, row: Row | None) -> Paragraphs:
        """The whole of a line that is cut."""
        if row is None:
            return ()
        one = SIGNS[int(row.key)]
        return ((f"{one.sign}  {one.what}.", "plain"), (one.where, "muted"))

    def choose(self, row: Row) -> None:
        """Close it."""
        self.finish(None)
