"""A seeded monkey: five hundred random actions at each of three sizes, and the workbench stands as before."""

from __future__ import annotations

import asyncio
import random
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from textual import events
from textual.containers import ScrollableContainer
from textual.dom import DOMNode
from textual.pilot import Pilot
from textual.screen import ModalScreen
from textual.scroll_view import ScrollView
from textual.widget import Widget

from noiser.errors import NoiserError
from noiser_tui.settings.settings import load_settings
from noiser_tui.workbench.actions import ACTIONS
from noiser_tui.workbench.app import Workbench
from noiser_tui.workbench.engine import AddDraws, ExplainPrompt
from noiser_tui.workbench.keymap import possible
from tests.workbench.fake import ScriptedEngine, screen_lines, workbench
from tests.workbench.hands import settled, until

STEPS = 500
SIZES = [(60, 16), (80, 24), (120, 40)]
KEYS = ("up", "down", "left", "right", "home", "end", "pageup", "pagedown", "tab", "shift+tab")
KEYS += ("enter", "escape", "backspace", "delete")
WORDS = ("the ", "Paris", "[b]x[/b] ", "👩‍🚀 ", "שלום ", "\x1b[31m", "é\n", "a, b. ", "\t", "id:3")
LEAVING = {"leave"}
"""What ends the game is not played; where a list or two Ctrl+C do, the app stays."""


class Monkey:
    """Does one thing after the other and notes what it did."""

    def __init__(
        self, app: Workbench, pilot: Pilot[int], engine: ScriptedEngine, seed: int
    ) -> None:
        self.app, self.pilot, self.engine = app, pilot, engine
        self.random = random.Random(seed)
        self.done: list[str] = []

    async def step(self) -> None:
        """One more thing."""
        plays: list[tuple[int, Callable[[], object]]] = [
            (8, self.action),
            (5, self.keys),
            (3, self.type),
            (3, self.click),
            (2, self.engine_turns),
            (1, self.resize),
        ]
        (play,) = self.random.choices([p for _, p in plays], [w for w, _ in plays])
        result = play()
        if asyncio.iscoroutine(result):
            await result

    async def action(self) -> None:
        """Any action that is possible now; with a list open, its keys are used instead."""
        if isinstance(self.app.screen, ModalScreen):
            self.keys()
            return
        now = self.app.facts()
        ids = [id for id in ACTIONS if id not in LEAVING and possible(id, now)]
        id = self.random.choice(ids)
        self.done.append(f"do {id}")
        await self.app.run_action(f"do('{id}')")

    def keys(self) -> None:
        """A few keys that walk, choose or leave."""
        for key in self.random.choices(KEYS, k=self.random.randint(1, 4)):
            self.done.append(key)
            self.app.post_message(events.Key(key, "\r" if key == "enter" else None))

    def type(self) -> None:
        """Text, letter by letter or pasted."""
        text = self.random.choice(WORDS)
        self.done.append(f"type {text!r}")
        if self.random.random() < 0.3:
            self.app.post_message(events.Paste(text))
            return
        for char in text:
            self.app.post_message(events.Key(char, char))

    async def click(self) -> None:
        """Somewhere on the screen."""
        where = (
            self.random.randrange(self.app.size.width),
            self.random.randrange(self.app.size.height),
        )
        self.done.append(f"click {where}")
        await self.pilot.click(offset=where)

    def engine_turns(self) -> None:
        """The engine begins to take its time, to fail, or to answer."""
        engine, turn = self.engine, self.random.randrange(6)
        self.done.append(f"engine {turn}")
        engine.pause_at = self.random.randint(1, 5) if turn == 0 else None
        engine.seconds = self.random.choice([None, 0.2, 3.0, 40.0]) if turn == 1 else engine.seconds
        engine.explain_error = "It went wrong: [b]really[/b]." if turn == 2 else None
        engine.waiting = {ExplainPrompt, AddDraws} if turn == 3 else set()
        if turn == 4:
            for number in list(engine.queued):
                engine.answer(number)

    async def resize(self) -> None:
        """Another size for a while, then the own one."""
        own = self.app.size
        other = self.random.choice([(60, 16), (61, 17), (79, 23), (109, 31), (110, 32), (140, 45)])
        self.done.append(f"resize {other}")
        await self.pilot.resize_terminal(*other)
        await self.stands()
        await self.pilot.resize_terminal(*own)

    async def stands(self) -> None:
        """Check, and again at rest if something was still on its way."""
        try:
            self.check()
        except AssertionError:
            await settled(self.pilot)
            self.check()

    def check(self) -> None:
        """What holds after everything."""
        app = self.app
        assert app._exception is None
        ids = [one.id for one in app.desk.documents]
        assert len(set(ids)) == len(ids)
        assert app.desk.active_id in ids
        assert app.views.keys() <= set(ids), "no view without its document"
        shown = [view for view in app.query(".document") if view.display]
        assert len(shown) == 1
        for screen in app.screen_stack:
            if (focused := screen.focused) is not None:
                assert focused.is_attached
                chain = [node for node in focused.ancestors_with_self if isinstance(node, Widget)]
                assert all(node.display for node in chain), f"{focused} has the keys unseen"
        whole = app.screen.region
        for widget in app.screen.query("*"):
            shown = all(
                node.display for node in widget.ancestors_with_self if isinstance(node, Widget)
            )
            if shown and widget.region and not any(map(_scrolls, widget.ancestors)):
                assert whole.contains_region(widget.region), widget
        if len(self.done) % 10 == 0:
            screen_lines(app)


def _scrolls(node: DOMNode) -> bool:
    return isinstance(node, ScrollView | ScrollableContainer) or (
        isinstance(node, Widget) and bool(node.show_vertical_scrollbar)
    )


def no_study(*arguments: object) -> None:
    """Instead of a process of its own."""
    raise NoiserError("Monkeys start no studies.")


@pytest.mark.parametrize("size", SIZES)
async def test_five_hundred_random_actions_leave_it_standing(
    size: tuple[int, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "capital.txt").write_text("The capital of France is")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("noiser_tui.workbench.engine.study.start_study", no_study)
    monkeypatch.setenv("NOISER_DATA", str(tmp_path / "data"))
    before_tasks, before_threads = asyncio.all_tasks(), set(threading.enumerate())
    settings = load_settings(tmp_path, environ={}, user=tmp_path / "settings.toml")
    async with workbench(size, settings=settings) as (app, pilot, engine):
        monkey = Monkey(app, pilot, engine, seed=size[0])
        leave = app.leave
        monkeypatch.setattr(app, "leave", lambda: monkey.done.append("leave"))
        try:
            for _ in range(STEPS):
                await monkey.step()
                await pilot.pause()
                await monkey.stands()
        except BaseException:
            print("\n".join(monkey.done[-15:]))
            raise
        leave()
        await until(pilot, lambda: app.return_value == 0)  # it waits for what is still to be kept
    assert asyncio.all_tasks() == before_tasks
    for thread in set(threading.enumerate()) - before_threads:
        if not thread.name.startswith("asyncio_"):  # the loop's own, idle until it is closed
            thread.join(5)
            assert not thread.is_alive(), thread
