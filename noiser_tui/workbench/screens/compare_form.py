"""A comparison on one page: what is compared, options of single methods, how many on top."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from noiser.comparison.rows import plan
from noiser.errors import WrongUse
from noiser.methods import METHODS
from noiser.request import Request
from noiser_tui.settings.kinds import Text, Whole
from noiser_tui.workbench.ask_value import named
from noiser_tui.workbench.look import Pens
from noiser_tui.workbench.request_options import OPTIONS
from noiser_tui.workbench.screens.choice import Choice
from noiser_tui.workbench.screens.form import Field, Filled, Form
from noiser_tui.workbench.ways import Ways

TOP = Whole(1, 1_000_000)
"""How many segments can be asked for; there may be fewer."""
MORE = "another model"
_AXES = ("methods", "bounds", "models")


class CompareForm(Form):
    """The ways to be compared; `choices` are the methods, bounds and models there are."""

    heading = "Compare with …"
    hint: ClassVar[str] = "Enter changes, Del resets, Esc leaves"
    go = "Compare with these"

    def __init__(
        self, pens: Pens, ways: Ways, request: Request, choices: dict[str, tuple[Choice, ...]]
    ) -> None:
        super().__init__(pens, filled(ways))
        self._request = request
        self._choices = choices

    def fields(self) -> Sequence[Field]:
        """What is compared, how many on top, and what each of the methods takes."""
        what = {
            "methods": ("How importance is measured, a row for each.", self._request.method),
            "bounds": ("Which noise scale is used, a row for each.", self._request.bound),
            "models": ("Which models explain, a row for each.", "the one loaded"),
        }
        axes = [
            Field(name, Text("names"), *what[name], self._choices.get(name, ()), several=True)
            for name in _AXES
        ]
        more = Field(MORE, Text("a hub id or a folder"), "One that is not in the list.", "none")
        top = Field("top", TOP, "How many of the highest two rows share.", "a quarter of all")
        return [*axes, more, top, *self._own()]

    def _own(self) -> list[Field]:
        return [
            Field(
                f"{method}.{name}",
                option.kind,
                option.what,
                option.shown(getattr(self._request, name)),
                tuple(named(option.kind, option.default)),
            )
            for method in self.values.get("methods") or (self._request.method,)
            for name, option in OPTIONS.items()
            if method in METHODS and name in METHODS[method].options
        ]

    def problem(self) -> str:
        """Why there can be no such comparison."""
        ways = ways_from(self.values)
        try:
            plan(
                ways.models or ("",),
                ways.methods or (self._request.method,),
                ways.bounds or (self._request.bound,),
                self._request,
                ways.given,
            )
        except WrongUse as error:
            return str(error)
        return ""


def filled(ways: Ways) -> dict[str, tuple[str, ...]]:
    """Ways as a form's values."""
    own = {
        f"{method}.{name}": (str(value),)
        for method, given in ways.own.items()
        for name, value in given.items()
    }
    top = {"top": (str(ways.top),)} if ways.top is not None else {}
    axes = {"methods": ways.methods, "bounds": ways.bounds, "models": ways.models}
    return {**axes, **top, **own}


def ways_from(values: Filled) -> Ways:
    """A form's values as ways."""
    own: dict[str, dict[str, int | str]] = {}
    for key, given in values.items():
        method, dot, name = key.partition(".")
        if dot and given:
            value = OPTIONS[name].kind.read(given[0])
            own.setdefault(method, {})[name] = value if isinstance(value, str) else int(value)
    methods, bounds, models = (values.get(name, ()) for name in _AXES)
    models = tuple(dict.fromkeys((*models, *values.get(MORE, ()))))
    top = values.get("top", ())
    return Ways(methods, bounds, models, own, TOP.read(top[0]) if top else None)
