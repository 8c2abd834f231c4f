"""A few options on one page, each with its value: changed one by one, then used together."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from noiser.errors import NoiserError
from noiser_tui.look.cells import cell_width
from noiser_tui.settings.kinds import Flag, Kind
from noiser_tui.workbench.ask_value import ask_value
from noiser_tui.workbench.look import Pens
from noiser_tui.workbench.screens.choice import Choice
from noiser_tui.workbench.screens.option_page import OptionPage, column, listed
from noiser_tui.workbench.screens.pick_many import PickMany
from noiser_tui.workbench.widgets.row_list import Row
from noiser_tui.workbench.widgets.words import Paragraphs

GO = "go"
"""The key of the row that runs."""
VALUE = 16
"""Columns of a value."""

Filled = Mapping[str, tuple[str, ...]]
"""What was given, by option; one that is not in it, or is empty, is unset."""


@dataclass(frozen=True)
class Field:
    """One option. `kind` reads what is typed, `unset` says what holds where nothing is.

    With `choices` one of them is chosen, or typed where `free` says what; `several` of them where so said.
    """

    name: str
    kind: Kind
    what: str
    unset: str
    choices: tuple[Choice, ...] = ()
    free: str = ""
    several: bool = False


@dataclass(frozen=True)
class Answer:
    """The values as they were left; `go`: whether to run with them now."""

    values: Filled
    go: bool


class Form(OptionPage[Answer | None]):
    """Returns the values when it is closed; what cannot be meant together is told while it is open."""

    go: ClassVar[str]
    """What the first row says."""

    def __init__(self, pens: Pens, values: Filled) -> None:
        super().__init__(pens)
        self.values = {name: one for name, one in values.items() if one}

    @abstractmethod
    def fields(self) -> Sequence[Field]:
        """The options there are, with the values as they are."""

    @abstractmethod
    def problem(self) -> str:
        """Why these values cannot be used, in one sentence; empty where they can."""

    def rows(self, sought: str) -> list[Row]:
        """The options that have the words, ● where one is set; first what runs."""
        fields = self.fields()
        widest = max(cell_width(one.name) for one in fields)
        rows = [self._row(one, widest) for one in fields]
        go = Row(GO, self.go, mark="▶ ", tone="accent")
        return listed(rows, sought, go, called_first=True)

    def _row(self, field: Field, widest: int) -> Row:
        name = field.name + " " * (widest - cell_width(field.name))
        text = f"{name} {column(self._shown(field), VALUE)} {field.what}"
        return Row(field.name, text, mark="● " if self.values.get(field.name) else "  ")

    def _shown(self, field: Field) -> str:
        return ", ".join(self.values.get(field.name, ())) or field.unset

    def words(self, row: Row | None) -> Paragraphs:
        """What is wrong, and the option."""
        wrong = self._wrong or self.problem()
        told: Paragraphs = ((wrong, "error"),) if wrong else ()
        field = self._field(row)
        if field is None:
            return told
        value = f" Now: {self._shown(field)}." if self.values.get(field.name) else ""
        sentence = f"{field.what} Values: {field.kind.allowed}. Unset: {field.unset}.{value}"
        return (*told, (sentence, "plain"))

    def _field(self, row: Row | None) -> Field | None:
        return next((one for one in self.fields() if row is not None and one.name == row.key), None)

    def choose(self, row: Row) -> None:
        """Change the option, or run with what was chosen."""
        if row.key == GO:
            if not self.problem():
                self.finish(Answer(self.values, go=True))
        elif (field := self._field(row)) is not None:
            self._edit(field)

    def _edit(self, field: Field) -> None:
        now, take = self.values.get(field.name, ()), partial(self._take, field)
        if field.several:
            screen = PickMany(field.name, field.choices, chosen=now)
            self.app.push_screen(screen, lambda found: None if found is None else take(found))
        elif isinstance(field.kind, Flag):
            take(() if now else ("true",))
        else:
            ask_value(
                self.app,
                field.name,
                f"{field.what} Values: {field.kind.allowed}; empty: {field.unset}.",
                field.kind,
                "".join(now),
                lambda answer: take((answer.strip(),) if answer.strip() else ()),
                check=lambda answer: answer.strip() and field.kind.read(answer.strip()),
                choices=field.choices,
                free=field.free,
            )

    def _take(self, field: Field, given: tuple[str, ...]) -> None:
        try:
            for one in given:
                field.kind.read(one)
        except NoiserError as error:
            self._wrong = f"{field.name}: {error}"
            self.tell()
        else:
            self._wrong = ""
            self.values = {**self.values, field.name: given}
            self.fill()

    def action_reset(self) -> None:
        """Leave the option under the cursor unset again."""
        if (field := self._field(self.pointed)) is not None:
            self._take(field, ())

    def action_close(self) -> None:
        """Use what was chosen."""
        self.finish(Answer(self.values, go=False))
