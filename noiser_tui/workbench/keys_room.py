"""The keys: all of them, which of them arrive here, and the file that changes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from noiser.errors import NoiserError
from noiser.files import write_text
from noiser_tui.settings.places import user_keybindings
from noiser_tui.workbench.context import facts
from noiser_tui.workbench.opening import open_file
from noiser_tui.workbench.screens.key_test import KeyTest
from noiser_tui.workbench.screens.keys import Keys

if TYPE_CHECKING:
    from noiser_tui.workbench.app import Workbench

EXAMPLE = """\
// Keys of your own, in VS Code's form; a later entry counts over an earlier one, and all over the usual keys.
// The page of keys has the id of each command and the condition under which it is possible.
[
    // {"key": "ctrl+k", "command": "noiser.run", "when": "focus == 'prompt'"},
    // {"key": "f5", "command": "-noiser.run"},
    // {"key": "alt+f3", "command": "noiser.bound", "args": "max"}
]
"""


def keys(app: Workbench) -> None:
    """Show every action with its keys, and do the one that is chosen."""

    def run(action: str | None) -> None:
        if action is not None:
            app.call_later(app.action_do, action)  # once the page is closed

    app.push_screen(Keys(app.pens, app.keymap, {**facts(app), "modal": False}), run)


def signs(app: Workbench) -> None:
    """Show what the signs on the screen mean."""
    from noiser_tui.workbench.screens.signs import Signs

    app.push_screen(Signs(app.pens))


def test_keys(app: Workbench) -> None:
    """Show what arrives of the keys that are pressed; of a key's actions the one that it does here."""
    here = {**facts(app), "modal": False}
    bound: dict[str, str] = {}
    for index, rule in enumerate(app.keymap.rules):
        if rule.first not in bound or app.keymap.holds(index, here):
            bound[rule.first] = "begins a chord" if rule.second else rule.title
    app.push_screen(KeyTest(bound))


def open_keybindings(app: Workbench) -> None:
    """Open the user's keys as a text; a file that is not there is made, all in it a comment."""
    path = app.configured.keys if app.configured is not None else user_keybindings()
    try:
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            write_text(path, EXAMPLE)
    except (NoiserError, OSError) as error:
        app.refuse(str(error))
        return
    open_file(app, path)
