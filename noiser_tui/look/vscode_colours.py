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
    "surface": ("quickInput.background", "editorWidget.background", "sideBar.background"),
    "panel": ("panel.background",),
}
"""What text stands on; where a theme names none of them, the background."""

SOURCES = {
    "foreground": Source(("editor.foreground", "foreground"), 4.5),
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


class Place(NamedTuple):
    """A part of the screen: what it stands on, the first that is named, and those of our colours it has."""

    grounds: tuple[str, ...]
    colours: dict[str, tuple[str, ...]]


PLACES = {
    "activity": Place(
        ("activityBar.background",),
        {
            "foreground": ("activityBar.foreground",),
            "accent": ("activityBar.foreground",),
            "muted": ("activityBar.inactiveForeground",),
        },
    ),
    "side": Place(
        ("sideBar.background",),
        {"foreground": ("sideBar.foreground", "foreground"), "border": ("sideBar.border",)},
    ),
    "tabs": Place(
        ("tab.inactiveBackground", "editorGroupHeader.tabsBackground"),
        {"muted": ("tab.inactiveForeground",)},
    ),
    "tab": Place(
        ("tab.activeBackground",),
        {
            "foreground": ("tab.activeForeground",),
            "accent": ("tab.activeBorderTop", "tab.activeBorder"),
        },
    ),
    "crumbs": Place(("breadcrumb.background",), {"muted": ("breadcrumb.foreground",)}),
    "panel": Place(
        ("panel.background",),
        {
            "foreground": ("foreground",),
            "muted": ("panelTitle.inactiveForeground",),
            "border": ("panel.border",),
        },
    ),
    "status": Place(("statusBar.background",), {"foreground": ("statusBar.foreground",)}),
    "list": Place(
        ("list.activeSelectionBackground",), {"foreground": ("list.activeSelectionForeground",)}
    ),
    "field": Place(("input.background",), {"foreground": ("input.foreground", "foreground")}),
    "widget": Place(
        ("quickInput.background", "editorWidget.background"),
        {"foreground": ("quickInput.foreground", "editorWidget.foreground", "foreground")},
    ),
    "notice": Place(
        ("notifications.background",), {"foreground": ("notifications.foreground", "foreground")}
    ),
}
"""Parts that are as the editor where a theme does not say what they stand on."""

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
