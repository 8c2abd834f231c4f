"""Samples from a file: JSON, JSONL, CSV, or plain text with a prompt per line."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from noiser.data.sample import Sample
from noiser.errors import NoiserError, WrongUse, unknown
from noiser.files import expand

FORMATS = (".json", ".jsonl", ".csv", ".txt")


@dataclass(frozen=True)
class Columns:
    """What the columns of a file are called; a file need not have any but the prompt's.

    `id` None, or a file without it: samples are numbered from 0.
    """

    prompt: str = "prompt"
    target: str | None = "target"
    relative: str | None = "relative"
    id: str | None = "id"


def read_samples(path: str | Path, columns: Columns | None = None) -> list[Sample]:
    """The samples of a file, by its ending; the columns named must be there unless they are defaults.

    JSON is a list of objects, JSONL one object per line, CSV has its names in the first line, of TXT
    each line is a prompt without a target. NoiserError names the line or entry that cannot be read, or
    that would lose something: a CSV line with more values than names, a target that is no text.
    """
    where = expand(path)
    if where.suffix.lower() not in FORMATS:
        raise WrongUse(f"{path} is no data set: its name ends in none of {', '.join(FORMATS)}.")
    try:
        text = where.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise NoiserError(f"{path} cannot be read: {error.strerror or error}.") from error
    except UnicodeDecodeError as error:
        raise NoiserError(f"{path} is not UTF-8 text: byte {error.start} is wrong.") from error
    return parse_samples(text, where.suffix.lower(), str(path), columns)


def parse_samples(
    text: str, suffix: str, name: str, columns: Columns | None = None
) -> list[Sample]:
    """The samples of a file's text; `name` is what a sentence calls the file."""
    wanted = columns or Columns()
    rows = list(_READERS[suffix](text, name))
    if not rows:
        raise NoiserError(f"{name} holds no samples.")
    _check_columns(rows, wanted, name)
    samples = [_sample(row, number, wanted, name) for number, row in enumerate(rows)]
    seen: set[str] = set()
    for sample in samples:
        if sample.id in seen:
            raise NoiserError(f"{name} has two samples with the id {sample.id!r}.")
        seen.add(sample.id)
    return samples


def _check_columns(rows: list[Mapping[str, Any]], wanted: Columns, name: str) -> None:
    there = list(dict.fromkeys(key for row in rows for key in row))
    default = Columns()
    for field in ("prompt", "target", "relative", "id"):
        column = getattr(wanted, field)
        named = column is not None and (field == "prompt" or column != getattr(default, field))
        if named and column not in there:
            raise WrongUse(f"{name}: {unknown('column', column, there)}")


def _sample(row: Mapping[str, Any], number: int, columns: Columns, name: str) -> Sample:
    prompt, place = row.get(columns.prompt), f"{name}: sample {number}"
    if not isinstance(prompt, str) or not prompt.strip():
        raise NoiserError(f"{place} has no text in the column {columns.prompt!r}.")
    told = _text(row, columns.id, place)
    return Sample(
        str(number) if told is None else told,
        _valid(prompt, place),
        _text(row, columns.target, place),
        _text(row, columns.relative, place),
    )


def _text(row: Mapping[str, Any], column: str | None, place: str) -> str | None:
    value = None if column is None else row.get(column)
    if value is None or value == "":
        return None
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        raise NoiserError(f"{place} has no text in the column {column!r}, but {value!r}.")
    return _valid(str(value), place)


def _valid(text: str, place: str) -> str:
    """Text that can be stored: JSON can hold halves of characters."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise NoiserError(f"{place} holds half a character: it is not valid Unicode.") from error
    return text


def _json(text: str, name: str) -> Iterator[Mapping[str, Any]]:
    try:
        entries = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise NoiserError(f"{name} is not JSON: {error}.") from error
    if not isinstance(entries, list):
        raise NoiserError(f"{name} is no list of samples.")
    for number, entry in enumerate(entries):
        yield _object(entry, f"{name}: sample {number}")


def _jsonl(text: str, name: str) -> Iterator[Mapping[str, Any]]:
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            entry = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise NoiserError(f"{name}: line {number} is not JSON: {error}.") from error
        yield _object(entry, f"{name}: line {number}")


def _object(entry: object, place: str) -> Mapping[str, Any]:
    if isinstance(entry, str):  # as in a file of `noiser explain --jsonl`
        return {"prompt": entry}
    if not isinstance(entry, dict):
        raise NoiserError(f"{place} is neither a prompt nor an object with one.")
    return entry


def _csv(text: str, name: str) -> Iterator[Mapping[str, Any]]:
    try:
        reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
        for row in reader:
            if None in row:  # where DictReader puts them
                raise NoiserError(
                    f"{name}: line {reader.line_num} has more values than the first line has names: a "
                    "text with a comma in it stands in quotes."
                )
            yield row
    except csv.Error as error:
        raise NoiserError(f"{name} is not CSV: {error}.") from error


def _txt(text: str, name: str) -> Iterator[Mapping[str, Any]]:
    for line in text.splitlines():
        if line.strip():
            yield {Columns().prompt: line.strip()}


_READERS: dict[str, Callable[[str, str], Iterator[Mapping[str, Any]]]] = {
    ".json": _json,
    ".jsonl": _jsonl,
    ".csv": _csv,
    ".txt": _txt,
}
