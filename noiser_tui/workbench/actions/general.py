"""Finding everything else: the palette, quick open, the keys."""

from __future__ import annotations

from noiser_tui.workbench.actions.registry import action, later

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

action("keys", "Keys", "shift+f1", help="Every command with its keys")(later("keys_room:keys"))

action("signs", "Signs on the screen", help="What τ, α*, ●, ⇄, E R M T C S and others mean")(
    later("keys_room:signs")
)

action(
    "whole_status",
    "Status in full",
    help="What the status bar says, and what it has no room for",
)(later("status_room:show"))

action("keys_test", "Test keys", help="Which of them this terminal sends")(
    later("keys_room:test_keys")
)

action("keys_file", "Open keybindings.json", help="Keys of your own, in VS Code's form")(
    later("keys_room:open_keybindings")
)

action("redraw", "Redraw the screen", help="After something else wrote to the terminal")(
    later("terminal:redraw")
)
