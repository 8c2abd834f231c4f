"""Keys as VS Code writes them, in textual's names; and which of them terminals do not send.

What arrives was tried with textual 8.2's own parser; see also xterm's control sequences (ctlseqs) and
kitty's keyboard protocol, which sends every key with its modifiers.
"""

from __future__ import annotations

import itertools
import re
import unicodedata

from noiser.errors import WrongUse
from noiser_tui.settings.problem import unknown_name

_MODIFIERS = {
    "ctrl": "ctrl",
    "shift": "shift",
    "alt": "alt",
    "option": "alt",
    "meta": "super",
    "cmd": "super",
    "win": "super",
    "super": "super",
}
_ARROWS = ("left", "right", "up", "down")
_MOVING = (*_ARROWS, "home", "end", "pageup", "pagedown", "insert", "delete")
_FUNCTION = tuple(f"f{number}" for number in range(1, 25))
_EDITING = ("enter", "escape", "tab", "backspace", "space")
_NAMED = {name: name for name in (*_MOVING, *_FUNCTION, *_EDITING)} | {"esc": "escape"}
# Where textual departs from Unicode's names of the characters.
_CHARACTERS = {
    "/": "slash",
    "\\": "backslash",
    "@": "at",
    "-": "minus",
    "+": "plus",
    "_": "underscore",
}

# These bytes are those keys, at every terminal that has no kitty protocol.
_TAKEN = {
    "ctrl+m": "Enter",
    "ctrl+i": "Tab",
    "ctrl+h": "Backspace",
    "ctrl+left_square_bracket": "Esc",
}
_ALSO = {"ctrl+slash": "ctrl+underscore", "ctrl+space": "ctrl+@"}
_ELSEWHERE = {
    "alt+b": "arrives as Ctrl+Left",
    "alt+f": "arrives as Ctrl+Right",
    "alt+backspace": "arrives as Ctrl+W",
}
_WITH_CTRL = ("at", "backslash", "right_square_bracket", "circumflex_accent", "underscore")


def textual_keys(text: str) -> tuple[str, ...]:
    """What textual calls a key that VS Code calls `text`: `ctrl+,` is ctrl+comma.

    A chord's two keys stand with a space between them. Several names where terminals differ in what
    they send for it. WrongUse for more than two keys, a key that no terminal sends, or no key at all.
    """
    keys = re.sub(r"\s*\+\s*", "+", text.strip()).split() or [""]
    if len(keys) > 2:
        raise WrongUse(f"{text!r} is a chord of {len(keys)} keys: give one key or two.")
    return tuple(map(" ".join, itertools.product(*map(_names, keys))))


def _names(text: str) -> tuple[str, ...]:
    """What textual calls one key."""
    *modifiers, name = re.split(r"(?<=[^+])\+", text.lower())  # ctrl++ is Ctrl and +
    held = set()
    for modifier in modifiers:
        if modifier not in _MODIFIERS:
            raise WrongUse(unknown_name("modifier", modifier, _MODIFIERS))
        held.add(_MODIFIERS[modifier])
    key = _key(name)
    if held == {"shift"} and len(name) == 1:
        if not name.isalpha():
            raise WrongUse(
                f"A terminal sends the character that Shift and {name} make: give that character."
            )
        return (name.upper(),)
    full = "+".join([*sorted(held), key])
    if full in _TAKEN:
        raise WrongUse(f"Terminals send {_TAKEN[full]} for {text}: give another key.")
    return (full, _ALSO[full]) if full in _ALSO else (full,)


def doubt(key: str) -> str:
    """Why a key, in textual's name, does not arrive from every terminal; empty where it does."""
    return next(filter(None, map(_doubt, key.split())), "")


def _doubt(key: str) -> str:
    *modifiers, name = key.split("+")
    held = set(modifiers)
    if key in _ALSO or key in _ALSO.values() or not held:
        return ""
    if how := _ELSEWHERE.get(key) or _how(held, name):
        return f"only terminals with the kitty protocol send it; elsewhere it {how}"
    return ""


def _key(name: str) -> str:
    if name in _NAMED:
        return _NAMED[name]
    if len(name) == 1 and name.isprintable():
        if name.isalnum():
            return name
        if name in _CHARACTERS:
            return _CHARACTERS[name]
        return unicodedata.name(name, "").lower().replace("-", "_").replace(" ", "_")
    if name in _CHARACTERS.values() or _is_character(name):
        return name
    raise WrongUse(unknown_name("key", name, tuple(_NAMED)))


def _is_character(name: str) -> bool:
    """Whether this is textual's name of a character already, as `comma` is."""
    try:
        return bool(unicodedata.lookup(name.upper().replace("_", " ")))
    except KeyError:
        return False


def _how(held: set[str], name: str) -> str:
    """How a key with modifiers arrives at a terminal without the kitty protocol; empty: as it is."""
    if "super" in held:
        return "goes to the desktop"
    if name in _MOVING or name in _FUNCTION or (held, name) == ({"shift"}, "tab"):
        return ""
    if name in _EDITING:
        return "arrives without its modifiers, or not at all"
    if len(name) == 1 and name.isalpha():
        if held >= {"ctrl", "shift"}:
            return "arrives as Ctrl and the letter, or the terminal keeps it"
        return "arrives without Alt" if held == {"ctrl", "alt"} else ""
    if held == {"ctrl"} and name in _WITH_CTRL:
        return ""
    return "arrives as another character, or not at all"
