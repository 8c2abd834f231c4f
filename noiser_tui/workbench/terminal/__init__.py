"""What is written to the terminal: only what changed, and no more of it than the line takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from noiser_tui.workbench.insides import driver_of

if TYPE_CHECKING:
    from textual.app import App

CLEAR = "\x1b[m\x1b[H\x1b[J"
"""Empties the screen for the shell, which would write over the picture where there is no other screen to go
back to: on the Linux console, and in GNU screen as it comes."""


def forget_terminal(app: App[Any]) -> None:
    """Take nothing for granted of what the terminal shows; what is drawn next is written whole."""
    if (forget := getattr(driver_of(app), "forget", None)) is not None:
        forget()


def write_at_most(app: App[Any], frames: int) -> None:
    """Write so many frames a second at most, from now on."""
    if (pace := getattr(driver_of(app), "pace", None)) is not None:
        pace(frames)


def redraw(app: App[Any]) -> None:
    """Draw the whole screen anew: something else may have written to the terminal."""
    forget_terminal(app)
    app.screen.refresh(layout=True)
