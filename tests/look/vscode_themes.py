"""Themes in VS Code's format, made up for the tests: comments, alpha, includes and old habits."""

from __future__ import annotations

import json
from pathlib import Path

FILES: dict[str, str] = {
    "harbour.json": """{
    // dark, all that is asked for is there
    "name": "Harbour",
    "type": "dark",
    "colors": {
        "editor.background": "#16202b", /* deep water */
        "sideBar.background": "#121a23",
        "panel.background": "#1a2632",
        "foreground": "#c9d6e2",
        "descriptionForeground": "#c9d6e299",
        "panel.border": "#ffffff1a",
        "focusBorder": "#3fa7d6",
        "textLink.foreground": "#59cd90",
        "terminal.ansiGreen": "#59cd90",
        "editorWarning.foreground": "#fac05e",
        "errorForeground": "#ee6352",
        "editor.selectionBackground": "#3fa7d640",
    },
}""",
    "chalk.json": """{
    "name": "Chalk",
    "uiTheme": "vs",
    "colors": {
        "editor.background": "#FBF7EF",
        "foreground": "#2B2B2B",
        "focusBorder": "#0000",
        "button.background": "#7A5CFA",
        "errorForeground": "#FF000080",
        "editorWarning.foreground": null,
        "editor.selectionBackground": "#7A5CFA30",
    }
}""",
    # of the kind that has a type only in its package.json, and its colours in the rule without a scope
    "old.json": """{
    "name": "Old",
    "tokenColors": [
        {"settings": {"background": "#30303a", "foreground": "#e0e0e0"}},
        {"scope": "comment", "settings": {"foreground": "#777"}},
    ]
}""",
    "base.json": """{"type": "dark", "colors": {
        "editor.background": "#221a2e", "foreground": "#e8def8", "focusBorder": "#b388ff"}}""",
    "plum.json": """{"name": "Plum", "include": "./base.json", "colors": {
        "focusBorder": "#f48fb1", "sideBar.background": "#0008"}}""",
    "deep.json": """{"include": "plum.json", "colors": {"editor.background": "#10081a"}}""",
    "contrast.json": """{"type": "hcLight", "colors": {}}""",
    "bare.json": "{}",
    "green.json": """{"type": "dark", "colors": {
        "editor.background": "#0b1d0b", "foreground": "#33ff66", "focusBorder": "#33ff66",
        "errorForeground": "#33ff66", "editorWarning.foreground": "#99ff33"}}""",
    "pink.json": """{"type": "light", "colors": {
        "editor.background": "#ffe4f0", "foreground": "#6b2048", "focusBorder": "#d6338a",
        "errorForeground": "#a000a0", "textLink.foreground": "#ffc0dd"}}""",
    "grey.json": """{"type": "dark", "colors": {
        "editor.background": "#4a4a4a", "foreground": "#eee", "focusBorder": "#505050"}}""",
}


def write_all(folder: Path) -> dict[str, Path]:
    """Write the files, and return them by name."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    return {name.removesuffix(".json"): folder / name for name in FILES}


def write_theme(path: Path, **data: object) -> Path:
    """Write one theme file of these entries."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(data), encoding="utf-8")
    return path
