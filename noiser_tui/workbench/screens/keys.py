"""Every action by group with its keys: narrowed by typing, explained, and done on Enter."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from noiser_tui.workbench.actions import ACTIONS, Action
from noiser_tui.workbench.key_probe import fact_of
from noiser_tui.workbench.keymap import Facts, Keymap, default_rules, key_label, possible
from noiser_tui.workbench.look import Pens
from noiser_tui.workbench.presets.vim import VIM
from noiser_tui.workbench.screens.searched import Searched
from noiser_tui.workbench.widgets.row_list import Row
from noiser_tui.workbench.widgets.words import Paragraphs

OTHER = (
    ("Move between the parts", "Tab, Shift+Tab"),
    ("Walk over the tokens, or a list", "Arrows, Home, End"),
    ("Quit where Ctrl+Q does not arrive", "Ctrl+C twice"),
)
"""What keys do that are no actions."""


class Keys(Searched[str | None]):
    """Returns the action that was chosen, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("f1,shift+f1", "close", "Close")]

    heading = "Keys"
    hint = "Enter does it, Esc closes"
    prompt = "Type words or a key to narrow the list"
    empty = "No command has these words."

    def __init__(self, pens: Pens, keymap: Keymap, now: Facts) -> None:
        super().__init__(pens)
        self._keymap = keymap
        self._now = now

    def rows(self, sought: str) -> list[Row]:
        """The actions that have the words."""
        return list_rows(self._keymap, self._now, sought)

    def words(self, row: Row | None) -> Paragraphs:
        """The action, nothing of a heading."""
        if row is None or row.key not in ACTIONS:
            return ()
        return in_words(ACTIONS[row.key], self._keymap, self._now)

    def choose(self, row: Row) -> None:
        """Do it, where it is possible now."""
        if row.key in ACTIONS and possible(row.key, self._now):
            self.finish(row.key)


def list_rows(keymap: Keymap, now: Facts, sought: str = "") -> list[Row]:
    """The actions under their groups, those that have all the words sought; ● where keys are the user's."""
    words = sought.lower().split()
    groups: dict[str, list[Row]] = {}
    for action in ACTIONS.values():
        row = _row(action, keymap, now)
        text = f"{row.name} {row.more} {action.help} {action.id} {action.group}".lower()
        if all(word in text for word in words):
            groups.setdefault(action.group, []).append(row)
    others = [
        Row(f"other:{name}", name, keys, mark="  ")
        for name, keys in OTHER
        if all(word in f"{name} {keys}".lower() for word in words)
    ]
    if others:
        groups["besides"] = others
    rows: list[Row] = []
    for group, listed in groups.items():
        rows += [Row(f"heading:{group}", group.upper(), heading=True), *listed]
    return rows


def _row(action: Action, keymap: Keymap, now: Facts) -> Row:
    keys = " or ".join(map(key_label, keymap.keys(action.id)))
    tone = "plain" if possible(action.id, now) else "muted"
    mark = "● " if is_changed(action, keymap) else "  "
    return Row(action.id, action.title, keys, tone=tone, mark=mark)  # type: ignore[arg-type]


def is_changed(action: Action, keymap: Keymap) -> bool:
    """Whether the user's file gives an action other keys than it would have."""
    usual = {rule.key for rule in (*default_rules(), *VIM) if rule.action == action.id}
    return not set(action.keys) <= set(keymap.keys(action.id)) <= usual


def in_words(action: Action, keymap: Keymap, now: Facts) -> Paragraphs:
    """What an action is, its id and condition for the user's file, and which keys may not arrive."""
    notes = [note for key in keymap.keys(action.id) if (note := doubts(key))]
    if is_changed(action, keymap):
        usual = " or ".join(map(key_label, action.keys)) or "no key"
        notes.insert(0, f"Changed in keybindings.json: it would be {usual}.")
    given = (f"{key_label(rule.key)} takes {rule.args}." for rule in keymap.giving(action.id))
    when = action.when.removeprefix("!modal").removeprefix(" && ")
    where = f", when {when}" if when else ""
    hint = "" if possible(action.id, now) else " Not possible here now."
    return (
        (f"{action.title}. {action.help}{'.' if action.help else ''}{hint}", "plain"),
        (f"noiser.{action.id}{where}", "muted"),
        *((one, "plain") for one in given),
        *((note, "warning") for note in notes),
    )


def doubts(key: str) -> str:
    """Why a key, or one of two, may not arrive in this terminal; empty where it does in all."""
    return " ".join(filter(None, map(_doubt, key.split())))


def _doubt(key: str) -> str:
    fact = fact_of(key)
    if fact is None or fact.legacy == "yes":
        return ""
    if fact.legacy == "mostly":
        return f"{key_label(key)}: {fact.remark}"
    return f"{key_label(key)} arrives in terminals with kitty's protocol only."
