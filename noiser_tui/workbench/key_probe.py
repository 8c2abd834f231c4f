"""Which keys arrive in which terminals, and what is to be said of a key that did."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Arrives = Literal["yes", "mostly", "as another", "no"]


@dataclass(frozen=True)
class KeyFact:
    """A kind of keys: whether they arrive in terminals that do not speak kitty's protocol.

    `pattern` matches them as textual names them.
    """

    name: str
    pattern: str
    legacy: Arrives
    remark: str


KEY_FACTS: tuple[KeyFact, ...] = (
    KeyFact("F11", "f11", "mostly", "Many terminals keep it for their full screen."),
    KeyFact("F1 to F12", r"(shift\+)?f\d+", "yes", ""),
    KeyFact("Ctrl+B", r"ctrl\+b", "mostly", "Inside tmux it is the prefix: press it twice."),
    KeyFact("Ctrl+J", r"ctrl\+j", "yes", "Not the same as Enter."),
    KeyFact("Ctrl+K", r"ctrl\+k", "mostly", "The terminal of VS Code keeps it: Shift+F9 there."),
    KeyFact("Ctrl+Q", r"ctrl\+q", "mostly", "The terminal of VS Code keeps it."),
    KeyFact("Ctrl+M I H [", r"ctrl\+([mih]|left_square_bracket)", "as another", ""),
    KeyFact("Ctrl+letter", r"ctrl\+[a-z]", "yes", ""),
    KeyFact(
        "Ctrl+PageUp, PageDown",
        r"ctrl\+page(up|down)",
        "mostly",
        "Not on the Linux console: Ctrl+K < and Ctrl+K > there.",
    ),
    KeyFact(
        "Ctrl, Alt with arrows",
        r"(ctrl|alt)\+(left|right|up|down)",
        "mostly",
        "Not on the Linux console: Ctrl+K [ and Ctrl+K ] there.",
    ),
    KeyFact("Alt+B, Alt+F", r"alt\+[bf]", "as another", "They move by words."),
    KeyFact("Alt+letter", r"alt\+[a-z]", "yes", ""),
    KeyFact("Ctrl+Enter, Shift+Enter", r"(ctrl|shift|alt)\+enter", "as another", ""),
    KeyFact("Ctrl+Shift+letter", r"ctrl\+shift\+[a-z]", "as another", "Some terminals keep them."),
    KeyFact("Ctrl+/", r"ctrl\+(slash|underscore)", "as another", "Bind both names."),
    KeyFact(
        "Ctrl+`, Ctrl+Tab, Ctrl+digit, Ctrl+comma, Alt+digit",
        r"ctrl\+(grave_accent|tab|comma|\d)|alt\+\d",
        "no",
        "Nothing or another character arrives.",
    ),
    KeyFact("Esc", "escape", "yes", "Slow: terminals wait to see whether more follows."),
)
"""The table, the first kind that fits counts."""

_BECOMES = {
    **{"ctrl+m": "enter", "ctrl+i": "tab", "ctrl+h": "backspace", "alt+enter": "enter"},
    **{"ctrl+left_square_bracket": "escape", "ctrl+enter": "enter", "shift+enter": "enter"},
    **{"alt+b": "ctrl+left", "alt+f": "ctrl+right", "ctrl+slash": "ctrl+underscore"},
}
"""What textual sees in a terminal of old."""
_NAMES = {
    **{"escape": "Esc", "pageup": "PageUp", "pagedown": "PageDown", "left_square_bracket": "["},
    **{"slash": "/", "underscore": "_", "grave_accent": "`", "comma": ","},
}


def fact_of(key: str) -> KeyFact | None:
    """What is known of a key, None of one that is in no table."""
    return next((fact for fact in KEY_FACTS if re.fullmatch(fact.pattern, key)), None)


def becomes(key: str) -> str:
    """The name under which textual sees a key in a terminal of old; empty where none is sure."""
    if re.fullmatch(r"ctrl\+shift\+[a-z]", key):
        return becomes(key.replace("shift+", ""))
    fact = fact_of(key)
    return "" if fact is not None and fact.legacy == "no" else _BECOMES.get(key, key)


def written(key: str) -> str:
    """A key as people write it: ctrl+left_square_bracket → Ctrl+[."""
    parts = (_NAMES.get(part, part.capitalize()) for part in key.split("+"))
    return "+".join(parts)


def verdict(key: str, seen: str) -> str:
    """A sentence on what came of pressing `key`: `seen` is the name that arrived, empty for none."""
    fact = fact_of(key)
    remark = f" {fact.remark}" if fact is not None and fact.remark else ""
    if seen == key:
        return f"{written(key)} arrives here.{remark}"
    if not seen:
        return f"{written(key)} does not arrive here.{remark}"
    return f"{written(key)} arrives as {written(seen)} here.{remark}"


def note(seen: str) -> str:
    """What to know of a key that arrived under this name; empty for most.

    A name that only kitty's protocol can tell says that the terminal speaks it.
    """
    fact = fact_of(seen)
    if fact is not None and becomes(seen) != seen:
        return "Only with kitty's protocol, which this terminal speaks; elsewhere " + (
            f"it arrives as {written(becomes(seen))}." if becomes(seen) else "it does not arrive."
        )
    twins = [key for key, name in _BECOMES.items() if name == seen]
    if re.fullmatch(r"ctrl\+[a-z]", seen):
        twins.append(seen.replace("+", "+shift+"))
    notes = [fact.remark] if fact is not None and fact.remark else []
    if twins:
        verb = "arrives" if len(twins) == 1 else "arrive"
        notes.append(f"{_listed(map(written, twins))} {verb} as this without kitty's protocol.")
    return " ".join(notes)


def _listed(some: Iterable[str]) -> str:
    *most, last = some
    return f"{', '.join(most)} and {last}" if most else last
