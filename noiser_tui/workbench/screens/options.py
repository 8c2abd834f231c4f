"""Every option of an explanation on one page: narrowed by typing, changed one by one, used together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from noiser.errors import NoiserError
from noiser_tui.workbench import choices
from noiser_tui.workbench.ask_value import ask_value, named
from noiser_tui.workbench.look import Pens
from noiser_tui.workbench.request_options import (
    AGAINST,
    OPTIONS,
    RESPONSE,
    Option,
    Values,
    let_go,
    no_effect,
    problem,
    values_of,
)
from noiser_tui.workbench.response_form import check_response, let_go_for
from noiser_tui.workbench.screens.choice import Choice
from noiser_tui.workbench.screens.option_page import OptionPage, column, listed
from noiser_tui.workbench.screens.write import Write
from noiser_tui.workbench.state import State
from noiser_tui.workbench.widgets.row_list import Row
from noiser_tui.workbench.widgets.words import Paragraphs

EXPLAIN = "explain"
"""The key of the row that runs."""
VALUE = 16
"""Columns of a value."""
TOKENS = ("target", "contrast")
"""Options that are chosen among the next tokens, or typed."""


@dataclass(frozen=True)
class Answer:
    """The values as they were left; `explain`: whether to run whatever changed."""

    values: Values
    explain: bool


class Options(OptionPage[Answer | None]):
    """Returns the values when it is closed; a combination that cannot be is told while it is open."""

    heading = "All options"

    def __init__(self, pens: Pens, page: State) -> None:
        super().__init__(pens)
        self._page = page
        self._values: dict[str, Any] = values_of(page)

    def rows(self, sought: str) -> list[Row]:
        """The options that have the words."""
        return list_rows(self._values, sought)

    def words(self, row: Row | None) -> Paragraphs:
        """What is wrong, and the option."""
        option = OPTIONS.get(row.key) if row is not None else None
        told = in_words(option, self._values) if option is not None else ()
        wrong = self._wrong or problem(self._values)
        return (((wrong, "error"),) if wrong else ()) + told

    def choose(self, row: Row) -> None:
        """Change the option, or explain with what was chosen."""
        if (option := OPTIONS.get(row.key)) is not None:
            self._edit(option)
        elif row.key == EXPLAIN and not problem(self._values):
            self.finish(Answer(self._values, explain=True))

    def _edit(self, option: Option) -> None:
        if option.name in (RESPONSE, AGAINST):
            self._write(option)
            return
        ask_value(
            self.app,
            option.name,
            f"{option.what} Values: {option.allowed}.",
            option.kind,
            option.written(self._values[option.name]),
            lambda answer: self._take(option, answer),
            check=option.read,
            choices=self._choices(option),
            free=f"Or {option.kind.allowed}" if option.name in TOKENS else "",
        )

    def _write(self, option: Option) -> None:
        def take(answer: str | None) -> None:
            if answer is not None:
                self._take(option, answer if answer.strip() else "")

        now = option.written(self._values[option.name])
        self.app.push_screen(
            Write(option.name, option.what, now, check=check_response, empty=True), take
        )

    def _choices(self, option: Option) -> list[Choice]:
        page = self._page
        if option.name in TOKENS:
            return choices.token_choices(page, Choice("", option.unset, "default"))
        if option.name == "method":
            return choices.method_choices(page)
        if option.name == "bound":
            return choices.bound_choices()
        return (
            choices.norm_choices() if option.name == "norm" else named(option.kind, option.default)
        )

    def _take(self, option: Option, answer: str) -> None:
        try:
            value = option.read(answer)
        except NoiserError as error:
            self._wrong = f"{option.name}: {error}"
            self.tell()
        else:
            self._set(option, value)

    def _set(self, option: Option, value: Any) -> None:
        """Take a value, and with it what goes with it."""
        self._wrong = ""
        if option.name == "method":
            self._values |= let_go(self._values, value)
        if option.name == RESPONSE and value:
            self._values |= let_go_for(self._values["bound"])
        if option.name == "spans":
            self._values |= {"granularity": "span" if value else "token", "marks": ()}
        self._values[option.name] = value
        if option.name == "granularity" and value != "span":
            self._values |= {"spans": (), "marks": ()}
        if self._values["granularity"] == "token":
            self._values |= {"zoom": 0, "aggregate": "auto"}
        self.fill()

    def action_reset(self) -> None:
        """Give the option under the cursor its default again."""
        row = self.pointed
        if row is not None and (option := OPTIONS.get(row.key)) is not None:
            self._set(option, option.default)

    def action_close(self) -> None:
        """Use what was chosen."""
        self.finish(Answer(self._values, explain=False))


def list_rows(values: Values, sought: str = "") -> list[Row]:
    """The options that have all the words sought, ● where one is not the default; first what explains."""
    rows = [_row(option, values) for option in OPTIONS.values()]
    first = Row(EXPLAIN, "Explain with these", mark="▶ ", tone="accent")
    return listed(rows, sought, first, called_first=True)


def _row(option: Option, values: Values) -> Row:
    value = values[option.name]
    reason = no_effect(option.name, values)
    what = f"no effect: {reason}" if reason else option.what
    return Row(
        option.name,
        f"{option.name:<13} {column(option.shown(value), VALUE)} {what}",
        mark="  " if value == option.default else "● ",
        tone="muted" if reason else "plain",
    )


def in_words(option: Option, values: Values) -> Paragraphs:
    """What an option is, its values and default, why it does not count."""
    reason = no_effect(option.name, values)
    told = f"{option.what} Values: {option.allowed}. Default: {option.shown(option.default)}."
    return ((f"No effect: {reason}.", "warning"), (told, "plain")) if reason else ((told, "plain"),)
