"""The settings as a form: every one by section, its value, where that comes from, what it is."""

from __future__ import annotations

from typing import Any, cast

from textual import on
from textual.app import ComposeResult
from textual.widget import Widget
from textual.widgets import Input

from noiser_tui.look.cells import cell_width, one_line, visible
from noiser_tui.settings.kinds import Value
from noiser_tui.settings.loading import LOADING
from noiser_tui.settings.schema import SECTIONS, SETTINGS, Setting
from noiser_tui.settings.settings import Settings
from noiser_tui.workbench.desk import Document
from noiser_tui.workbench.keyed import KeyedApp
from noiser_tui.workbench.look import Pens
from noiser_tui.workbench.settings_page import SettingsPage
from noiser_tui.workbench.views.view import View
from noiser_tui.workbench.widgets.action_row import ActionRow, Label
from noiser_tui.workbench.widgets.plain_text import Line
from noiser_tui.workbench.widgets.row_keys import RowKeys
from noiser_tui.workbench.widgets.row_list import Row, RowList
from noiser_tui.workbench.widgets.words import Paragraphs, Words

AT_THE_START = frozenset(
    {
        "appearance.side_bar",
        "engine.model",
        "files.history",
    }
)
"""Settings that are read when the workbench starts; all others hold at once."""
VALUE = 18
"""Columns of a value."""
NEXT_LOAD = frozenset(f"engine.{name}" for name in LOADING)
"""Settings of the next model that is loaded."""


class SettingsView(View):
    """Whose file is written, a line to search in, the settings, the one under the cursor in words, keys."""

    def __init__(self, pens: Pens, document: Document) -> None:
        super().__init__(pens, document)
        self._drawn: object = None

    def compose(self) -> ComposeResult:
        """The parts."""
        yield ScopeRow(self.pens)
        yield Line(placeholder="Search the settings", compact=True)
        yield RowList(self.pens, empty="No setting has these words.")
        yield Words(self.pens)
        yield RowKeys(
            self.pens,
            (
                ("setting_edit", "change"),
                ("setting_reset", "reset"),
                ("setting_scope", "user or workspace"),
                ("settings_file", "file"),
                ("settings_search", "search"),
            ),
        )

    @property
    def settings(self) -> Settings | None:
        """What holds now; None where the workbench was started without files."""
        configured = getattr(self.app, "configured", None)
        return cast("Settings", configured.settings) if configured is not None else None

    @property
    def pointed(self) -> str:
        """The key of the setting under the cursor."""
        row = self.query_one(RowList).pointed
        return row.key if row is not None else ""

    @property
    def here(self) -> dict[str, Any]:
        """Which of all settings is under the cursor."""
        if self.settings is None:
            return {}
        keys = [row.key for row in list_rows(self.settings, "")]
        return {"cursor": (keys.index(self.pointed), 0)} if self.pointed in keys else {}

    @property
    def first(self) -> Widget | None:
        """The list, once it is there."""
        return next(iter(self.query(RowList)), None)

    def search(self) -> None:
        """The line to search in."""
        self.screen.set_focus(self.query_one(Line))  # at once: letters may be on their way

    def draw(self, document: Document) -> None:
        """Bring the list up to the settings that hold."""
        page = cast("SettingsPage", document.page)
        sought = self.query_one(Line).value
        drawn = self.settings, page.scope, sought
        if drawn == self._drawn:
            return
        self._drawn = drawn
        rows = list_rows(self.settings, sought) if self.settings is not None else []
        self.show_rows(self.query_one(RowList), rows)
        self.query_one(ScopeRow).show_state((page, self.settings))
        self._tell()

    def _tell(self) -> None:
        setting = SETTINGS.get(self.pointed)
        if setting is not None and self.settings is not None:
            self.query_one(Words).show_state(in_words(setting, self.settings))
        else:
            self.query_one(Words).show_state(())

    @on(Input.Changed)
    def narrowed(self, message: Input.Changed) -> None:
        """Only settings that have what is typed."""
        message.stop()
        self.draw(self.document)

    @on(Input.Submitted)
    def searched(self, message: Input.Submitted) -> None:
        """On to what was found."""
        message.stop()
        self.focus_first()

    @on(RowList.Pointed)
    def pointed_at(self, message: RowList.Pointed) -> None:
        """Say what it is."""
        message.stop()
        self._tell()

    @on(RowList.Chosen)
    async def chosen(self, message: RowList.Chosen) -> None:
        """Change it."""
        message.stop()
        await cast("KeyedApp", self.app).action_do("setting_edit")


class ScopeRow(ActionRow["tuple[SettingsPage, Settings | None]"]):
    """Whose settings are changed, and in which file."""

    def labels(self, width: int) -> list[Label]:
        """Both scopes, the chosen one marked, and the path."""
        if self.state is None:
            return []
        page, settings = self.state
        labels: list[Label] = []
        for scope in ("user", "workspace"):
            chosen = scope == page.scope
            style = self.pens.accent if chosen else self.pens.muted
            text = f" {'●' if chosen else '○'} {scope}"
            labels.append(([(text, style)], "do('setting_scope')"))
        if settings is not None:
            path = str(settings.user if page.scope == "user" else settings.workspace)
            room = width - sum(cell_width(text) for parts, _ in labels for text, _ in parts) - 3
            labels.append(
                ([(f"   {one_line(visible(path), room)}", self.pens.muted)], "do('settings_file')")
            )
        return labels


def list_rows(settings: Settings, sought: str = "") -> list[Row]:
    """The settings under their sections, those that have all the words sought; ● where one is set."""
    words = sought.lower().split()
    rows: list[Row] = []
    for section in SECTIONS:
        found = [
            _row(setting, settings)
            for setting in SETTINGS.values()
            if setting.section == section and _has(setting, settings, words)
        ]
        if found:
            rows += [Row(f"heading:{section}", section.upper(), heading=True), *found]
    return rows


def _has(setting: Setting, settings: Settings, words: list[str]) -> bool:
    text = (
        f"{setting.key} {setting.what} {settings.get(setting.key)} {settings.origin(setting.key)}"
    )
    return all(word in text.lower() for word in words)


def _row(setting: Setting, settings: Settings) -> Row:
    is_set = settings.is_set(setting.key)
    value = one_line(shown(settings.get(setting.key)), VALUE)
    return Row(
        setting.key,
        f"{setting.name:<14} {value:<{VALUE}} {setting.what}",
        settings.origins[setting.key].layer if is_set else "",
        mark="● " if is_set else "  ",
        tone="strong" if is_set else "plain",
    )


def shown(value: Value) -> str:
    """A value as the form writes it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value) or "—"


def in_words(setting: Setting, settings: Settings) -> Paragraphs:
    """What a setting is, which values it can have, where the present one comes from, when it holds."""
    when = ""
    if setting.key in AT_THE_START:
        when = " A change holds from the next start on."
    elif setting.key in NEXT_LOAD:
        when = " A change holds for the next model that is loaded."
    origin = settings.origin(setting.key)
    return (
        (f"{setting.key}: {setting.what}{when}", "plain"),
        (f"Values: {setting.kind.allowed}.", "muted"),
        (f"Now {shown(settings.get(setting.key))}, from: {origin}.", "muted"),
    )
