"""Conditions under which a key does something, in the form of VS Code's `when` clauses.

    any    = all { "||" all }
    all    = one { "&&" one }
    one    = "!" one | "(" any ")" | name | name operator literal
    operator = "==" | "!=" | "<" | "<=" | ">" | ">="
    literal  = number | 'text' | "text" | true | false | word, which is text too

As in VS Code, a comparison has its name on the left; a name that is not known is false, and equal to nothing.
"""

from __future__ import annotations

import functools
import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from noiser.errors import NoiserError

Value = bool | str | int
Context = Mapping[str, Value]
Holds = Callable[[Context], bool]
Literal = bool | str | float

_DEEPEST = 100
_TOKEN = re.compile(
    r"""\s*(?:(?P<number>-?\d+(?:\.\d+)?)(?![\w.])
           |(?P<text>'[^']*'|"[^"]*")
           |(?P<word>[^\W\d][\w.:-]*)
           |(?P<sign>&&|\|\||==|!=|<=|>=|[!()<>]))""",
    re.VERBOSE,
)
_ORDER: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


class WhenError(NoiserError):
    """A text that is no condition, with the column (from 1) where it stops being one."""

    def __init__(self, what: str, column: int) -> None:
        super().__init__(f"column {column}: {what}")
        self.what = what
        self.column = column


@dataclass(frozen=True)
class When:
    """A condition; `names` are those it asks about, so that unknown ones can be told."""

    text: str
    names: frozenset[str]
    _holds: Holds = field(repr=False, compare=False)

    def holds(self, context: Context) -> bool:
        """Whether it is met where `context` is what is known."""
        return self._holds(context)


@functools.lru_cache(maxsize=1024)
def parse_when(text: str) -> When:
    """The condition that `text` is, the empty one always met; WhenError with the column where it is none."""
    parser = _Parser(text)
    if not text.strip():
        return When(text, frozenset(), lambda context: True)
    holds = parser.any(0)
    if parser.kind:
        raise parser.error("&& or ||")
    return When(text, frozenset(parser.names), holds)


class _Parser:
    """Reads one token at a time: `kind` and `token` are the next one, at its `start`."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.names: set[str] = set()
        self.kind = self.token = ""
        self.start = self._end = 0
        self.step()

    def step(self) -> str:
        """Go on to the next token and return the one that was next."""
        before = self.token
        rest = self.text[self._end :]
        self.start = self._end + len(rest) - len(rest.lstrip())
        if match := _TOKEN.match(self.text, self._end):
            self.kind, self.token, self._end = match.lastgroup or "", match[0].lstrip(), match.end()
        elif rest.strip():
            raise WhenError(f"{_shown(rest.strip())} has no meaning here", self.start + 1)
        else:
            self.kind, self.token = "", ""
        return before

    def any(self, depth: int) -> Holds:
        terms = [self.all(depth)]
        while self.token == "||":
            self.step()
            terms.append(self.all(depth))
        return terms[0] if len(terms) == 1 else lambda context: any(t(context) for t in terms)

    def all(self, depth: int) -> Holds:
        terms = [self.one(depth)]
        while self.token == "&&":
            self.step()
            terms.append(self.one(depth))
        return terms[0] if len(terms) == 1 else lambda context: all(t(context) for t in terms)

    def one(self, depth: int) -> Holds:
        if depth > _DEEPEST:
            raise WhenError("this is nested too deeply", self.start + 1)
        if self.token == "!":
            self.step()
            inner = self.one(depth + 1)
            return lambda context: not inner(context)
        if self.token == "(":
            self.step()
            inside = self.any(depth + 1)
            if self.token != ")":
                raise self.error("a closing bracket")
            self.step()
            return inside
        if self.kind != "word":
            raise self.error("a name")
        return self.about(self.step())

    def about(self, name: str) -> Holds:
        if name in ("true", "false"):
            return lambda context: name == "true"
        self.names.add(name)
        sign = self.token
        if sign not in ("==", "!=", *_ORDER):
            return lambda context: bool(context.get(name, False))
        self.step()
        if self.kind not in ("number", "text", "word"):
            raise self.error("a value")
        kind, number_at = self.kind, self.start
        value = _literal(kind, self.step())
        if sign in _ORDER:
            if isinstance(value, (bool, str)):
                raise WhenError(f"{sign} compares with a number", number_at + 1)
            return _ordered(name, _ORDER[sign], value)
        same = sign == "=="
        return lambda context: _equal(context.get(name), value) is same

    def error(self, wanted: str) -> WhenError:
        found = _shown(self.token) if self.token else "the end"
        return WhenError(f"{wanted} was expected, not {found}", self.start + 1)


def _literal(kind: str, token: str) -> Literal:
    if kind == "text":
        return token[1:-1]
    if kind == "number":
        return float(token)
    return {"true": True, "false": False}.get(token, token)


def _equal(known: Value | None, value: Literal) -> bool:
    # True is 1 for Python; here a flag is no number.
    return isinstance(known, bool) == isinstance(value, bool) and known == value


def _ordered(name: str, compare: Callable[[float, float], bool], value: float) -> Holds:
    def holds(context: Context) -> bool:
        known = context.get(name)
        return isinstance(known, int) and not isinstance(known, bool) and compare(known, value)

    return holds


def _shown(text: str) -> str:
    return repr(text if len(text) <= 20 else f"{text[:20]}…")
