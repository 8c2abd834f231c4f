"""One line of a list: a side bar's, a pane's, a question's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Tone = Literal["plain", "strong", "muted", "accent", "warning", "error", "success"]


@dataclass(frozen=True)
class Row:
    """One line: its name at the left, `more` at the right, indented by `depth`.

    `key` is what is told when it is chosen. `open` is None for a leaf, else whether its rows below are
    shown. A `heading` cannot be chosen.
    """

    key: str
    name: str
    more: str = ""
    depth: int = 0
    open: bool | None = None
    heading: bool = False
    tone: Tone = "plain"
    mark: str = ""
