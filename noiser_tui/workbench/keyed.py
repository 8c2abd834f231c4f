"""Keys and clicks to actions: what every key does is asked of the keymap, what it means of the registry."""

from __future__ import annotations

import inspect
import time
from typing import Any

from textual.app import App
from textual.binding import Binding, BindingsMap
from textual.widget import Widget

from noiser_tui.workbench.actions import ACTIONS
from noiser_tui.workbench.insides import bind
from noiser_tui.workbench.keymap import Facts, Keymap, possible
from noiser_tui.workbench.widgets.action_row import ActionRow
from noiser_tui.workbench.widgets.key_bar import KeyName

CTRL_C_TWICE = 2.0
"""Seconds within which a second Ctrl+C leaves."""


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
        """Do what a rule of the keymap says."""
        await self.action_do(self.keymap.rules[rule].action)

    async def action_do(self, id: str) -> None:
        """Do an action of the registry."""
        result = ACTIONS[id].do(self)  # type: ignore[arg-type]  # the workbench is the one app there is
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
        now = {**self.facts(), "modal": False}
        return tuple(
            KeyName(one.id, label, one.short)
            for one in ACTIONS.values()
            if one.short and (label := self.keymap.label(one.id)) and possible(one.id, now)
        )
