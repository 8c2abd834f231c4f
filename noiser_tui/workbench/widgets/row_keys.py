"""The keys of what can be done to the row under the cursor of a list."""

from __future__ import annotations

from rich.style import Style

from noiser_tui.workbench.look import Pens
from noiser_tui.workbench.widgets.action_row import ActionRow, Label

_SHORT = {"Delete": "Del"}
"""Keys whose names are long for a side bar."""


class RowKeys(ActionRow[object]):
    """Keys and what they do to the row under the cursor; each can be clicked as well.

    `actions` are ids of the registry with the word that stands beside the key; Enter's is written out.
    """

    def __init__(
        self, pens: Pens, actions: tuple[tuple[str, str], ...], *, id: str | None = None
    ) -> None:
        super().__init__(pens, id=id)
        self._actions = actions

    def labels(self, width: int) -> list[Label]:
        """Key and word of each."""
        strong = self.pens.primary + Style(bold=True)
        keymap = self.app.keymap  # type: ignore[attr-defined]
        labels: list[Label] = []
        for id, word in self._actions:
            key = keymap.label(id) or "Enter"
            key = _SHORT.get(key, key)
            labels.append(([(f" {key}", strong), (f" {word}", self.pens.muted)], f"do('{id}')"))
        return labels
