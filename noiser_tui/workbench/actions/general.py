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

action("keys", "Keys", "shift+f1", help="All keys on one screen")(later("choosing:keys"))
