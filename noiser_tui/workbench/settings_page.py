"""The settings as a document: which file is written to, and what there is to say of the last change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from textual.message import Message

Scope = Literal["user", "workspace"]


@dataclass(frozen=True)
class SettingsPage:
    """The form over the settings files; `scope` is the file that changes go to."""

    kind: ClassVar[str] = "settings"

    scope: Scope = "user"
    error: str = ""
    note: str = ""

    @property
    def title(self) -> str:
        """Its name on the tab."""
        return "Settings"

    @property
    def job(self) -> int:
        """It waits for nothing."""
        return 0

    @property
    def status(self) -> str:
        """Whose settings are changed."""
        return f"{self.scope} settings"

    def heard(self, message: Message) -> SettingsPage:
        """What the engine says is not about settings."""
        return self
