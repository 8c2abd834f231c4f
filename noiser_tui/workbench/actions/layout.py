"""What is unfolded around the document, and where the keys go."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from noiser_tui.workbench.actions.registry import Do, action, later
from noiser_tui.workbench.desk import PANELS, SIDES

if TYPE_CHECKING:
    from noiser_tui.workbench.app import Workbench


LEAST = 4
"""Lines of the panel: its border, its header and two of the view."""
_OPEN = "!modal && panel != '' && !zen"


@action(
    "side",
    "Side bar",
    "f9",
    "ctrl+b",
    short="Side bar",
    help="Open it with its last view, or close it",
)
async def side(app: Workbench) -> None:
    """Open or close the side bar."""
    await _turn_side(app, app.desk.side, not app.desk.side_open)


async def _turn_side(app: Workbench, name: str, is_open: bool) -> None:
    """Open the side bar with this view, or close it; the keys go there, or to the document."""
    app.show_desk(replace(app.desk, side=name, side_open=is_open, zen=False))
    if is_open:
        await app.side_bar.focus_view()
    else:
        to_document(app)


@action("panel", "Panel", "f10", "ctrl+j", short="Panel", help="Search, metrics, problems, output")
def panel(app: Workbench) -> None:
    """Open or close the panel."""
    app.show_desk(replace(app.desk, panel_open=not app.desk.panel_open, zen=False))


@action("panel_large", "Panel larger or smaller", "alt+j", help="More room for it")
def panel_large(app: Workbench) -> None:
    """Give the panel more of the screen, or take it back."""
    app.show_desk(replace(app.desk, panel_open=True, panel_large=not app.desk.panel_large))


@action("panel_taller", "Panel taller", "alt+up", when=_OPEN, help="By two lines")
def panel_taller(app: Workbench) -> None:
    """Give the panel two lines more."""
    _resize_panel(app, 2)


@action("panel_shorter", "Panel shorter", "alt+down", when=_OPEN, help="By two lines")
def panel_shorter(app: Workbench) -> None:
    """Take two lines from it."""
    _resize_panel(app, -2)


def _resize_panel(app: Workbench, by: int) -> None:
    most = app.base.size.height * 3 // 5  # as in the style sheet
    lines = min(most, max(LEAST, app.panel.outer_size.height + by))
    app.show_desk(replace(app.desk, panel_height=lines, panel_large=False))


@action("panel_next", "Next view of the panel", "shift+f10", help="Search, metrics, problems …")
def panel_next(app: Workbench) -> None:
    """Show the next view of the panel."""
    at = (PANELS.index(app.desk.panel) + 1) % len(PANELS) if app.desk.panel_open else 0
    app.show_desk(replace(app.desk, panel_open=True, panel=PANELS[at]))


def _show_side(name: str) -> Do:
    async def show(app: Workbench) -> None:
        """Open the view, or close it where the keys are in it."""
        desk = app.desk
        there = desk.side_open and desk.side == name and app.side_bar.has_focus_within
        await _turn_side(app, name, not there)

    return show


def _show_panel(name: str) -> Do:
    async def show(app: Workbench) -> None:
        """Open the view and give it the keys."""
        app.show_desk(replace(app.desk, panel=name, panel_open=True, zen=False))
        await app.panel.focus_view()

    return show


_SIDE_KEYS = {
    "explorer": ("alt+e", "ctrl+shift+e"),
    "runs": ("alt+r",),
    "models": ("alt+m",),
    "methods": ("alt+t",),
    "compare": ("alt+c",),
    "studies": ("alt+s",),
}
_SIDE_HELP = {
    "explorer": "Prompts, saved runs, examples, datasets",
    "runs": "Every run of every session",
    "models": "Built-in, cached, recent: load and unload",
    "methods": "What each is, and what it costs here",
    "compare": "What is marked for comparison",
    "studies": "Grids of models, methods and datasets",
}
_PANEL_KEYS = {
    "search": ("alt+h",),
    "metrics": ("alt+i",),
    "problems": ("alt+p", "ctrl+shift+m"),
    "output": ("alt+o", "ctrl+shift+u"),
}
for _name in SIDES:
    action(f"show_{_name}", f"Show {_name}", *_SIDE_KEYS[_name], help=_SIDE_HELP[_name])(
        _show_side(_name)
    )
for _name in PANELS:
    action(f"panel_{_name}", f"Panel: {_name}", *_PANEL_KEYS[_name], help="In the panel")(
        _show_panel(_name)
    )


@action("focus_prompt", "Go to the prompt", "ctrl+e", "alt+1", help="Type there")
def to_document(app: Workbench) -> None:
    """Give the keys to the document."""
    app.view.focus_first()


@action("zen", "Zen mode", "alt+z", "ctrl+k z", help="The document alone; Esc leaves it")
def zen(app: Workbench) -> None:
    """Give the document the whole screen, or put everything back."""
    app.show_desk(replace(app.desk, zen=not app.desk.zen))


@action(
    "leave_zen",
    "Leave zen mode",
    "escape",
    when="!modal && zen && !running && !loading && focus != 'strip'",
    priority=False,
)
def leave_zen(app: Workbench) -> None:
    """Put everything back."""
    app.show_desk(replace(app.desk, zen=False))


action(
    "back",
    "Back to the document",
    "escape",
    when="!modal && !running && !loading && !zen && !replaying && !listing"
    " && ((focus == 'side' && !fetching) || focus == 'panel')",
    help="From the side bar or the panel; both stay open",
    priority=False,
)(to_document)

action("theme", "Choose the theme", "f12", "ctrl+k t", help="Colours", args=True)(
    later("choosing:theme")
)


@action(
    "focus_text",
    "Go to the coloured text",
    "ctrl+k g",
    help="The heat map; in other documents their first part",
    priority=False,
)
def to_text(app: Workbench) -> None:
    """Give the keys to the coloured text."""
    heat = app.view.query("#heat")
    if heat:
        app.base.set_focus(heat.first())
    else:
        to_document(app)
