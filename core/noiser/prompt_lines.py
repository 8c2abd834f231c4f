"""A file of many prompts, one per line, each with what is to be asked of it otherwise than of the others.

A line is a JSON string, the prompt, or an object with "prompt", or the "messages" of a chat, and any
field of the request ("target", "contrast", "bound", "seed", …) that is to differ; other keys are the
user's own and left alone. Empty lines are passed over.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, fields
from typing import Any

from noiser.chat import Chat, make_chat
from noiser.errors import NoiserError, unknown
from noiser.request import Request

_FIELDS = tuple(field.name for field in fields(Request))
_ALMOST = 0.8
"""A key this close to a field's name is a slip of the fingers, not a key of the user's own."""


def numbered_lines(stream: Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
    """The lines that are not empty, each with its number from 1."""
    for number, line in enumerate(stream, 1):
        if line.strip():
            yield number, line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line


def read_line(line: bytes, request: Request) -> tuple[str | Chat, Request]:
    """The prompt or the chat of one line, and the request with the line's own fields.

    NoiserError says in a sentence why a line cannot be read.
    """
    try:
        data = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise NoiserError("this is not UTF-8 text.") from error
    except ValueError as error:
        raise NoiserError(f"this is not JSON: {error}.") from error
    except RecursionError:
        raise NoiserError("this is nested too deeply.") from None
    if isinstance(data, str):
        return data, request
    if isinstance(data, dict) and "messages" in data and "prompt" not in data:
        return make_chat(data), _own_request(data, request)
    if not isinstance(data, dict) or not isinstance(data.get("prompt"), str):
        raise NoiserError(
            'a line is a JSON string, or an object with "prompt" as a string or "messages" as a list.'
        )
    return data["prompt"], _own_request(data, request)


def _own_request(data: dict[str, Any], request: Request) -> Request:
    from pydantic import TypeAdapter, ValidationError

    for key in data:
        near = difflib.get_close_matches(key, _FIELDS, n=1, cutoff=_ALMOST)
        if near and key not in _FIELDS:
            raise unknown("key", key, _FIELDS)
    own = {key: value for key, value in data.items() if key in _FIELDS}
    if not own:
        return request
    try:
        # As JSON, because strict Python input would want a Request and not a dictionary.
        merged = json.dumps({**asdict(request), **own})
        return TypeAdapter(Request).validate_json(merged, strict=True)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise NoiserError(f"{where}: {first['msg']}.") from error
