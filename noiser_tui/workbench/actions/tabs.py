"""The tabs: open one, close one, go from one to the next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from noiser_tui.workbench import desk
from noiser_tui.workbench.actions.registry import action, later

if TYPE_CHECKING:
    from noiser_tui.workbench.app import Workbench


@action("new_tab", "New prompt", "ctrl+n", help="A blank tab with the same model and options")
def new_tab(app: Workbench) -> None:
    """Open a blank explanation."""
    app.open_page(desk.blank(app.desk))


action("close_tab", "Close the tab", "ctrl+w", "ctrl+f4", help="A run of it is cancelled")(
    later("closing:close_tab")
)


@action(
    "next_tab",
    "Next tab",
    "ctrl+pagedown",
    "ctrl+k greater_than_sign",
    when="!modal && tabs > 1",
    help="To the right",
)
def next_tab(app: Workbench) -> None:
    """Show the next tab."""
    app.show_desk(desk.turned(app.desk, 1))


@action(
    "previous_tab",
    "Previous tab",
    "ctrl+pageup",
    "ctrl+k less_than_sign",
    when="!modal && tabs > 1",
    help="To the left",
)
def previous_tab(app: Workbench) -> None:
    """Show the tab before."""
    app.show_desk(desk.turned(app.desk, -1))


@action("move_tab_right", "Move the tab right", "ctrl+shift+pagedown", when="!modal && tabs > 1")
def move_tab_right(app: Workbench) -> None:
    """Move the tab one place to the right."""
    app.show_desk(desk.moved(app.desk, 1))


@action("move_tab_left", "Move the tab left", "ctrl+shift+pageup", when="!modal && tabs > 1")
def move_tab_left(app: Workbench) -> None:
    """Move the tab one place to the left."""
    app.show_desk(desk.moved(app.desk, -1))
