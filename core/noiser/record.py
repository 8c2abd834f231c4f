"""The saved record (DESIGN section 7): one JSON object per explanation, read back as data only."""

from __future__ import annotations

import dataclasses
import json
import math
from typing import Any

from noiser.errors import NoiserError
from noiser.explanation import FORMAT, Explanation

DEEPEST = 50
"""Levels of nesting in a record, at most; ours has six."""


def to_record(explanation: Explanation) -> dict[str, Any]:
    """The explanation as plain JSON data; `format` comes first, what is not a number is null."""
    data = dataclasses.asdict(explanation)
    record: dict[str, Any] = {"format": data.pop("format")}
    record.update(_plain(data))
    return record


def to_json(explanation: Explanation, *, indent: int | None = None) -> str:
    """The record as one JSON object, on one line unless indented."""
    return json.dumps(to_record(explanation), ensure_ascii=False, indent=indent, allow_nan=False)


def from_record(record: object) -> Explanation:
    """The explanation of a record, every field checked; NoiserError names the first that is wrong."""
    from pydantic import TypeAdapter, ValidationError

    if not isinstance(record, dict) or record.get("format") != FORMAT:
        found = record.get("format") if isinstance(record, dict) else type(record).__name__
        raise NoiserError(f"This is no Noiser record: its format is {found!r}, not {FORMAT!r}.")
    _check_json(record)
    try:
        return TypeAdapter(Explanation).validate_python(record)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the record"
        raise NoiserError(f"This Noiser record is damaged: {where}: {first['msg']}.") from error


def render(explanation: Explanation) -> str:
    """The record as it stands in a file."""
    return to_json(explanation, indent=1) + "\n"


def _check_json(record: dict[str, Any]) -> None:
    """What the fields' types leave open: text that can be written, and a model with a name."""
    try:
        _check_values(record, DEEPEST)
        json.dumps(record, ensure_ascii=False, allow_nan=False).encode("utf-8")
    except (TypeError, ValueError, RecursionError) as error:
        raise NoiserError(
            f"This Noiser record is damaged: it is not valid JSON: {error}."
        ) from error
    model = record.get("model")
    if isinstance(model, dict) and not isinstance(model.get("name"), str):
        raise NoiserError("This Noiser record is damaged: model.name: Input should be a string.")


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
