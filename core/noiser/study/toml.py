"""A study from a TOML file; what is wrong is told with the path of its key."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any

from noiser.errors import NoiserError, WrongUse, unknown
from noiser.files import expand
from noiser.study.published import full_path
from noiser.study.spec import DataChoice, Study

_DATA_KEYS = tuple(field.name for field in fields(DataChoice))
_KEYS = tuple(field.name for field in fields(Study))
_LISTS = {"models": str, "methods": str, "bounds": str, "norms": str, "seeds": int, "metrics": str}


def read_study(path: str | Path, **changes: Any) -> Study:
    """The study that a file describes; `changes` take the place of its keys.

    A data set is a name or a table with `file` and what its columns are called; files, the judge's `cache`
    and `published` too, are looked for from the TOML file's own folder.
    """
    where = expand(path)
    try:
        text = where.read_text(encoding="utf-8")
    except OSError as error:
        raise NoiserError(f"{path} cannot be read: {error.strerror or error}.") from error
    except UnicodeDecodeError as error:
        raise NoiserError(f"{path} is not UTF-8 text.") from error
    return parse_study(text, str(path), where.parent, **changes)


def parse_study(text: str, name: str, folder: Path, **changes: Any) -> Study:
    """The study in a TOML text; WrongUse says where in `name` it cannot be meant."""
    try:
        table = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise WrongUse(f"{name} is not TOML: {error}.") from error
    try:
        return _study(table | changes, folder)
    except WrongUse as error:
        raise WrongUse(f"{name}: {error}") from error


def _study(table: Mapping[str, Any], folder: Path) -> Study:
    given: dict[str, Any] = {}
    for key, value in table.items():
        if key not in _KEYS:
            raise WrongUse(f"{key}: {unknown('key', key, _KEYS)}")
        if key == "datasets":
            values = value if isinstance(value, (list, tuple)) else [value]
            given[key] = tuple(_dataset(one, i, folder) for i, one in enumerate(values))
        elif key in _LISTS:
            given[key] = _list(key, value, _LISTS[key])
        else:
            given[key] = _single(key, value)
    if given.get("cache"):
        given["cache"] = str(folder / expand(given["cache"]))
    given["published"] = full_path(given.get("published", ""), folder)
    for key in ("models", "datasets"):
        if key not in given:
            raise WrongUse(f"{key} is missing: name one at least.")
    return Study(**given)


def _list(key: str, value: Any, kind: type) -> tuple[Any, ...]:
    values = value if isinstance(value, (list, tuple)) else [value]
    for i, one in enumerate(values):
        if type(one) is not kind:
            raise WrongUse(f"{key}[{i}] is {one!r}, it must be {_SAID[kind]}.")
    return tuple(values)


def _single(key: str, value: Any) -> Any:
    (field,) = (field for field in fields(Study) if field.name == key)
    kinds = [kind for kind in _SAID if kind.__name__ in str(field.type)]
    if value is None and "None" in str(field.type):
        return None
    if float in kinds and type(value) is int:
        return float(value)
    if type(value) not in kinds:
        raise WrongUse(f"{key} is {value!r}, it must be {_SAID[kinds[0]]}.")
    return value


def _dataset(value: Any, place: int, folder: Path) -> DataChoice:
    if isinstance(value, DataChoice):
        return value
    if isinstance(value, str):
        return DataChoice(value)
    path = f"datasets[{place}]"
    if not isinstance(value, dict):
        raise WrongUse(f"{path} is {value!r}, it must be a name or a table.")
    for key, one in value.items():
        if key not in _DATA_KEYS:
            raise WrongUse(f"{path}.{key}: {unknown('key', key, _DATA_KEYS)}")
        if not isinstance(one, str):
            raise WrongUse(f"{path}.{key} is {one!r}, it must be text.")
    if "file" not in value:
        raise WrongUse(f"{path}.file is missing.")
    file = expand(value["file"])
    return DataChoice(
        **{"name": file.stem, **value, "file": str(file if file.is_absolute() else folder / file)}
    )


_SAID = {bool: "true or false", int: "a whole number", float: "a number", str: "text"}


def study_toml(study: Study) -> str:
    """A study as TOML that reads as the same study; what stands at its default is left out."""
    lines = []
    for one in fields(Study):
        value = getattr(study, one.name)
        if value is not None and (one.default is MISSING or value != one.default):
            lines.append(f"{one.name} = {_toml(value)}")
    return "\n".join(lines) + "\n"


def _toml(value: Any) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(map(_toml, value))}]"
    if isinstance(value, DataChoice):
        if value.file is None:
            return _toml(value.name)
        given = ((name, getattr(value, name)) for name in _DATA_KEYS)
        return f"{{ {', '.join(f'{name} = {_toml(one)}' for name, one in given)} }}"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):  # a JSON string is one of TOML, but for DEL
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return str(value)
