"""Moving the cursor where it stands; terminals have arrows for that, presets give them letters."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from noiser_tui.workbench.actions.registry import action

if TYPE_CHECKING:
    from noiser_tui.workbench.app import Workbench

_MOVES = {
    "move_left": ("Left", "left"),
    "move_right": ("Right", "right"),
    "move_up": ("Up", "up"),
    "move_down": ("Down", "down"),
    "move_first": ("To the first", "home"),
    "move_last": ("To the last", "end"),
}
_WHEN = "!modal && !typing"


def _move(app: Workbench, *, key: str) -> None:
    """Press a key for the widget that has the focus."""
    app.simulate_key(key)


for _id, (_title, _key) in _MOVES.items():
    action(_id, _title, when=_WHEN, help=f"As the key {_key}", priority=False)(
        partial(_move, key=_key)
    )


def _half_page(app: Workbench, *, key: str) -> None:
    """Press an arrow as often as half of what has the focus is high."""
    focused = app.base.focused
    height = focused.size.height if focused is not None else 0
    for _ in range(max(1, height // 2)):
        app.simulate_key(key)


action("half_page_down", "Half a page down", when=_WHEN, priority=False)(
    partial(_half_page, key="down")
)
action("half_page_up", "Half a page up", when=_WHEN, priority=False)(partial(_half_page, key="up"))
