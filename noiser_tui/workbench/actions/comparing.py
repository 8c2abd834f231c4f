"""Comparing what was made, or making what is to be compared."""

from __future__ import annotations

from noiser_tui.workbench.actions.registry import action, later

_ROW = "!modal && sideBar == 'compare' && focus == 'side' && !typing"

action(
    "compare_here",
    "Compare methods, bounds or models on this prompt",
    "alt+v",
    when="!modal && (document == 'explanation' || document == 'comparison')",
    help="Several are chosen, each is a row",
)(later("compare_room:compare_here"))
action(
    "compare_run",
    "Make the rows that are left",
    "f5",
    when="!modal && document == 'comparison' && rowsLeft && !running",
    short="Go on",
    help="Those that a cancel left, and those that failed",
)(later("compare_room:go_on"))
action(
    "compare_with",
    "Compare with options of each method",
    "ctrl+k v",
    when="!modal && document == 'explanation'",
    help="Methods, bounds, models, samples and baselines of one method, how many on top",
)(later("compare_options:compare_with"))
action(
    "compare_options",
    "All options of the comparison",
    "shift+f2",
    "alt+q",
    when="!modal && document == 'comparison'",
    help="What is compared, options of one method, how many on top; made anew in a tab",
)(later("compare_options:options"))
action(
    "compare_top",
    "How many of the highest two rows share",
    "t",
    when="!modal && document == 'comparison' && focus == 'document' && !typing",
    help="In a comparison; nothing runs again",
    priority=False,
)(later("compare_options:top"))
action(
    "compare_marked",
    "Compare the marked runs",
    "alt+d",
    help="Nothing runs: what was found is laid over each other",
)(later("compare_room:compare_marked"))
action(
    "compare_unmark",
    "Take the run off the comparison",
    "space",
    "delete",
    "m",
    when=_ROW,
    priority=False,
    help="In the side bar Compare",
)(later("compare_room:unmark"))
action(
    "compare_unmark_all",
    "Take all marks away",
    "ctrl+k delete",
    when="!modal && sideBar == 'compare'",
)(later("compare_room:unmark_all"))
action(
    "compare_open",
    "Open the marked run",
    when=_ROW,
    help="Enter, in a tab",
)(later("runs_room:open_pointed"))
action(
    "compare_open_row",
    "Open the row's explanation",
    when="!modal && document == 'comparison'",
    help="Enter in a comparison: the row under the cursor, in a tab",
)(later("compare_room:open_row"))
