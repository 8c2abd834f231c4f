"""The user's keys: keybindings.json, in VS Code's form."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from noiser.errors import WrongUse
from noiser_tui.look.jsonc import JsoncError, read_jsonc
from noiser_tui.settings.key_names import doubt, textual_keys
from noiser_tui.settings.problem import Problem, unknown_name
from noiser_tui.settings.when import WhenError, parse_when

PREFIX = "noiser."
"""May stand before a command's id, as VS Code's commands have the name of what they are of."""
_FIELDS = ("key", "command", "when", "args")


@dataclass(frozen=True)
class KeyRule:
    """One key, in textual's name, for one command where `when` holds; or one that is taken away.

    With `removes` an empty key means all keys of the command, an empty `when` those with any. `args` is
    what the command would ask for, empty where it is to ask.
    """

    key: str
    command: str
    when: str = ""
    removes: bool = False
    args: str = ""


@dataclass(frozen=True)
class Keybindings:
    """What a file says, in its order, and what is wrong in it."""

    rules: tuple[KeyRule, ...] = ()
    problems: tuple[Problem, ...] = ()


def read_keybindings(
    path: Path,
    commands: Collection[str],
    names: Collection[str] = (),
    given: Collection[str] = (),
) -> Keybindings:
    """The rules in a file, none where there is no such file; it never raises.

    `commands` are the ids there are, `names` the words that conditions may ask about (empty: any), and
    `given` the commands that take `args`.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return Keybindings()
    except (OSError, UnicodeDecodeError) as error:
        return Keybindings(problems=(Problem(str(path), "", f"It cannot be read: {error}."),))
    return parse_keybindings(text, str(path), commands, names, given)


def parse_keybindings(
    text: str,
    source: str,
    commands: Collection[str],
    names: Collection[str] = (),
    given: Collection[str] = (),
) -> Keybindings:
    """The rules in the text of a file called `source`; an entry that is wrong is left out and told."""
    if not text.strip():
        return Keybindings()
    try:
        entries = read_jsonc(text)
    except JsoncError as error:
        return Keybindings(
            problems=(Problem(source, f"line {error.line}, column {error.column}", error.what),)
        )
    if not isinstance(entries, list):
        what = 'It must be a list: [{"key": "…", "command": "…"}].'
        return Keybindings(problems=(Problem(source, "", what),))
    rules: list[KeyRule] = []
    problems: list[Problem] = []
    for number, entry in enumerate(entries, 1):
        try:
            rules += _rules(entry, commands, given)
        except WrongUse as error:
            problems.append(Problem(source, f"entry {number}", str(error)))
        else:
            doubts = _doubts(entry, names)
            problems += [Problem(source, f"entry {number}", what, harmless=True) for what in doubts]
    return Keybindings(tuple(rules), tuple(problems))


def merged(defaults: Iterable[KeyRule], rules: Iterable[KeyRule]) -> list[KeyRule]:
    """The defaults without what the rules take away, then the rules; the later one of two counts."""
    result = list(defaults)
    for rule in rules:
        if rule.removes:
            result = [one for one in result if not _taken_away(one, rule)]
        else:
            result.append(rule)
    return result


def _taken_away(rule: KeyRule, by: KeyRule) -> bool:
    return rule.command == by.command and by.key in ("", rule.key) and by.when in ("", rule.when)


def _rules(entry: Any, commands: Collection[str], given: Collection[str]) -> list[KeyRule]:
    """The rules that an entry is, one for each name of its key; WrongUse where it is none."""
    if not isinstance(entry, dict):
        raise WrongUse('It must be an object: {"key": "…", "command": "…"}.')
    for field in entry:
        if field not in _FIELDS:
            raise WrongUse(unknown_name("field", field, _FIELDS))
        if not isinstance(entry[field], str):
            raise WrongUse(f"{field} must be text in quotes.")
    if "command" not in entry:
        raise WrongUse("It has no command.")
    command: str = entry["command"].strip()
    removes = command.startswith("-")
    command = _known(command.removeprefix("-"), commands)
    if "args" in entry and command not in given:
        raise WrongUse(f"{command} takes no args. These do: {', '.join(given)}.")
    when = entry.get("when", "").strip()
    try:
        parse_when(when)
    except WhenError as error:
        raise WrongUse(f"when, {error}.") from error
    if removes and not entry.get("key"):
        return [KeyRule("", command, when, removes)]
    if not entry.get("key", "").strip():
        raise WrongUse("It has no key.")
    args = entry.get("args", "")
    return [KeyRule(key, command, when, removes, args) for key in textual_keys(entry["key"])]


def _known(command: str, commands: Collection[str]) -> str:
    if command in commands:
        return command
    if (short := command.removeprefix(PREFIX)) in commands:
        return short
    raise WrongUse(unknown_name("command", short, commands))


def _doubts(entry: dict[str, str], names: Collection[str]) -> Iterator[str]:
    """What a good entry may come to nothing for."""
    if entry.get("key") and not entry["command"].startswith("-"):
        for why in map(doubt, textual_keys(entry["key"])):
            if why:
                yield f"{entry['key']}: {why}. Keep a second key for it."
    if names:
        for name in sorted(parse_when(entry.get("when", "").strip()).names - set(names)):
            yield f"when: {unknown_name('name', name, names)} It is always false."
