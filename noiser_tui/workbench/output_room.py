"""What is done with the output: let go, kept as a file."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from noiser_tui.workbench.choosing import ask_and_write

if TYPE_CHECKING:
    from noiser_tui.workbench.app import Workbench


def clear(app: Workbench) -> None:
    """Begin with no output."""
    app.show_desk(replace(app.desk, output=()))


def save(app: Workbench) -> None:
    """Write it to a text file."""
    if not app.desk.output:
        app.refuse("There is no output yet.")
        return
    text = "".join(f"{one}\n" for one in app.desk.output)
    ask_and_write(app, "Save the output to", "A text file", "noiser.log", text)
