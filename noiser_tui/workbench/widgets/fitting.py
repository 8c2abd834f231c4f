"""Making a row of parts fit: what matters less is said shorter, then left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from noiser_tui.look.cells import cell_width

KEPT = 10
"""The `keep` of a part that is never left out."""


@dataclass(frozen=True)
class Part:
    """What is said, how in short, and the action that a click on it is, empty for none.

    Parts with a lower `keep` give way first, and so do texts with a lower `long` to short ones. A
    `joined` part belongs to the one before it.
    """

    text: str
    short: str = ""
    action: str = ""
    keep: int = 0
    long: int = 0
    joined: bool = False

    @property
    def firmness(self) -> int:
        """How long it stays as it is."""
        return self.long if self.short else self.keep


def fitted(parts: Sequence[Part], width: int) -> list[tuple[str, str]]:
    """As many as fit into so many cells, each with its separator, and its action."""
    shown = list(parts)
    while _cells(shown) > width:
        at = min(range(len(shown)), key=lambda index: shown[index].firmness)
        part = shown[at]
        if part.firmness >= KEPT:
            break
        shown[at : at + 1] = [replace(part, text=part.short, short="")] if part.short else []
    return _separated(shown)


def _cells(parts: Sequence[Part]) -> int:
    return sum(cell_width(text) for text, _ in _separated(parts))


def _separated(parts: Sequence[Part]) -> list[tuple[str, str]]:
    found = []
    for index, part in enumerate(parts):
        lead = " " if index == 0 else " · " if part.joined else " │ "
        found.append((f"{lead}{part.text}", part.action))
    return found
