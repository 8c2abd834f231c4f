"""Which key does what: the registry's defaults under what the user says, the later rule first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from textual.binding import Binding

from noiser_tui.settings.when import When, parse_when
from noiser_tui.workbench.actions import ACTIONS

_FUNCTION_KEY = re.compile(r"F\d+")
_KEY = re.compile(r"\b(?:(?:Ctrl|Alt|Shift)\+)+(?:\w+|,)|\bF\d+\b")

Facts = Mapping[str, bool | str | int]


@dataclass(frozen=True)
class Rule:
    """One key, or two with a space between them, for one action; under a condition besides the action's.

    `args` is what the action would ask for, empty where it is to ask.
    """

    key: str
    action: str
    when: str = ""
    args: str = ""

    @property
    def title(self) -> str:
        """What the key does."""
        title = ACTIONS[self.action].title
        return f"{title}: {self.args}" if self.args else title

    @property
    def done(self) -> str:
        """That, as textual is to do it."""
        return f"do({self.action!r}, {self.args!r})" if self.args else f"do({self.action!r})"

    @property
    def first(self) -> str:
        """The key that is pressed first."""
        return self.key.partition(" ")[0]

    @property
    def second(self) -> str:
        """The key after it, empty where one does."""
        return self.key.partition(" ")[2]


@dataclass(frozen=True)
class Keymap:
    """All rules; where two hold for a key, the later one wins."""

    rules: tuple[Rule, ...] = field(default_factory=lambda: default_rules())

    @cached_property
    def _conditions(self) -> dict[int, tuple[When, When]]:
        return {
            index: (parse_when(rule.when), parse_when(ACTIONS[rule.action].when))
            for index, rule in enumerate(self.rules)
        }

    def bindings(self) -> list[Binding]:
        """The rules for textual, which tries them in order until one is possible."""
        return [
            Binding(
                rule.first,
                f"press({index})",
                rule.title,
                show=False,
                priority=ACTIONS[rule.action].priority,
            )
            for index, rule in reversed(list(enumerate(self.rules)))
        ]

    def holds(self, index: int, facts: Facts) -> bool:
        """Whether a rule's key does its action now."""
        return all(condition.holds(facts) for condition in self._conditions[index])

    def after(self, first: str, facts: Facts) -> dict[str, Rule]:
        """What can follow a first key now, by the second; of two rules for the same the later one counts."""
        return {
            rule.second: rule
            for index, rule in enumerate(self.rules)
            if rule.first == first and rule.second and self.holds(index, facts)
        }

    def nothing(self, first: str, seconds: Sequence[str]) -> str:
        """Why two keys do nothing now, the second of which has these names."""
        pressed = key_label(f"{first} {seconds[0]}")
        for rule in self.rules:
            if rule.first == first and rule.second in seconds:
                return f"{pressed} is not possible here: {rule.title}."
        return f"{pressed} is no command."

    def keys(self, action: str) -> tuple[str, ...]:
        """The keys of an action, the first one first, each once; not those that give it `args`."""
        keys = (rule.key for rule in self.rules if rule.action == action and not rule.args)
        return tuple(dict.fromkeys(keys))

    def giving(self, action: str) -> tuple[Rule, ...]:
        """The rules whose keys give an action what it would ask for."""
        return tuple(rule for rule in self.rules if rule.action == action and rule.args)

    def label(self, action: str) -> str:
        """Its first key as people write it, empty where it has none."""
        keys = self.keys(action)
        return key_label(keys[0]) if keys else ""

    @cached_property
    def _moved(self) -> dict[str, str]:
        """Default keys as people write them, to how their action is reached now, where that is otherwise."""
        moved: dict[str, str] = {}
        for action in ACTIONS.values():
            before = key_label(action.keys[0]) if action.keys else ""
            now = self.label(action.id) or f"“{action.title}” of the commands"
            if " " in before:
                continue  # no sentence names one
            if "+" in before or _FUNCTION_KEY.fullmatch(before):
                moved.setdefault(before, now)
        return {before: now for before, now in moved.items() if before != now}

    def spoken(self, sentence: str) -> str:
        """A sentence that names default keys, with the keys that do the same now."""
        if not self._moved:
            return sentence
        return _KEY.sub(lambda found: self._moved.get(found[0], found[0]), sentence)


def default_rules() -> tuple[Rule, ...]:
    """The registry's own keys."""
    return tuple(Rule(key, action.id) for action in ACTIONS.values() for key in action.keys)


def possible(action: str, facts: Facts) -> bool:
    """Whether an action can be done now."""
    return parse_when(ACTIONS[action].when).holds(facts)


def changed(rules: Iterable[Rule], removed: Iterable[tuple[str, str]]) -> Keymap:
    """The defaults without the (key, action) pairs that are `removed`, then the user's `rules`."""
    gone = set(removed)
    kept = [rule for rule in default_rules() if (rule.key, rule.action) not in gone]
    return Keymap((*kept, *rules))


_NAMES = {"escape": "Esc", "pageup": "PageUp", "pagedown": "PageDown"} | {
    "comma": ",",
    "slash": "/",
    "colon": ":",
    "question_mark": "?",
    "less_than_sign": "<",
    "greater_than_sign": ">",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
}


def key_label(key: str) -> str:
    """A key as people write it: f5 → F5, ctrl+k ctrl+s → Ctrl+K Ctrl+S; a letter alone as it is typed."""
    if " " in key:
        return " ".join(map(key_label, key.split()))
    if len(key) == 1:
        return key
    return "+".join(_NAMES.get(part, part.capitalize()) for part in key.split("+"))
