"""A line in the list of runs: what is shown of a run without opening it."""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from noiser.comparison.result import FORMAT as COMPARISON
from noiser.explanation import FORMAT as EXPLANATION
from noiser.record import is_newer

Kind = Literal["explanation", "comparison", "newer", "damaged"]
START = 200
"""Characters of the prompt that are shown."""
SEARCHED = 10_000
"""Characters of the prompt that are searched."""
_TIME = "%Y%m%d-%H%M%S-%f"
_ID = re.compile(r"\d{8}-\d{6}-\d{6}(-[0-9a-f]{6})?", re.ASCII)


@dataclass(frozen=True)
class Note:
    """What the user wrote on a run; the record itself never changes."""

    title: str = ""
    pinned: bool = False
    marked: bool = False


@dataclass(frozen=True)
class About:
    """What a record says of itself in the list; `sought` is the text in which its words are searched.

    Of a chat, whose prompt is all that its template makes of it, `prompt` is what the user said last, and
    `role` is who said that; it is empty for a prompt that is no chat.
    A comparison names all its models, methods and bounds with commas between, and the target of its
    first row; it has no α. A file that is no record is of the kind `damaged` and says nothing,
    one of a later version of the program is `newer` and may say what it explains.
    """

    kind: Kind
    prompt: str = ""
    model: str = ""
    method: str = ""
    bound: str = ""
    target: str = ""
    alpha: float | None = None
    complete: bool = True
    sought: str = ""
    role: str = ""


@dataclass(frozen=True)
class Entry:
    """A run in the list. `prompt` is that of `About`, `size` the bytes of its file, `created` in UTC.

    The other fields are those of `About` and `Note`.
    """

    id: str
    kind: Kind
    title: str
    prompt: str
    model: str
    method: str
    bound: str
    target: str
    alpha: float | None
    complete: bool
    pinned: bool
    marked: bool
    size: int
    role: str = ""

    @property
    def created(self) -> datetime:
        """When it was added, in UTC, as the clock told."""
        return moment_of(self.id)

    @property
    def name(self) -> str:
        """What it is called: its title, or what it explains."""
        return self.title or self.prompt


def id_at(moment: datetime) -> str:
    """How the id of a run that is added at `moment` begins; ids in order are moments in order."""
    return moment.astimezone(UTC).strftime(_TIME)


def new_id(moment: datetime) -> str:
    """An id for a run that is added at `moment`; no clock that tells a time twice gives it again."""
    return f"{id_at(moment)}-{secrets.token_hex(3)}"


def is_id(text: str) -> bool:
    """Whether `text` could be the id of a run; such a text is a safe name of a file."""
    if _ID.fullmatch(text) is None:
        return False
    try:
        moment_of(text)
    except ValueError:
        return False
    return True


def moment_of(run: str) -> datetime:
    """When the run with this id was added, in UTC."""
    day, time, fraction, *_ = run.split("-")
    return datetime.fromisoformat(f"{day}T{time}.{fraction}").replace(tzinfo=UTC)


def fold(text: str) -> str:
    """`text` as it is compared in a search, whichever way its letters are written."""
    return unicodedata.normalize("NFKC", text).casefold()


def about(record: object) -> About:
    """What is shown of a record; nothing in it is taken to be as it should be."""
    if not isinstance(record, Mapping):
        return About("damaged")
    if record.get("format") == EXPLANATION:
        return _about("explanation", record, [record], _text(_inside(record, "model"), "name"))
    if record.get("format") == COMPARISON:
        listed = record.get("rows")
        rows = (
            [row for row in listed if isinstance(row, Mapping)] if isinstance(listed, list) else []
        )
        return _about("comparison", record, rows, _all(_text(row, "model") for row in rows))
    if is_newer(record):
        prompt = _text(record, "prompt")
        return About("newer", prompt[:START], sought=fold(prompt[:SEARCHED]))
    return About("damaged")


def _about(
    kind: Kind, record: Mapping[str, Any], rows: list[Mapping[str, Any]], model: str
) -> About:
    explained = rows
    if kind == "comparison":
        explained = [_inside(row, "explanation") or _inside(row, "begun") for row in rows]
    targets = [_text(_inside(one, "target"), "text") for one in explained]
    prompt, target = _text(record, "prompt"), next(filter(None, targets), "")
    method, alpha = _all(_text(row, "method") for row in rows), record.get("alpha")
    chats = [found for found in map(_said, explained) if found is not None]
    role, said = chats[0] if chats else ("", prompt)
    return About(
        kind,
        said[:START],
        model,
        method,
        _all(_text(row, "bound") for row in rows),
        target,
        float(alpha) if isinstance(alpha, (int, float)) else None,
        record.get("complete") is not False,
        fold("\n".join((prompt[:SEARCHED], target, model, method))),
        role,
    )


def _said(explanation: Mapping[str, Any]) -> tuple[str, str] | None:
    """Who spoke and what: the user's last message in a chat, else anybody's; None where it is none."""
    listed = explanation.get("messages")
    messages = listed if isinstance(listed, list) else []
    every = [one for one in messages if isinstance(one, Mapping) and _text(one, "content").strip()]
    users = [one for one in every if one.get("role") == "user"]
    if not every:
        return None
    last = (users or every)[-1]
    return _text(last, "role"), _text(last, "content")


def _inside(record: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = record.get(key)
    return found if isinstance(found, Mapping) else {}


def _text(record: Mapping[str, Any], key: str) -> str:
    found = record.get(key)
    return found if isinstance(found, str) else ""


def _all(names: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(filter(None, names)))
