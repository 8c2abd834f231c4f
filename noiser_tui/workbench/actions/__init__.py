"""Every action of the workbench: one registry for keys, footer, palette, help and the user's keymap.

A room's actions stand in a file of its own; `ROOMS` is the order in which they are listed.
"""

from importlib import import_module

from noiser_tui.workbench.actions.registry import ACTIONS, Action

ROOMS = (
    "general",
    "explaining",
    "walking",
    "files",
    "copying",
    "tabs",
    "layout",
    "moving",
    "panel",
    "history",
    "comparing",
    "models",
    "methods",
    "studies",
    "settings",
    "leaving",
)
for room in ROOMS:
    import_module(f"{__name__}.{room}")

__all__ = ["ACTIONS", "ROOMS", "Action"]
