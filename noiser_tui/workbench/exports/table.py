"""A table as CSV, JSON and Markdown."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from noiser.cells import one_line
from noiser.export import markdown, wording

Cell = str | int | float | bool | None
FORMS = (".csv", ".json", ".md")
QUOTED = ("prompt", "target", "token", "text")
"""What is text of a prompt or of a model: in Markdown as it is, on one line."""
LONGEST = 300
"""Cells of it above a table of Markdown."""


@dataclass(frozen=True)
class Table:
    """Rows of values below the names of their columns; `about` says what they are of."""

    columns: tuple[str, ...]
    rows: Sequence[tuple[Cell, ...]]
    about: Mapping[str, object] = field(default_factory=dict)


def render(table: Table, form: str) -> str:
    """The whole file in one of the FORMS. CSV has the rows alone, the others what they are of as well."""
    return {".csv": _csv, ".json": _json, ".md": _markdown}[form](table)


def _csv(table: Table) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC)
    writer.writerow(table.columns)
    for row in table.rows:
        writer.writerow([str(one).lower() if isinstance(one, bool) else one for one in row])
    return text.getvalue()


def _json(table: Table) -> str:
    rows = [dict(zip(table.columns, row, strict=True)) for row in table.rows]
    made = {**table.about, "rows": rows}
    return json.dumps(made, ensure_ascii=False, allow_nan=False, indent=1) + "\n"


def _markdown(table: Table) -> str:
    told = [(name, value) for name, value in table.about.items() if value not in ("", None)]
    head = [f"- {name}: {_shown(name, value, LONGEST)}" for name, value in told]
    named = [zip(table.columns, row, strict=True) for row in table.rows]
    rows = [[_shown(name, value) for name, value in row] for row in named]
    made = markdown.table(table.columns, rows, words=len(table.columns))
    return "".join(f"{line}\n" for line in ([*head, "", made] if head else [made]))


def _shown(name: str, value: object, longest: int = 0) -> str:
    """A value as it is read: numbers in a few figures, texts so that nothing in them is obeyed."""
    match value:
        case None:
            return wording.NOTHING
        case bool():
            return "yes" if value else "no"
        case float():
            return wording.number(value)
        case str() if name in QUOTED and value:
            return markdown.code(one_line(value, longest) if longest else value)
        case str():
            return markdown.escaped(value)
        case Mapping():
            return ", ".join(f"{key} {_shown(key, one)}" for key, one in value.items())
        case list() | tuple():
            return ", ".join(_shown(name, one) for one in value)
    return str(value)
