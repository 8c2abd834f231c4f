"""What the user's settings and keys make of the workbench, at its start and when a file is changed."""

from __future__ import annotations

import os
import sys
from collections.abc import Collection, Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from noiser.request import Request
from noiser_tui.settings.keybindings import KeyRule, merged, read_keybindings
from noiser_tui.settings.loading import load_options
from noiser_tui.settings.places import stamp
from noiser_tui.settings.problem import Problem
from noiser_tui.settings.requests import request_of
from noiser_tui.settings.schema import Engine
from noiser_tui.settings.settings import Settings
from noiser_tui.workbench import logbook
from noiser_tui.workbench.actions import ACTIONS
from noiser_tui.workbench.context import facts
from noiser_tui.workbench.environment import animation_level, frames
from noiser_tui.workbench.keymap import Keymap, Rule, default_rules
from noiser_tui.workbench.load_options import split, with_own
from noiser_tui.workbench.presets.vim import VIM
from noiser_tui.workbench.state import State
from noiser_tui.workbench.terminal import write_at_most
from noiser_tui.workbench.text_page import TextPage
from noiser_tui.workbench.widgets.prompt_editor import PromptEditor

if TYPE_CHECKING:
    from noiser_tui.workbench.app import Workbench

LOOK_EVERY = 1.0
"""Seconds between two looks at the files."""
TOASTS = 2
"""Problems that are each told at once: more would cover the prompt."""


class Configured:
    """Keeps a workbench as the settings and keybindings.json say."""

    def __init__(self, app: Workbench, settings: Settings) -> None:
        self.app = app
        self.settings = settings
        self.keys = settings.user.with_name("keybindings.json")
        self._keys_read = stamp(self.keys)
        self._wrong_keys: tuple[Problem, ...] = ()

    def begin(self, *, fresh: bool = True) -> None:
        """Take everything in, then look at the files from time to time.

        What was open before stays as it was; `fresh` says that nothing was.
        """
        values = self.settings.values
        if fresh:
            self._ask(vars(request_of(values.explain)))
            side_open = values.appearance.side_bar == "open"
            self.app.desk = replace(self.app.desk, side_open=side_open)
        self.app.engine.memory = values.engine.memory or None
        write_at_most(self.app, frames(values.terminal.fps))
        self._tell(self.settings.problems)
        self._use_keys()
        self.app.set_interval(LOOK_EVERY, self.follow)

    def follow(self) -> None:
        """Take in what was changed since the last look."""
        settings, keys = self.settings.changed(), self._keys_read.changed()
        if settings:
            self._take(self.settings.again())
        if keys:
            self._use_keys()
        self.app.follow_theme()
        if settings or keys:
            self.app.paint()
        if any(isinstance(one.page, TextPage) for one in self.app.desk.documents):
            from noiser_tui.workbench.text_room import follow

            follow(self.app)

    def _take(self, now: Settings) -> None:
        before, self.settings = self.settings, now
        old, new = before.values, now.values
        asked, asks = vars(request_of(old.explain)), vars(request_of(new.explain))
        self._ask({name: value for name, value in asks.items() if value != asked[name]})
        self.app.engine.memory = new.engine.memory or None
        self._load(old.engine, new.engine)
        if new.keys.preset != old.keys.preset:
            self._use_keys()
        if new.appearance.colours != old.appearance.colours:
            from noiser_tui.look.depth import chosen_depth

            stream = sys.__stderr__ or sys.stderr
            self.app.use_depth(chosen_depth(stream, os.environ, new.appearance.colours))
        if new.terminal.animations != old.terminal.animations:
            self.app.animation_level = animation_level(new.terminal.animations)
        if new.terminal.fps != old.terminal.fps:
            write_at_most(self.app, frames(new.terminal.fps))
        if new.appearance.theme != old.appearance.theme:
            self.app.follow_theme(new.appearance.theme)
        if new.appearance.panel_height != old.appearance.panel_height:
            self.app.refresh_css()
        self._tell(problem for problem in now.problems if problem not in before.problems)
        self.app.paint()

    def _ask(self, changes: dict[str, object]) -> None:
        """Prompts that were not explained yet are asked about as the settings say, where that can be."""
        from noiser_tui.workbench.request_options import problem

        def asked(page: State) -> State:
            values: dict[str, Any] = vars(page.request) | changes
            return page if problem(values) else replace(page, request=Request(**values))

        self.app.desk = replace(
            self.app.desk,
            documents=tuple(
                replace(one, page=asked(one.page))
                if isinstance(one.page, State) and one.page.run.prompt is None
                else one
                for one in self.app.desk.documents
            ),
        )

    def _load(self, old: Engine, new: Engine) -> None:
        """The next model is loaded as the settings say, where those were changed."""
        was, now = load_options(old), load_options(new)
        shared, own = split({name: one for name, one in now.items() if one != was[name]})
        self.app.desk = replace(
            self.app.desk,
            load_options={**self.app.desk.load_options, **shared},
            own_options=with_own(self.app.desk.own_options, new.model, own),
        )

    def _use_keys(self) -> None:
        self._keys_read = stamp(self.keys)
        preset = self.settings.values.keys.preset
        rules, self._wrong_keys = user_keymap(self.keys, facts(self.app).keys(), preset)
        self.app.use_keymap(rules)
        for editor in self.app.base.query(PromptEditor):
            editor.name_keys()
        self._tell(self._wrong_keys)

    def _tell(self, problems: Iterable[Problem]) -> None:
        every = (*self.settings.problems, *self._wrong_keys)
        self.app.desk = replace(self.app.desk, problems=tuple(map(str, every)))
        told = [str(problem) for problem in problems]
        if len(told) > TOASTS:
            for one in told:
                self.app.desk = logbook.said(self.app.desk, logbook.clock(), one, "warning")
            told = [f"{len(told)} problems with settings and keys: Alt+P lists them."]
        for one in told:
            self.app.notify(one, severity="warning", markup=False)


def user_keymap(
    path: Path, names: Collection[str], preset: str = "vscode"
) -> tuple[Keymap, tuple[Problem, ...]]:
    """A preset's keys with what a keybindings.json says; `names` are the words of conditions."""
    given = [one.id for one in ACTIONS.values() if one.args]
    found = read_keybindings(path, ACTIONS, names, given)
    # with the action's own condition, by which VS Code's files take a key away
    defaults = [KeyRule(one.key, one.action, ACTIONS[one.action].when) for one in default_rules()]
    if preset == "vim":
        defaults += [KeyRule(one.key, one.action, one.when) for one in VIM]
    rules = tuple(
        Rule(one.key, one.command, one.when, one.args) for one in merged(defaults, found.rules)
    )
    return Keymap(rules), found.problems
