"""Finding everything else: the palette, quick open, the keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from noiser_tui.workbench.actions.registry import action, later

if TYPE_CHECKING:
    from noiser_tui.workbench.app import Workbench

action(
    "palette",
    "Commands",
    "f1",
    "ctrl+shift+p",
    short="Commands",
    help="Search all commands",
)(later("choosing:command"))

action(
    "quick_open",
    "Quick open",
    "ctrl+p",
    short="Open",
    help="Prompts, files, runs and models by name",
)(later("quick_open:quick_open"))


@action(
    "more_keys",
    "Commands of two keys",
    "ctrl+k",
    "shift+f9",
    short="More",
    help="What follows Ctrl+K is listed while it waits; Esc lets it go",
)
def more_keys(app: Workbench) -> None:
    """Wait for the second key, or no more."""
    app.begin_chord("" if app.chord else "ctrl+k")


action("keys", "Keys", "shift+f1", "ctrl+k s", help="Every command with its keys")(
    later("keys_room:keys")
)

action(
    "signs",
    "Signs on the screen",
    "ctrl+k question_mark",
    help="What τ, α*, ●, ⇄, E R M T C S and others mean",
)(later("keys_room:signs"))

action(
    "whole_status",
    "Status in full",
    "ctrl+k q",
    help="What the status bar says, and what it has no room for",
)(later("status_room:show"))

action("keys_test", "Test keys", "ctrl+k j", help="Which of them this terminal sends")(
    later("keys_room:test_keys")
)

action(
    "keys_file",
    "Open keybindings.json",
    "ctrl+k comma",
    help="Keys of your own, in VS Code's form",
)(later("keys_room:open_keybindings"))

action(
    "redraw",
    "Redraw the screen",
    "ctrl+k l",
    help="After something else wrote to the terminal",
)(later("terminal:redraw"))
