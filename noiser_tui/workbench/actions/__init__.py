"""Every action of the workbench: one registry for keys, footer, palette, help and the user's keymap.

A room's actions stand in a file of its own, whose name is their group; `ROOMS` is the order in which they
are listed.
"""

from dataclasses import replace
from importlib import import_module

from noiser_tui.workbench.actions.registry import ACTIONS, Action

ROOMS = (
    "general",
    "explaining",
    "rewards",
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
_TITLES = {
    "general": "commands",
    "walking": "targets",
    "layout": "workbench",
    "history": "runs",
    "leaving": "commands",
}
for room in ROOMS:
    before = set(ACTIONS)
    import_module(f"{__name__}.{room}")
    for id in ACTIONS.keys() - before:
        ACTIONS[id] = replace(ACTIONS[id], group=_TITLES.get(room, room))

__all__ = ["ACTIONS", "ROOMS", "Action"]
