"""Which rows a comparison has: models × methods × bounds, and what each is called."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, get_args

from noiser.bounds import get_bound
from noiser.errors import WrongUse
from noiser.methods import get_method
from noiser.methods.method import Method, Option
from noiser.request import Request

MOST_ROWS = 64
"""A comparison of more is a table that nobody reads."""
_DEFAULTS: dict[str, Any] = {
    field.name: field.default for field in fields(Request) if field.name in get_args(Option)
}
"""What an option is where a method does not take it."""


@dataclass(frozen=True)
class PlannedRow:
    """A row to be run: the index of its model, its bound if it has one, and its request."""

    label: str
    model: int
    bound: str | None
    request: Request


def plan(
    models: Sequence[str], methods: Sequence[str], bounds: Sequence[str], request: Request
) -> list[PlannedRow]:
    """The rows in order, those of one model together; a method without noise has no bounds.

    Options that a method does not take are left at their defaults. WrongUse where a name is unknown
    or given twice, a row cannot be meant, or there are fewer than two rows or more than MOST_ROWS.
    """
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
    if len(bounds) > 1 and not any(method.searches for method in found):
        raise WrongUse(f"Of {', '.join(methods)} none uses a bound: name one bound only.")
    asked = [
        (method, bound) for method in found for bound in (bounds if method.searches else (None,))
    ]
    _check_number(len(models) * len(asked))
    shown = _short(models) if len(models) > 1 else [""]
    rows: list[PlannedRow] = []
    for index, model in enumerate(shown):
        for method, bound in asked:
            parts = (
                model,
                method.name if len(methods) > 1 else "",
                bound if len(bounds) > 1 else "",
            )
            label = " ".join(filter(None, parts))
            rows.append(PlannedRow(label, index, bound, _request(request, method, bound, label)))
    return rows


def _request(request: Request, method: Method, bound: str | None, label: str) -> Request:
    others = {name: _DEFAULTS[name] for name in _DEFAULTS if name not in method.options}
    try:
        own = replace(request, method=method.name, bound=bound or request.bound, **others)
    except WrongUse as error:
        raise WrongUse(f"{label}: {error}") from error
    return own


def _check_number(rows: int) -> None:
    if rows < 2:
        raise WrongUse(
            "There is one row only: give two or more methods, models or bounds to compare."
        )
    if rows > MOST_ROWS:
        raise WrongUse(
            f"models × methods × bounds make {rows} rows, and a comparison has {MOST_ROWS} at most."
        )


def _short(models: Sequence[str]) -> list[str]:
    """The last part of each name where that tells the models apart, else the whole names."""
    last = [Path(name).name or name for name in models]
    return last if len(set(last)) == len(last) else list(models)
