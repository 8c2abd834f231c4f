"""The footer: the keys of the actions that count, from the registry, in its order."""

from __future__ import annotations

from rich.style import Style

from noiser_tui.workbench.actions import ACTIONS, Action, key_label
from noiser_tui.workbench.widgets.action_row import ActionRow, Label

_RARE = ("norm", "bound", "method", "model", "contrast", "save", "palette")
"""What is left out first where the line is too short."""


class KeyBar(ActionRow):
    """Keys and names; while something runs, the key that stops it comes first."""

    def labels(self, width: int) -> list[Label]:
        """The actions that fit."""
        running = self.state is not None and self.state.phase == "running"
        shown = [a for a in ACTIONS if a.short and (a.id != "cancel" or running)]
        shown.sort(key=lambda a: a.id != "cancel")
        for rare in _RARE:
            if sum(len(_key(a)) + len(a.short) + 3 for a in shown) <= width:
                break
            shown = [a for a in shown if a.id != rare]
        key = self.pens.primary + Style(bold=True)
        return [([(f" {_key(a)}", key), (f" {a.short} ", self.pens.plain)], a.run) for a in shown]


def _key(action: Action) -> str:
    return {"Escape": "Esc", "Ctrl+Q": "^Q"}.get(label := key_label(action.keys[0]), label)
