"""What is done with the output: let go."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from noiser_tui.workbench.app import Workbench


def clear(app: Workbench) -> None:
    """Begin with no output."""
    app.show_desk(replace(app.desk, output=()))
