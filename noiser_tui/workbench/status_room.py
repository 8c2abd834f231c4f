"""What the status bar has no room for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from noiser_tui.workbench.screens.in_full import InFull
from noiser_tui.workbench.widgets.status_bar import whole_status

if TYPE_CHECKING:
    from noiser_tui.workbench.app import Workbench


def show(app: Workbench) -> None:
    """Say all of it, a line for each part."""
    lines = whole_status(app.desk)
    app.push_screen(InFull(app.pens, "Status", tuple((line, "plain") for line in lines)))
