"""The saved record (DESIGN section 7): one JSON object per explanation or comparison, read back as data."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Iterator
from typing import Any, TypeAlias, TypeVar

from noiser.comparison.result import Comparison
from noiser.errors import NoiserError
from noiser.explanation import Explanation

DEEPEST = 50
"""Levels of nesting in a record, at most; ours have nine."""

Saved: TypeAlias = Explanation | Comparison
"""What a file can hold."""
_NAMES = {Explanation: "Noiser record", Comparison: "Noiser comparison"}
T = TypeVar("T", Explanation, Comparison)


def to_record(saved: Saved) -> dict[str, Any]:
    """What is saved as plain JSON data; `format` comes first, what is not a number is null."""
    data = dataclasses.asdict(saved)
    record: dict[str, Any] = {"format": data.pop("format")}
    record.update(_plain(data))
    return record


def to_json(saved: Saved, *, indent: int | None = None) -> str:
    """The record as one JSON object, on one line unless indented."""
    return json.dumps(to_record(saved), ensure_ascii=False, indent=indent, allow_nan=False)


def from_record(record: object) -> Explanation:
    """The explanation of a record, every field checked; NoiserError names the first that is wrong."""
    return _built(Explanation, record)


def comparison_from_record(record: object) -> Comparison:
    """The comparison of a record, every field of every row checked; errors are as `from_record`'s."""
    return _built(Comparison, record)


def is_newer(record: object) -> bool:
    """Whether a file's JSON says that it is a record of a later form than is known here."""
    found = record.get("format") if isinstance(record, dict) else None
    family, _, form = found.partition("/") if isinstance(found, str) else ("", "", "")
    known = dict(kind.format.split("/") for kind in (Explanation, Comparison))
    return family in known and form.isdecimal() and int(form[:9]) > int(known[family])


def render(saved: Saved) -> str:
    """The record as it stands in a file."""
    return to_json(saved, indent=1) + "\n"


def _built(kind: type[T], record: object) -> T:
    """The object that a record describes, every field checked."""
    from pydantic import TypeAdapter, ValidationError

    if not isinstance(record, dict) or record.get("format") != kind.format:
        found = record.get("format") if isinstance(record, dict) else type(record).__name__
        if is_newer(record):
            raise NoiserError(
                f"This was written by a newer Noiser, in the format {str(found)[:40]!r}: one of its version "
                "opens it."
            )
        raise NoiserError(
            f"This is no {_NAMES[kind]}: its format is {found!r}, not {kind.format!r}."
        )
    _check_json(record)
    try:
        return TypeAdapter(kind).validate_python(record)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the record"
        raise NoiserError(f"This {_NAMES[kind]} is damaged: {where}: {first['msg']}.") from error


def _check_json(record: dict[str, Any]) -> None:
    """What the fields' types leave open: text that can be written, and models with a name."""
    try:
        _check_values(record, DEEPEST)
        json.dumps(record, ensure_ascii=False, allow_nan=False).encode("utf-8")
    except (TypeError, ValueError, RecursionError) as error:
        raise NoiserError(
            f"This Noiser record is damaged: it is not valid JSON: {error}."
        ) from error
    for one in (record, *_inside(record)):
        model = one.get("model")
        if isinstance(model, dict) and not isinstance(model.get("name"), str):
            raise NoiserError(
                "This Noiser record is damaged: model.name: Input should be a string."
            )


def _inside(record: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The records of a comparison's rows, as far as they are such."""
    rows = record.get("rows")
    for row in rows if isinstance(rows, list) else ():
        for part in ("explanation", "begun"):
            if isinstance(row, dict) and isinstance(row.get(part), dict):
                yield row[part]


def _check_values(value: Any, depth: int) -> None:
    """ValueError for what no record holds: numbers beyond 64 bits, endless nesting."""
    if depth == 0:
        raise ValueError(f"it is nested more than {DEEPEST} deep")
    if isinstance(value, int) and abs(value) >= 2**63:
        raise ValueError("an integer has more than 64 bits")
    children = (
        value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    )
    for child in children:
        _check_values(child, depth - 1)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
