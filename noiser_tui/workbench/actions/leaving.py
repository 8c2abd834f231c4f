"""Leaving."""

from __future__ import annotations

from typing import TYPE_CHECKING

from noiser_tui.workbench.actions.registry import action, later

if TYPE_CHECKING:
    from noiser_tui.workbench.app import Workbench

action("leave", "Quit", "ctrl+q", when="!testing", short="Quit", help="Leave the workbench")(
    later("closing:leave")
)


@action("suspend", "Suspend", when="true", help="Back to the shell; fg comes back here")
def suspend(app: Workbench) -> None:
    """Stop the process as the shell's job control does."""
    app.action_suspend_process()
