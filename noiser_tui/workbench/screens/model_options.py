"""How one model is loaded, on one page: its options changed one by one, used together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from noiser.errors import NoiserError
from noiser_tui.look.cells import one_line, visible
from noiser_tui.settings.loading import LOADING, OF_ONE_MODEL
from noiser_tui.settings.schema import SETTINGS, Setting
from noiser_tui.workbench.ask_value import ask_value, named
from noiser_tui.workbench.load_options import goes_with
from noiser_tui.workbench.look import Pens
from noiser_tui.workbench.screens.choice import Choice
from noiser_tui.workbench.screens.option_page import OptionPage, column, listed
from noiser_tui.workbench.widgets.row_list import Row
from noiser_tui.workbench.widgets.words import Paragraphs

LOAD = "load"
"""The key of the row that loads."""
OPTIONS: dict[str, Setting] = {name: SETTINGS[f"engine.{name}"] for name in LOADING}
WHAT = {
    "device": "Where it runs.",
    "device_map": "Spreads it over devices instead.",
    "load_in": "Quantizes the weights.",
    "revision": "Branch, tag or commit at the hub.",
    "trust": "Pickle files, code of its own.",
}
"""What some options are in fewer words than the settings need."""
VALUE = 18
"""Columns of a value."""


@dataclass(frozen=True)
class Answer:
    """The values as they were left; `load`: whether to load the model whatever changed."""

    values: Mapping[str, str]
    load: bool


class ModelOptions(OptionPage[Answer | None]):
    """Returns the values when it is closed; `choices` are those of an option on this machine, `needs` what
    the model takes with the values.
    """

    heading = "Options of the model"

    def __init__(
        self,
        pens: Pens,
        model: str,
        values: Mapping[str, str],
        choices: Callable[[str], Sequence[Choice]],
        needs: Callable[[Mapping[str, str]], Paragraphs],
    ) -> None:
        super().__init__(pens)
        self._model = model
        self._values = dict(values)
        self._choices = choices
        self._needs = needs

    def rows(self, sought: str) -> list[Row]:
        """The options that have the words; first what loads."""
        rows = [_row(name, self._values[name]) for name in OPTIONS]
        model = one_line(visible(self._model), 40)
        return listed(rows, sought, Row(LOAD, f"Load {model} so", mark="▶ ", tone="accent"))

    def words(self, row: Row | None) -> Paragraphs:
        """What an option is, and for which models; of the first row what the model needs so."""
        if row is not None and row.key == LOAD:
            return self._needs(self._values)
        if row is None or (option := OPTIONS.get(row.key)) is None:
            return ()
        what = WHAT.get(option.name, option.what)
        whose = (
            f"For {visible(self._model)} alone, until the workbench closes."
            if option.name in OF_ONE_MODEL
            else "For every model that is loaded from now on."
        )
        return (
            (f"{what} Values: {option.kind.allowed}.", "plain"),
            (f"{whose} Settings: {option.key}.", "muted"),
        )

    def choose(self, row: Row) -> None:
        """Change the option, or load with what was chosen."""
        if row.key == LOAD:
            self.finish(Answer(self._values, load=True))
        elif (option := OPTIONS.get(row.key)) is not None:
            self._edit(option)

    def _edit(self, option: Setting) -> None:
        def take(answer: str) -> None:
            try:
                self._set(option.name, str(option.read(answer.strip())))
            except NoiserError as error:  # a name that is free to type
                self.app.notify(str(error), severity="error", markup=False)

        free = "Or a device as cuda:1" if option.name == "device" else ""
        ask_value(
            self.app,
            option.name,
            f"{option.what} Values: {option.kind.allowed}.",
            option.kind,
            self._values[option.name],
            take,
            choices=self._choices(option.name) or named(option.kind, option.default),
            free=free,
        )

    def _set(self, name: str, value: str) -> None:
        self._values[name] = value
        self._values |= goes_with(self._values, name)
        self.fill()

    def action_reset(self) -> None:
        """Give the option under the cursor its default again."""
        row = self.pointed
        if row is not None and (option := OPTIONS.get(row.key)) is not None:
            self._set(option.name, str(option.default))

    def action_close(self) -> None:
        """Use what was chosen."""
        self.finish(Answer(self._values, load=False))


def _row(name: str, value: str) -> Row:
    option = OPTIONS[name]
    padded = column(value or "none", VALUE)
    mark = "  " if value == option.default else "● "
    return Row(name, f"{name:<11} {padded} {WHAT.get(name, option.what)}", mark=mark)
