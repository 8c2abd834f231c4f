"""JSON with comments and trailing commas, as VS Code's themes and keymaps are written."""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn

from noiser.errors import NoiserError

# A string that is not closed ends with its line, so that nothing after it is taken for part of it.
_STRING = r'"(?:\\.|[^"\\\n])*"?'
_COMMENTS = re.compile(rf"{_STRING}|(?P<comment>//[^\n]*|/\*.*?(?:\*/|(?P<open>\Z)))", re.DOTALL)
_COMMAS = re.compile(rf"{_STRING}|[\[{{,]\s*,|(?P<trailing>,)(?=\s*[}}\]])")


class JsoncError(NoiserError):
    """A text that is no JSON, with the line and the column (both from 1) where it stops being that."""

    def __init__(self, what: str, line: int, column: int) -> None:
        super().__init__(f"line {line}, column {column}: {what}")
        self.what = what
        self.line = line
        self.column = column


def read_jsonc(text: str) -> Any:
    """What a JSON text says, its comments and trailing commas left out; JsoncError when it is none.

    Of two values under one name the later one counts.
    """
    text = text.removeprefix("\ufeff")
    try:
        return json.loads(
            _COMMAS.sub(_no_comma, _COMMENTS.sub(_blank, text)), parse_constant=_refuse
        )
    except json.JSONDecodeError as error:
        what = error.msg[:1].lower() + error.msg[1:]
        raise JsoncError(what, error.lineno, error.colno) from error
    except RecursionError as error:
        raise JsoncError("the values are nested too deeply", 1, 1) from error
    except ValueError as error:  # a number of thousands of digits
        raise JsoncError(str(error), 1, 1) from error


# Both put spaces in place of what they take out: json then names the place in the text as it was given.


def _blank(match: re.Match[str]) -> str:
    if match["comment"] is None:
        return match[0]
    if match["open"] is not None and not match[0].startswith("//"):
        before = match.string[: match.start()]
        line, column = before.count("\n") + 1, match.start() - before.rfind("\n")
        raise JsoncError("this comment is never closed by */", line, column)
    return re.sub(r"[^\n]", " ", match[0])


def _no_comma(match: re.Match[str]) -> str:
    return " " if match["trailing"] else match[0]


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no number of JSON")
