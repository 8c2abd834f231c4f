"""How a field of a section is declared to be a setting."""

from __future__ import annotations

from dataclasses import field
from typing import Any

from noiser_tui.settings.kinds import Kind, Value


def declared(default: Value, kind: Kind, what: str, *, personal: bool = False) -> Any:
    """A field of a section; a `personal` one is the user's alone, no folder's file can say it."""
    return field(default=default, metadata={"kind": kind, "what": what, "personal": personal})
