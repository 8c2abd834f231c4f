"""Keys and clicks to actions: what every key does is asked of the keymap, what it means of the registry."""

from __future__ import annotations

import inspect
import time
from typing import Any

from textual import events
from textual.app import App
from textual.binding import Binding, BindingsMap
from textual.widget import Widget

from noiser_tui.workbench.actions import ACTIONS
from noiser_tui.workbench.insides import bind
from noiser_tui.workbench.keymap import Facts, Keymap, Rule, key_label, possible
from noiser_tui.workbench.widgets.action_row import ActionRow
from noiser_tui.workbench.widgets.key_bar import KeyName

CTRL_C_TWICE = 2.0
"""Seconds within which a second Ctrl+C leaves."""
_TYPED = (events.Key, events.Paste)


def spoken(widget: Widget, sentence: str) -> str:
    """A sentence for a widget to show, with the keys that there are instead of the usual ones."""
    app = widget.app
    return app.keymap.spoken(sentence) if isinstance(app, KeyedApp) else sentence


class KeyedApp(App[int]):
    """An app whose keys are rules and whose actions are the registry's."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.use_keymap(Keymap())
        self.used_last: tuple[str, ...] = ()
        self.chord = ""
        self._ctrl_c_at = -CTRL_C_TWICE

    def facts(self) -> Facts:
        """What the conditions of keys are about, at this moment."""
        raise NotImplementedError

    def leave(self) -> None:
        """Leave at once."""
        raise NotImplementedError

    def use_keymap(self, keymap: Keymap) -> None:
        """Let these rules say what each key does."""
        self.keymap = keymap
        ctrl_c = Binding("ctrl+c", "help_quit", show=False, system=True)
        bind(self, BindingsMap([ctrl_c, *keymap.bindings()]))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A rule's key does something only while its conditions hold."""
        if action == "press":
            (rule,) = parameters
            assert isinstance(rule, int)
            return self.keymap.holds(rule, self.facts())
        return True

    async def action_press(self, rule: int) -> None:
        """Do what a rule of the keymap says, or wait for the second of its keys."""
        pressed = self.keymap.rules[rule]
        if pressed.second:
            self.begin_chord(pressed.first)
        else:
            await self.action_do(pressed.action, pressed.args)

    def begin_chord(self, first: str) -> None:
        """Wait for the key that follows this one, or, where it is empty, for none any more."""
        self.chord = first
        self.chord_changed()

    def chord_changed(self) -> None:
        """A key waits for its second one, or no more."""

    def following(self) -> dict[str, Rule]:
        """What can be done now by the second key; nothing where none is waited for."""
        return self.keymap.after(self.chord, self.facts()) if self.chord else {}

    async def on_event(self, event: events.Event) -> None:
        """Take the second key of two for what the two do."""
        if not self.chord or event.is_forwarded or not isinstance(event, _TYPED):
            await super().on_event(event)
            return
        follows, first = self.following(), self.chord
        self.begin_chord("")
        if not isinstance(event, events.Key) or not follows:
            await super().on_event(event)
            return
        names = (event.key, event.key.removeprefix("ctrl+"), event.key.lower())
        rule = next((follows[name] for name in names if name in follows), None)
        if rule is not None:
            await self.action_do(rule.action, rule.args)
        elif event.key != "escape":
            told = self.keymap.nothing(first, names)
            self.notify(told, timeout=CTRL_C_TWICE, markup=False)

    async def action_do(self, id: str, args: str = "") -> None:
        """Do an action, with what a key gives it; a key that waits for its second one does so no more."""
        if self.chord and id != "more_keys":
            self.begin_chord("")
        result = ACTIONS[id].do(self, *filter(None, [args]))
        if inspect.isawaitable(result):
            await result

    async def on_action_row_chosen(self, message: ActionRow.Chosen) -> None:
        """Do what was clicked."""
        await self.run_action(message.action)

    def action_help_quit(self) -> None:
        """Ctrl+C with nothing to copy: once says how to leave, twice leaves."""
        now = time.monotonic()
        if now - self._ctrl_c_at < CTRL_C_TWICE:
            self.leave()
            return
        self._ctrl_c_at = now
        self.notify("Ctrl+C again leaves; so does Ctrl+Q.", timeout=CTRL_C_TWICE)

    def said_of(self, id: str) -> str:
        """What an action is and its key, empty where there is none of this id."""
        action = ACTIONS.get(id)
        if action is None:
            return ""
        key = self.keymap.label(id)
        said = f"{action.title}: {action.help}" if action.help else action.title
        return f"{said} ({key})" if key else said

    def key_names(self) -> tuple[KeyName, ...]:
        """The actions of the footer that are possible here, with their keys; a list over it changes none."""
        if self.chord:
            told = "was pressed: which key next? Esc: none"
            return (KeyName("more_keys", key_label(self.chord), told),)
        now = {**self.facts(), "modal": False}
        return tuple(
            KeyName(one.id, label, one.short)
            for one in ACTIONS.values()
            if one.short and (label := self.keymap.label(one.id)) and possible(one.id, now)
        )
