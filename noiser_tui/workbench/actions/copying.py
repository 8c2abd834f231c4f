"""Copying, over SSH and inside tmux too."""

from __future__ import annotations

from noiser_tui.workbench.actions.registry import action, later

_HERE = "!modal && document == 'explanation'"

action(
    "copy_token",
    "Copy the token under the cursor",
    "y",
    when=f"{_HERE} && focus == 'heat' && explained",
    help="In the coloured text",
    priority=False,
)(later("copying:copy_token"))

action(
    "copy_as",
    "Copy as text, table, JSON or picture",
    "alt+k",
    when="!modal && (document == 'explanation' || document == 'comparison' || document == 'study')",
    help="What of the document on top goes into the clipboard",
)(later("copying:copy_as"))
