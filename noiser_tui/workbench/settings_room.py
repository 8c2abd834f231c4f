"""Changing settings in the form: each goes into its file at once, and the workbench follows the file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

from noiser.errors import NoiserError
from noiser.files import write_text
from noiser_tui.settings.edit import set_setting, unset_setting
from noiser_tui.settings.kinds import OneOf, Value
from noiser_tui.settings.layers import LAYERS
from noiser_tui.settings.schema import SECTIONS, SETTINGS, Setting
from noiser_tui.settings.settings import Settings
from noiser_tui.workbench import desk
from noiser_tui.workbench.ask_value import ask_value, named
from noiser_tui.workbench.opening import open_file
from noiser_tui.workbench.settings_page import Scope, SettingsPage

if TYPE_CHECKING:
    from noiser_tui.workbench.app import Workbench
    from noiser_tui.workbench.views.settings import SettingsView


def open_settings(app: Workbench) -> None:
    """Show the form, in the tab that it is open in where there is one."""
    if app.configured is None:
        app.refuse("This workbench was started without settings: there are no files to change.")
        return
    for document in app.desk.documents:
        if isinstance(document.page, SettingsPage):
            app.action_show_tab(document.id)
            return
    app.open_page(SettingsPage())


def edit(app: Workbench) -> None:
    """Ask for another value of the setting under the cursor; a flag is turned over."""
    setting = _pointed(app)
    settings = _settings(app)
    if setting is None or settings is None:
        return
    kind = setting.kind
    files = kind.files if isinstance(kind, OneOf) else ()
    ask_value(
        app,
        setting.key,
        f"{setting.what} Values: {kind.allowed}.",
        kind,
        str(settings.get(setting.key)),
        _written(app, setting),
        choices=named(kind, setting.default),
        free=f"Or a file: {', '.join(files)}" if files else "",
    )


def _written(app: Workbench, setting: Setting) -> Callable[[str], None]:
    def take(answer: str) -> None:
        try:
            value = setting.read(answer)
        except NoiserError as error:
            _say(app, error=str(error))
        else:
            write(app, setting, value)

    return take


def write(app: Workbench, setting: Setting, value: Value) -> None:
    """Put a value into the file of the page's scope, and say where another layer counts before it."""
    scope = _page(app).scope
    try:
        if scope == "workspace":
            setting.check_workspace()
        set_setting(_file(app, scope), setting.key, value)
    except NoiserError as error:
        _say(app, error=str(error))
    else:
        _follow(app)
        _say(app, note=_overruled(app, setting, scope))


def keep(app: Workbench, key: str, value: Value) -> None:
    """Write what was chosen outside the form into the user's file, or the folder's where it stands there."""
    settings = _settings(app)
    if settings is None or settings.get(key) == value:
        return
    setting, origin = SETTINGS[key], settings.origins[key]
    scope: Scope = "workspace" if origin.rank == LAYERS.index("workspace") else "user"
    try:
        set_setting(_file(app, scope), key, value)
    except NoiserError as error:
        app.notify(f"The next start will not know: {error}", severity="warning", markup=False)
        return
    _follow(app)
    if told := _overruled(app, setting, scope):
        app.notify(f"At the next start {told}", severity="warning", markup=False)


def reset(app: Workbench) -> None:
    """Take the setting under the cursor out of the file of the page's scope."""
    setting = _pointed(app)
    if setting is None:
        return
    scope = _page(app).scope
    try:
        was_there = unset_setting(_file(app, scope), setting.key)
    except NoiserError as error:
        _say(app, error=str(error))
        return
    _follow(app)
    if was_there:
        _say(app, note=_overruled(app, setting, scope))
    else:
        _say(app, note=f"{setting.key} does not stand in the {scope} settings.")


def turn_scope(app: Workbench) -> None:
    """Write to the other file: the user's own, or the one of the folder that it was started in."""
    page = _page(app)
    scope: Scope = "workspace" if page.scope == "user" else "user"
    app.show_page(replace(page, scope=scope, error="", note=f"Changes go to {_file(app, scope)}."))


def search(app: Workbench) -> None:
    """Type words that the settings are narrowed to."""
    _view(app).search()


def open_the_file(app: Workbench) -> None:
    """Open the file of the page's scope as a text; one that is not there is made, all in it a comment."""
    path = _file(app, _page(app).scope)
    try:
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            write_text(path, commented())
    except (NoiserError, OSError) as error:
        _say(app, error=str(error))
        return
    open_file(app, path)


def commented() -> str:
    """Every setting with its default and what it is, as comments of a TOML file."""
    import tomlkit

    lines = ["# The settings of Noiser. What stands here without # counts over the default."]
    for section, what in SECTIONS.items():
        lines += ["", f"# {what}", f"# [{section}]"]
        for setting in SETTINGS.values():
            if setting.section == section:
                value = tomlkit.item(setting.default).as_string()
                lines.append(f"# {setting.name} = {value}  # {setting.what}")
    return "\n".join([*lines, ""])


def _overruled(app: Workbench, setting: Setting, scope: Scope) -> str:
    """A sentence where what was written does not count; empty where it does."""
    settings = _settings(app)
    if settings is None:
        return ""
    origin = settings.origins[setting.key]
    if origin.rank <= LAYERS.index(scope):
        return ""
    return f"{setting.key} stays {settings.get(setting.key)}: {origin} counts before the {scope} settings."


def _follow(app: Workbench) -> None:
    if app.configured is not None:
        app.configured.follow()


def _say(app: Workbench, *, error: str = "", note: str = "") -> None:
    """Say it on the page of the settings, and show what is there by now."""
    for document in app.desk.documents:
        if isinstance(document.page, SettingsPage):
            page = replace(document.page, error=error, note=note)
            app.show_desk(desk.with_page(app.desk, page, document.id))


def _settings(app: Workbench) -> Settings | None:
    return app.configured.settings if app.configured is not None else None


def _page(app: Workbench) -> SettingsPage:
    return cast("SettingsPage", app.desk.active.page)


def _view(app: Workbench) -> SettingsView:
    return cast("SettingsView", app.view)


def _pointed(app: Workbench) -> Setting | None:
    return SETTINGS.get(_view(app).pointed)


def _file(app: Workbench, scope: Scope) -> Path:
    settings = _settings(app)
    assert settings is not None, "the form lists no setting where there are none"
    return settings.user if scope == "user" else settings.workspace
