"""Files that are the workbench's own: opened as what they are, and nothing to be explained."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from noiser_tui.settings.places import user_keybindings
from noiser_tui.workbench.settings_page import Scope, SettingsPage

if TYPE_CHECKING:
    from noiser_tui.workbench.app import Workbench


def is_own(app: Workbench, path: Path) -> bool:
    """Whether a file has the settings or the keys of this workbench."""
    return _is_keys(app, path) or _scope(app, path) is not None


def open_own(app: Workbench, path: Path) -> bool:
    """Open a file of settings as the form over it, one of keys as their page; whether it is such a one."""
    if _is_keys(app, path):
        from noiser_tui.workbench.keys_room import keys

        keys(app)
        return True
    scope = _scope(app, path)
    if scope is None:
        return False
    from noiser_tui.workbench.settings_room import open_settings

    open_settings(app)
    if isinstance(page := app.desk.active.page, SettingsPage):
        app.show_page(replace(page, scope=scope))
    return True


def _is_keys(app: Workbench, path: Path) -> bool:
    own = app.configured.keys if app.configured is not None else user_keybindings()
    return path == own.resolve()


def _scope(app: Workbench, path: Path) -> Scope | None:
    if app.configured is None:
        return None
    files: dict[Path, Scope] = {
        app.configured.settings.workspace.resolve(): "workspace",
        app.configured.settings.user.resolve(): "user",
    }
    return files.get(path)
