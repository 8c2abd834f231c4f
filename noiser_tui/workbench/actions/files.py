"""What comes from files and goes to them."""

from __future__ import annotations

from noiser_tui.workbench.actions.registry import action, later

_HERE = "!modal && document == 'explanation'"

action(
    "example",
    "Open an example prompt",
    "ctrl+o",
    help="Prompts the built-in model knows",
)(later("choosing:example"))

action(
    "save",
    "Save the explanation",
    "ctrl+s",
    "f8",
    short="Save",
    when=_HERE,
    help="JSON, HTML, SVG or CSV",
)(later("choosing:save"))

action("picture", "Save a picture of the screen", help="An SVG as it stands here")(
    later("choosing:picture")
)
