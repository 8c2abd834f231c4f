"""Data from a file made to fit a dataclass, field by field: what does not fit is left at its default."""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import fields
from functools import cache
from typing import Any, ClassVar, Protocol, TypeVar, Union, get_args, get_origin, get_type_hints


class _Dataclass(Protocol):
    __dataclass_fields__: ClassVar[dict[str, Any]]


D = TypeVar("D", bound=_Dataclass)


def fit(kind: type[D], data: Mapping[str, object], where: str, problems: list[str]) -> D:
    """A `kind` of what fits in `data`; each thing that does not is one more sentence in `problems`."""
    hints = _hints(kind)
    kept: dict[str, Any] = {}
    for name, value in data.items():
        if name not in hints:
            problems.append(f"{where} has a field {name!r} that is not known here.")
        elif not _fits(value, hints[name]):
            problems.append(f"{where} has no {name} that could be meant.")
        else:
            kept[name] = _frozen(value)
    return kind(**kept)


@cache
def _hints(kind: type[_Dataclass]) -> dict[str, Any]:
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in fields(kind)}


def _fits(value: object, hint: Any) -> bool:
    """Whether plain data is what a type hint says; lists stand for tuples."""
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return any(_fits(value, one) for one in inner)
    if origin is tuple:
        if not isinstance(value, list):
            return False
        if inner[1:] == (...,):
            return all(_fits(one, inner[0]) for one in value)
        return len(value) == len(inner) and all(map(_fits, value, inner))
    if origin is dict:
        return isinstance(value, dict) and all(_fits(one, inner[1]) for one in value.values())
    return type(value) is (types.NoneType if hint is None else hint)


def _frozen(value: object) -> object:
    return tuple(map(_frozen, value)) if isinstance(value, list) else value
