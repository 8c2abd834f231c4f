"""Changing the settings of one section where they are used: each is kept at once, in its file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from noiser.errors import NoiserError
from noiser_tui.settings.edit import set_setting, unset_setting
from noiser_tui.settings.kinds import Value
from noiser_tui.settings.schema import Setting
from noiser_tui.workbench import measuring_options
from noiser_tui.workbench.ask_value import ask_value, named
from noiser_tui.workbench.screens.choice import Choice
from noiser_tui.workbench.screens.section import Fact, Section, SectionOptions, shown

if TYPE_CHECKING:
    from pathlib import Path

    from noiser_tui.settings.settings import Settings
    from noiser_tui.workbench.app import Workbench

Take = Callable[[str], None]
Ask = Callable[[Setting, str, Take], bool]
"""Asks for a setting's value in its own way, given the present one; False where it has none."""


def open_section(
    app: Workbench,
    name: str,
    title: str,
    use: str,
    go: Callable[[Workbench], None],
    *,
    ask: Ask = lambda setting, now, take: False,
    facts: Sequence[Fact] = (),
) -> None:
    """List the settings of a section; `go` where they are to be used at once."""
    if app.configured is None:
        app.refuse("This workbench was started without settings: there are no files to change.")
        return
    configured = app.configured
    section = Section(
        name,
        title,
        use,
        now=lambda key: configured.settings.get(key),
        origin=lambda key: configured.settings.origin(key),
        no_effect=lambda key: measuring_options.no_effect(key, app.values),
        problem=lambda: measuring_options.problem(name, app.values),
        edit=partial(_edit, app, ask),
        reset=partial(_reset, app),
        facts=facts,
    )

    def take(answer: bool | None) -> None:
        if answer:
            go(app)

    app.push_screen(SectionOptions(app.pens, section), take)


def _edit(app: Workbench, ask: Ask, setting: Setting, said: Take) -> None:
    settings = _settings(app)

    def take(answer: str) -> None:
        try:
            said(change(app, setting, setting.read(answer)))
        except NoiserError as error:
            said(str(error))

    now = str(settings.get(setting.key))
    if ask(setting, now, take):
        return
    choices: list[Choice] = named(setting.kind, setting.default)
    hint = f"{setting.what} Values: {setting.kind.allowed}."
    ask_value(app, setting.key, hint, setting.kind, now, take, choices=choices)


def change(app: Workbench, setting: Setting, value: Value) -> str:
    """Write a value into the file that says the present one, the user's where none does.

    Returns a sentence where it cannot be written, or where what was written does not count.
    """
    try:
        set_setting(_file(app, setting), setting.key, value)
    except NoiserError as error:
        return str(error)
    return _follow(app, setting, value)


def _reset(app: Workbench, setting: Setting) -> str:
    try:
        unset_setting(_file(app, setting), setting.key)
    except NoiserError as error:
        return str(error)
    return _follow(app, setting, None)


def _follow(app: Workbench, setting: Setting, value: Value | None) -> str:
    assert app.configured is not None
    app.configured.follow()
    settings = _settings(app)
    wanted = setting.default if value is None else value
    if settings.get(setting.key) == wanted:
        return ""
    now, origin = shown(settings.get(setting.key)), settings.origin(setting.key)
    return f"{setting.key} stays {now}: {origin} counts before."


def _file(app: Workbench, setting: Setting) -> Path:
    settings = _settings(app)
    return settings.workspace if _origin(app, setting) == "workspace" else settings.user


def _origin(app: Workbench, setting: Setting) -> str:
    return _settings(app).origins[setting.key].layer


def _settings(app: Workbench) -> Settings:
    assert app.configured is not None, "the list is opened only where there are settings"
    return app.configured.settings
