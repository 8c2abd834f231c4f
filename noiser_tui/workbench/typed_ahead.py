"""Keys that come on the heels of one that leads elsewhere: they are for what it opens, or goes to."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from textual import events
from textual.app import App
from textual.dom import DOMNode
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import Input, TextArea

PATIENCE = 2.0
"""Seconds that keys wait at most: what Enter opens may be on a slow disk, and they are not to be lost."""
SOON = 0.02
"""Seconds after which it is asked again whether what was to be opened is there."""
_LEAVING = ("tab", "shift+tab", "escape")
"""Keys that lead from where one types to elsewhere."""


class TypedAhead:
    """Holds what is typed after such a key back until that has gone its way from widget to widget.

    What it opens was chosen in a list that is closed by then; a burst of keys comes all at once.
    `take` is what then becomes of each key, `busy` whether something that was chosen is still read.
    """

    def __init__(
        self,
        app: App[Any],
        take: Callable[[events.Event], Awaitable[object]],
        busy: Callable[[], bool],
    ) -> None:
        self._app = app
        self._take = take
        self._busy = busy
        self._held: list[events.Event] = []
        self._taken: events.Event | None = None
        self._followed = 0
        self._following = False
        self._until_read = False
        self._patience: Timer | None = None

    def holds(self, event: events.Event) -> bool:
        """Whether a key is held back; it is taken later then."""
        held = self._following and event is not self._taken
        if held:
            self._held.append(event)
        return held

    def gives_back(self, event: events.Event) -> bool:
        """Whether a key was held back and is taken now: it was pressed before what came meanwhile."""
        return event is self._taken

    def follow(self, event: events.Event, node: DOMNode) -> None:
        """Where a key that went to this widget leads elsewhere, hold back what comes behind it.

        It comes back to the app where the widget has no use for it; what is bound to it is done then.
        """
        if isinstance(event, events.Key) and _leads_on(event, node):
            self.wait_for(node, until_read=event.key == "enter")

    def wait_for(self, node: DOMNode, *, until_read: bool = False) -> None:
        """Hold back what is typed until this widget and all above it have done what they got by now.

        With `until_read` also until what was chosen by that is read.
        """
        self._until_read = until_read or (self._following and self._until_read)
        self._following = True
        self._followed += 1
        number = self._followed
        if self._patience is not None:
            self._patience.stop()
        self._patience = self._app.set_timer(PATIENCE, lambda: self._let_go(number))
        if isinstance(node, Screen):  # one that opens, and gives it on once it has parts
            _later(node, lambda: self._climb(node.focused or node, number))
        else:
            self._climb(node, number)

    def _climb(self, node: DOMNode, number: int) -> None:
        """Be called once this one has done what it got, and what that made it tell itself; then go up."""
        above = self._app if node is self._app else node.parent or self._app

        def done() -> None:
            if node is self._app:
                self._opened(number)
            else:
                self._climb(above, number)

        _later(node, lambda: _later(node, done))

    def _opened(self, number: int) -> None:
        if self._until_read and self._busy():
            self._app.set_timer(SOON, lambda: self._opened(number))
        else:
            self._app.call_later(self._let_go, number)

    async def _let_go(self, number: int) -> None:
        """Take one key, and the next once the app has had time to do what that one is for."""
        if number != self._followed:  # there was another such key since
            return
        if not self._held:
            self._following = False
            return
        self._taken = self._held.pop(0)
        await self._take(self._taken)
        self._app.call_later(self._let_go, number)


def _later(node: DOMNode, then: Callable[[], object]) -> None:
    """Call it once this one has done what it got by now; at once where it is closed."""
    if not node.call_later(then):
        then()


def _leads_on(event: events.Key, node: DOMNode) -> bool:
    """Whether a key may open something or go elsewhere; a letter does where none is written."""
    if event.key == "enter":
        return not isinstance(node, TextArea)
    if event.key in _LEAVING or getattr(node, "NARROWS", False):
        return True
    written = isinstance(node, (Input, TextArea, Screen))  # a screen gives it on to its line
    return event.is_printable and not written
