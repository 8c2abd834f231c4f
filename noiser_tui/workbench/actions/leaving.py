"""Leaving."""

from __future__ import annotations

from noiser_tui.workbench.actions.registry import action, later

action("leave", "Quit", "ctrl+q", when="true", short="Quit", help="Leave the workbench")(
    later("closing:leave")
)
