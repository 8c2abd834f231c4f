"""Files that are the workbench's own: its settings and its keys, and nothing to be explained."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from noiser_tui.settings.places import user_keybindings
from noiser_tui.workbench.settings_page import Scope

if TYPE_CHECKING:
    from noiser_tui.workbench.app import Workbench


def is_own(app: Workbench, path: Path) -> bool:
    """Whether a file has the settings or the keys of this workbench."""
    return is_keys(app, path) or scope_of(app, path) is not None


def is_keys(app: Workbench, path: Path) -> bool:
    """Whether a file has the keys."""
    own = app.configured.keys if app.configured is not None else user_keybindings()
    return path == own.resolve()


def scope_of(app: Workbench, path: Path) -> Scope | None:
    """Whose settings a file has, None where it has none."""
    if app.configured is None:
        return None
    files: dict[Path, Scope] = {
        app.configured.settings.workspace.resolve(): "workspace",
        app.configured.settings.user.resolve(): "user",
    }
    return files.get(path)
