"""Which key does what: the registry's defaults under what the user says, the later rule first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from textual.binding import Binding

from noiser_tui.settings.when import When, parse_when
from noiser_tui.workbench.actions import ACTIONS

Facts = Mapping[str, bool | str | int]


@dataclass(frozen=True)
class Rule:
    """One key for one action, under a condition of its own besides the action's."""

    key: str
    action: str
    when: str = ""


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
                rule.key,
                f"press({index})",
                ACTIONS[rule.action].title,
                show=False,
                priority=ACTIONS[rule.action].priority,
            )
            for index, rule in reversed(list(enumerate(self.rules)))
        ]

    def holds(self, index: int, facts: Facts) -> bool:
        """Whether a rule's key does its action now."""
        return all(condition.holds(facts) for condition in self._conditions[index])

    def keys(self, action: str) -> tuple[str, ...]:
        """The keys of an action, the first one first, each once."""
        return tuple(dict.fromkeys(rule.key for rule in self.rules if rule.action == action))

    def label(self, action: str) -> str:
        """Its first key as people write it, empty where it has none."""
        keys = self.keys(action)
        return key_label(keys[0]) if keys else ""


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
}


def key_label(key: str) -> str:
    """A key as people write it: f5 → F5, ctrl+s → Ctrl+S."""
    return "+".join(_NAMES.get(part, part.capitalize()) for part in key.split("+"))
