"""The methods of the side bar: what can be done to the one under the cursor."""

from __future__ import annotations

from noiser_tui.workbench.actions.registry import action, later

_LIST = "!modal && focus == 'side' && sideBar == 'methods' && document == 'explanation'"

action("method_use", "Use the method under the cursor", when=_LIST, help="Enter, in Methods")(
    later("methods_room:use_pointed")
)

action(
    "estimate_all",
    "Estimate all methods",
    "e",
    when=_LIST,
    help="What each would take on this prompt",
    priority=False,
)(later("asking:estimate"))
