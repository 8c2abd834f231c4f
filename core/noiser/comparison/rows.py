"""Which rows a comparison has: models × methods × bounds, and what each is called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, get_args

from noiser.bounds import get_bound
from noiser.errors import WrongUse, unknown
from noiser.methods import get_method
from noiser.methods.method import Method, Option
from noiser.request import Request

MOST_ROWS = 64
"""A comparison of more is a table that nobody reads."""
_DEFAULTS: dict[str, Any] = {
    field.name: field.default for field in fields(Request) if field.name in get_args(Option)
}
"""What an option is where a method does not take it."""
Given = Mapping[str, Mapping[str, int | str]]
"""Options of single methods: by the method's name and the option's."""


@dataclass(frozen=True)
class PlannedRow:
    """A row to be run: the index of its model, its bound if it has one, and its request."""

    label: str
    model: int
    bound: str | None
    request: Request


def plan(
    models: Sequence[str],
    methods: Sequence[str],
    bounds: Sequence[str],
    request: Request,
    options: Given | None = None,
) -> list[PlannedRow]:
    """The rows in order, those of one model together; a method without noise has no bounds.

    The request's options that a method does not take are left at their defaults, and `options` are of
    one method each. WrongUse where a name is unknown or given twice, a row cannot be meant, or there
    are fewer than two rows or more than MOST_ROWS.
    """
    own = options or {}
    for kind, names in (("model", models), ("method", methods), ("bound", bounds)):
        if not names:
            raise WrongUse(f"There is no {kind} to compare.")
        if twice := next((name for name in names if names.count(name) > 1), None):
            raise WrongUse(f"The {kind} {twice!r} is named twice.")
    if request.generate:
        raise WrongUse("A comparison explains one target: it takes no generate.")
    for name in bounds:
        get_bound(name)
    found = [get_method(method) for method in methods]
    _check_options(own, found)
    if len(bounds) > 1 and not any(method.searches for method in found):
        raise WrongUse(f"Of {', '.join(methods)} none uses a bound: name one bound only.")
    asked = [
        (method, bound) for method in found for bound in (bounds if method.searches else (None,))
    ]
    _check_number(len(models) * len(asked))
    shown = short_names(models) if len(models) > 1 else [""]
    rows: list[PlannedRow] = []
    for index, model in enumerate(shown):
        for method, bound in asked:
            parts = (
                model,
                method.name if len(methods) > 1 else "",
                bound if len(bounds) > 1 else "",
            )
            label = " ".join(filter(None, parts))
            given = own.get(method.name, {})
            asks = _request(request, method, bound, given, label)
            rows.append(PlannedRow(label, index, bound, asks))
    return rows


def _request(
    request: Request, method: Method, bound: str | None, given: Mapping[str, Any], label: str
) -> Request:
    others = {name: _DEFAULTS[name] for name in _DEFAULTS if name not in method.options}
    changed = {**others, **given, "method": method.name, "bound": bound or request.bound}
    try:
        return replace(request, **changed)
    except WrongUse as error:
        raise WrongUse(f"{label}: {error}" if label else str(error)) from error


def _check_options(options: Given, methods: Sequence[Method]) -> None:
    by_name = {method.name: method for method in methods}
    for name, given in options.items():
        if name not in by_name:
            raise unknown("method of an option", name, by_name)
        taken = sorted(by_name[name].options)
        for option in given:
            if option not in taken:
                known = f"it takes {', '.join(taken)}" if taken else "it takes none"
                raise WrongUse(f"The method {name} has no option {option!r}: {known}.")


def _check_number(rows: int) -> None:
    if rows < 2:
        raise WrongUse(
            "There is one row only: give two or more methods, models or bounds to compare."
        )
    if rows > MOST_ROWS:
        raise WrongUse(
            f"models × methods × bounds make {rows} rows, and a comparison has {MOST_ROWS} at most."
        )


def short_names(models: Sequence[str]) -> list[str]:
    """The last part of each name where that tells the models apart, else the whole names."""
    last = [Path(name).name or name for name in models]
    return last if len(set(last)) == len(set(models)) else list(models)
