"""The runs of the side bar: what can be done to the one under the cursor."""

from __future__ import annotations

from noiser_tui.workbench.actions.registry import action, later

_LIST = "!modal && sideBar == 'runs' && focus == 'side'"
_ROW = f"{_LIST} && !typing"

action("run_open", "Open the run", when=_ROW, help="Enter, in a tab")(
    later("runs_room:open_pointed")
)
action("run_rename", "Rename the run", "r", when=_ROW, priority=False, help="In the side bar Runs")(
    later("runs_room:rename")
)
action("run_pin", "Pin the run", "p", when=_ROW, priority=False, help="On top, and never pruned")(
    later("runs_room:pin")
)
action(
    "run_mark",
    "Mark the run for comparison",
    "space",
    "m",
    when=_ROW,
    priority=False,
    help="In the side bar Runs; Alt+C shows what is marked",
)(later("runs_room:mark"))
action(
    "run_delete",
    "Delete the run",
    "delete",
    when=_ROW,
    priority=False,
    help="It can be brought back for a week",
)(later("runs_room:delete"))
action(
    "run_undelete",
    "Bring the deleted run back",
    "u",
    when=_ROW,
    priority=False,
    help="The one deleted last",
)(later("runs_room:undo_delete"))
action("run_export", "Export the run", "e", when=_ROW, priority=False, help="To a file")(
    later("runs_room:export")
)
action("run_search", "Search the runs", "slash", when=_ROW, help="By any words")(
    later("runs_room:search")
)
action(
    "run_mark_shown",
    "Mark this run for comparison",
    "ctrl+k k",
    when="!modal && explained",
    help="The run of the tab on top",
)(later("runs_room:mark_shown"))
