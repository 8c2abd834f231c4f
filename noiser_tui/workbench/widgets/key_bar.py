"""The footer: the keys of the actions that count and are possible now, in the registry's order."""

from __future__ import annotations

from dataclasses import dataclass

from rich.style import Style

from noiser_tui.look.cells import cell_width
from noiser_tui.workbench.widgets.action_row import ActionRow, Label

_RARE = (
    "study_text",
    "study_export",
    "norm",
    "bound",
    "contrast",
    "panel",
    "method",
    "target",
    "save",
    "side",
    "quick_open",
    "more_keys",
)
"""What is left out first where the line is too short."""


@dataclass(frozen=True)
class KeyName:
    """One entry: the action, its key as people write it, its short name."""

    action: str
    key: str
    short: str


class KeyBar(ActionRow[tuple[KeyName, ...]]):
    """Keys and names; while something runs, the key that stops it comes first."""

    def labels(self, width: int) -> list[Label]:
        """The entries that fit."""
        shown = sorted(self.state or (), key=lambda one: one.action != "cancel")
        for rare in _RARE:
            if sum(cell_width(one.key) + cell_width(one.short) + 3 for one in shown) <= width:
                break
            shown = [one for one in shown if one.action != rare]
        key = self.pens.primary + Style(bold=True)
        return [
            ([(f" {one.key}", key), (f" {one.short} ", self.pens.plain)], f"do('{one.action}')")
            for one in shown
        ]
