"""Looking at what was found: from target to target."""

from __future__ import annotations

from typing import TYPE_CHECKING

from noiser_tui.workbench import state
from noiser_tui.workbench.actions.registry import action, later

if TYPE_CHECKING:
    from noiser_tui.workbench.app import Workbench

_HERE = "!modal && document == 'explanation'"

action(
    "details",
    "All about the token under the cursor",
    "enter",
    when="!modal && focus == 'heat'",
    short="Details",
    help="Score, α range, id, bytes, its probability over the noise",
    priority=False,
)(later("inspecting:details"))

action(
    "find_token",
    "Find a token in the coloured text",
    "ctrl+f",
    when=f"{_HERE} && focus != 'side'",
    help="By its text; the cursor goes there",
)(later("finding:find_token"))


@action(
    "next_target",
    "Next of several targets",
    "alt+right",
    "ctrl+k right_square_bracket",
    when=_HERE,
    help="A target of several tokens: the whole, then each token",
)
def next_target(app: Workbench) -> None:
    """Look at the next of several targets."""
    _walk(app, 1)


@action(
    "previous_target",
    "Previous of several targets",
    "alt+left",
    "ctrl+k left_square_bracket",
    when=_HERE,
    help="Back towards the whole",
)
def previous_target(app: Workbench) -> None:
    """Look at the one before."""
    _walk(app, -1)


def _walk(app: Workbench, steps: int) -> None:
    if app.desk.explanation is not None:
        app.show_page(state.walked(app.desk.explanation, steps))
