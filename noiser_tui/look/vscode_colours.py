"""Which of VS Code's colours stand for ours, and what VS Code shows where a theme names none."""

from __future__ import annotations

from typing import Literal, NamedTuple

Kind = Literal["dark", "light", "high-contrast", "high-contrast-light"]

KINDS: dict[str, Kind] = {
    "dark": "dark",
    "vs-dark": "dark",
    "light": "light",
    "vs": "light",
    "hc": "high-contrast",
    "hcDark": "high-contrast",
    "hc-black": "high-contrast",
    "hcLight": "high-contrast-light",
    "hc-light": "high-contrast-light",
}
"""What themes write for `type` or `uiTheme`."""


class Source(NamedTuple):
    """Where one of our colours comes from: the first of `keys` that reads well, with `least` contrast."""

    keys: tuple[str, ...]
    least: float


GROUNDS = {
    "background": ("editor.background",),
    "surface": ("sideBar.background", "editorWidget.background"),
    "panel": ("panel.background", "statusBar.background"),
}
"""What text stands on; where a theme names none of them, the background."""

SOURCES = {
    "foreground": Source(("foreground", "editor.foreground"), 4.5),
    "muted": Source(
        ("descriptionForeground", "tab.inactiveForeground", "editorLineNumber.foreground"), 3.0
    ),
    "border": Source(
        ("contrastBorder", "panel.border", "sideBar.border", "editorGroup.border", "input.border"),
        1.2,
    ),
    "primary": Source(
        ("focusBorder", "activityBarBadge.background", "button.background", "textLink.foreground"),
        3.0,
    ),
    "accent": Source(("textLink.foreground", "terminal.ansiCyan", "terminal.ansiBlue"), 3.0),
    "success": Source(("terminal.ansiGreen", "gitDecoration.addedResourceForeground"), 3.0),
    "warning": Source(("editorWarning.foreground", "terminal.ansiYellow"), 3.0),
    "error": Source(("errorForeground", "editorError.foreground", "terminal.ansiRed"), 3.0),
    "selection": Source(("editor.selectionBackground", "list.inactiveSelectionBackground"), 1.15),
}
"""Our colours with the least contrast each needs to the background."""

DEFAULTS: dict[Kind, dict[str, str]] = {
    "dark": {
        "background": "#1e1e1e",
        "foreground": "#cccccc",
        "primary": "#007fd4",
        "accent": "#3794ff",
        "success": "#0dbc79",
        "warning": "#cca700",
        "error": "#f48771",
        "selection": "#264f78",
        "border": "#80808059",
    },
    "light": {
        "background": "#ffffff",
        "foreground": "#616161",
        "primary": "#0090f1",
        "accent": "#006ab1",
        "success": "#107c10",
        "warning": "#bf8803",
        "error": "#a1260d",
        "selection": "#add6ff",
        "border": "#80808059",
    },
    "high-contrast": {
        "background": "#000000",
        "foreground": "#ffffff",
        "primary": "#f38518",
        "accent": "#21a6ff",
        "success": "#00cd00",
        "warning": "#ffd370",
        "error": "#f48771",
        "selection": "#0f4a85",
        "border": "#6fc3df",
    },
    "high-contrast-light": {
        "background": "#ffffff",
        "foreground": "#292929",
        "primary": "#006bbd",
        "accent": "#0f4a85",
        "success": "#136c13",
        "warning": "#895503",
        "error": "#b5200d",
        "selection": "#add6ff",
        "border": "#0f4a85",
    },
}
"""VS Code's own defaults; its muted text is the foreground at 70%."""
