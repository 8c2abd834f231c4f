"""The settings of one section on one page, each changed by one choice, and a row that uses them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from noiser_tui.settings.kinds import Value
from noiser_tui.settings.schema import SETTINGS, Setting
from noiser_tui.workbench.look import Pens
from noiser_tui.workbench.screens.option_page import OptionPage, column, listed
from noiser_tui.workbench.widgets.row_list import Row
from noiser_tui.workbench.widgets.words import Paragraphs

USE = "use"
"""The key of the row that goes ahead."""
FACT = "fact:"
"""Before the names of rows that are told and not chosen."""
VALUE = 18
"""Columns of a value."""
NAME = 11


@dataclass(frozen=True)
class Fact:
    """A row that is no setting: its name, its value, what it is, and the setting that it comes after."""

    name: str
    value: str
    what: str
    after: str


@dataclass(frozen=True)
class Section:
    """What the page is about, and how it asks and changes: `now` and the others take a setting's key.

    `no_effect` says why one does not count, `edit` asks for another value and calls what it is given
    with the answer's problem, `reset` takes the value back and returns its problem.
    """

    name: str
    title: str
    use: str
    now: Callable[[str], Value]
    origin: Callable[[str], str]
    no_effect: Callable[[str], str]
    problem: Callable[[], str]
    edit: Callable[[Setting, Callable[[str], None]], None]
    reset: Callable[[Setting], str]
    facts: Sequence[Fact] = ()

    @property
    def settings(self) -> list[Setting]:
        """Its settings, in their order."""
        return [one for one in SETTINGS.values() if one.section == self.name]


class SectionOptions(OptionPage[bool | None]):
    """Returns True where what was chosen is to be used at once; the values are kept in any case."""

    heading = "Options"
    hint = "Enter changes, Del resets, Esc closes"

    def __init__(self, pens: Pens, section: Section) -> None:
        super().__init__(pens)
        self._section = section

    def on_mount(self) -> None:
        """Under the section's own title."""
        self.query_one("#searched").border_title = self._section.title

    def rows(self, sought: str) -> list[Row]:
        """What goes ahead, the settings that have the words, what is told beside them."""
        section = self._section
        rows: list[Row] = []
        for setting in section.settings:
            rows.append(_row(setting, section))
            rows += [
                Row(f"{FACT}{one.name}", _columns(one.name, one.value, one.what), mark="  ")
                for one in section.facts
                if one.after == setting.name
            ]
        return listed(rows, sought, Row(USE, section.use, mark="▶ ", tone="accent"))

    def words(self, row: Row | None) -> Paragraphs:
        """What is wrong, and what is under the cursor."""
        wrong = self._wrong or self._section.problem()
        told: Paragraphs = ((wrong, "error"),) if wrong else ()
        if row is None:
            return told
        fact = next((one for one in self._section.facts if row.key == f"{FACT}{one.name}"), None)
        if fact is not None:
            return (*told, (f"{fact.name}: {fact.what}", "plain"))
        setting = SETTINGS.get(row.key)
        return told + (in_words(setting, self._section) if setting is not None else ())

    def narrow(self) -> None:
        """The cursor stays where it can."""
        self.fill()

    def choose(self, row: Row) -> None:
        """Change the setting, or go ahead."""
        if (setting := SETTINGS.get(row.key)) is not None:
            self._section.edit(setting, self._changed)
        elif row.key == USE and not self._section.problem():
            self.finish(True)

    def _changed(self, said: str) -> None:
        self._wrong = said
        self.fill()

    def action_reset(self) -> None:
        """Give the setting under the cursor its default again."""
        row = self.pointed
        if row is not None and (setting := SETTINGS.get(row.key)) is not None:
            self._changed(self._section.reset(setting))


def _row(setting: Setting, section: Section) -> Row:
    value, reason = section.now(setting.key), section.no_effect(setting.key)
    what = f"no effect: {reason}" if reason else setting.what
    return Row(
        setting.key,
        _columns(setting.name, shown(value), what),
        mark="  " if value == setting.default else "● ",
        tone="muted" if reason else "plain",
    )


def _columns(name: str, value: str, what: str) -> str:
    return f"{name:<{NAME}} {column(value, VALUE)} {what}"


def shown(value: Value) -> str:
    """A value in the list."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value) or "none"


def in_words(setting: Setting, section: Section) -> Paragraphs:
    """What a setting is, its values, where the present one comes from, why it does not count."""
    reason = section.no_effect(setting.key)
    told = f"{setting.what} Values: {setting.kind.allowed}. Default: {shown(setting.default)}."
    where = f"Now {shown(section.now(setting.key))}, from: {section.origin(setting.key)}."
    first: Paragraphs = ((f"No effect: {reason}.", "warning"),) if reason else ()
    return (*first, (told, "plain"), (where, "muted"))
