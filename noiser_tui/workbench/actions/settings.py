"""The settings and the keys: the form, and the files behind it."""

from __future__ import annotations

from noiser_tui.workbench.actions.registry import action, later

_ROW = "!modal && document == 'settings' && focus == 'document' && !typing"

action("settings", "Settings", "alt+g", "ctrl+comma", help="A form, and the file behind it")(
    later("settings_room:open_settings")
)

action("setting_edit", "Change the setting", when=_ROW, help="Enter, in Settings")(
    later("settings_room:edit")
)

action(
    "setting_reset",
    "Reset the setting",
    "r",
    "delete",
    when=_ROW,
    help="What is below it counts again",
    priority=False,
)(later("settings_room:reset"))

action(
    "setting_scope",
    "User or workspace settings",
    "s",
    when=_ROW,
    help="Which file changes go to",
    priority=False,
)(later("settings_room:turn_scope"))

action(
    "settings_search",
    "Search the settings",
    "slash",
    "ctrl+f",
    when="!modal && document == 'settings' && focus == 'document'",
    help="By name, words, value, place",
    priority=False,
)(later("settings_room:search"))

action(
    "settings_file",
    "Open the settings file",
    "o",
    when=_ROW,
    help="settings.toml as a text; Alt+W saves it",
    priority=False,
)(later("settings_room:open_the_file"))
