"""What lists of choices offer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.text import Text
from textual.widgets.option_list import Option

if TYPE_CHECKING:
    from textual.widgets import OptionList


@dataclass(frozen=True)
class Choice:
    """One line of a list: what is returned, its name, what it is, and at the right its `keys`.

    Choices of one `group` follow each other under its name. One that is not `possible` now is named, dim and
    after all others.
    """

    value: str
    name: str
    what: str = ""
    keys: str = ""
    group: str = ""
    possible: bool = True


def nothing() -> Option:
    """What stands in a list in which nothing has the words that were typed."""
    return Option(Text("Nothing has these words.", "dim"), disabled=True)


def move(options: OptionList, shown: Sequence[Choice | None], by: int) -> None:
    """Move a list's highlight among its choices, past the names of groups, which are None."""
    open_to = [index for index, choice in enumerate(shown) if choice is not None]
    if open_to:
        now = options.highlighted
        at = open_to.index(now) if now in open_to else -by
        options.highlighted = open_to[max(0, min(len(open_to) - 1, at + by))]
        if options.highlighted == open_to[0]:
            options.scroll_home(animate=False)
