"""What is used of textual that it does not offer: all of it here, to be looked at with every new version."""

from __future__ import annotations

from typing import Any

from textual._ansi_sequences import SYNC_END, SYNC_START
from textual.app import App
from textual.binding import BindingsMap
from textual.driver import Driver
from textual.screen import Screen

__all__ = ["SYNC_END", "SYNC_START", "bind", "driver_of", "keep_copied", "take_styles"]


def driver_of(app: App[Any]) -> Driver | None:
    """What writes to the terminal; None before it is opened. Copies and redrawing go past the screen."""
    return app._driver


def bind(app: App[Any], bindings: BindingsMap) -> None:
    """Let these be all keys of the app: `set_keymap` changes the keys of bindings, not their conditions."""
    app._bindings = bindings


def keep_copied(app: App[Any], text: str) -> None:
    """Let this be what Ctrl+V pastes, without textual's own copying to the terminal."""
    app._clipboard = text


def take_styles(app: App[Any], screen: Screen[Any]) -> bool:
    """Count a screen as styled by the sheet as it is now; whether it was not, and is to be styled."""
    missed = screen._css_update_count not in (-1, app._css_update_count)
    screen._css_update_count = app._css_update_count
    return missed
