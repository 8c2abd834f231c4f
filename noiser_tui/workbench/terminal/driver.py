"""Textual's driver, writing only cells that changed, and holding drawings back that the line cannot take."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import time
from collections import deque
from typing import Any

from textual.drivers.linux_driver import LinuxDriver
from textual.events import CursorPosition, Key
from textual.message import Message

from noiser_tui.workbench import osc52
from noiser_tui.workbench.environment import FASTEST, frames, over_ssh
from noiser_tui.workbench.insides import (
    SYNC_END,
    SYNC_START,
    call_in,
    decode_leniently,
    measure_by,
    queued_writes,
    read_keys_of,
)
from noiser_tui.workbench.terminal import CLEAR
from noiser_tui.workbench.terminal.cells import Cells
from noiser_tui.workbench.terminal.console import for_console, on_console

_F3 = {1: "shift+f3", 2: "alt+f3", 4: "ctrl+f3", 5: "ctrl+shift+f3"}
"""What xterm sends for F3 with others, the answer that the cursor is in a column of the first row."""
_DRAWING = re.compile(r"\x1b\[\d+;\d+H")
_HELD = re.compile(r"(left|right)_(shift|control|alt|super|hyper|meta)|(caps|num)_lock")
"""Keys that are held with others: kitty tells of them by themselves, and they do nothing here."""
_ALT = "\x1b[?1036;1039s\x1b[?1036;1039h", "\x1b[?1036;1039r"
"""Asks xterm for Esc before what Alt is held with, not for ò where Alt+R was pressed, and as it was again."""
_WHERE = "\x1b[6n"
"""Asks for the cursor's place: the answer says that all before it has arrived."""
QUEUED = 2
"""Writes that wait for the terminal at most; textual takes 30 and then stands still."""
AHEAD = 6_000
"""Bytes that may be on the way over SSH, with no answer yet, when the next drawing goes."""
AGAIN = 0.02
"""Seconds until it is tried again to write what was held back."""
PATIENCE = 5.0
"""Seconds after which an answer that did not come is not waited for."""
FAREWELL = 1.0
"""Seconds that answers are waited for at the end, so that the shell does not get them."""


class SparingDriver(LinuxDriver):
    """What textual draws goes to `Cells`; at the end of each frame what is new in it is written.

    While the terminal does not take it, or there were as many as there may be, frames are drawn over each
    other: what is written then is the difference from the last that arrived.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._cells = Cells()
        self._together = False
        self._again: asyncio.TimerHandle | None = None
        self._apart = self._next = 0.0
        self._far = over_ssh(os.environ)
        self._alt_on, self._alt_back = (osc52.to_xterm(one, os.environ) for one in _ALT)
        self._on_console = on_console(os.environ)
        self._answers = False
        self._size: tuple[int, int] | None = None
        self._asked: deque[tuple[float, int]] = deque()
        measure_by(self, self._measured)
        self.pace(frames(0))

    def pace(self, fps: int) -> None:
        """Write so many frames a second at most; one that waits for its turn goes now."""
        # no more than FASTEST are drawn: a key is not to wait a second time
        self._apart = 1 / fps if fps < FASTEST else 0.0
        self._next = 0.0
        if self._again is not None:
            self._again.cancel()
            self._send()

    def forget(self) -> None:
        """Write everything anew, soon: the terminal may show anything."""
        if self._cells.lost() and self._again is None:
            self._again = call_in(self, AGAIN, self._send)

    def _measured(self) -> tuple[int, int] | None:
        """What the terminal says: a COLUMNS that some shell exports stays the same when it is resized."""
        with contextlib.suppress(OSError):
            width, height = os.get_terminal_size(self.fileno)
            if width and height:  # 0 of one that was never told
                return width, height
        return None

    def run_input_thread(self) -> None:
        """Read what is typed, whatever bytes it is."""
        decode_leniently()
        read_keys_of(os.environ.get("TERM", ""))
        super().run_input_thread()

    def start_application_mode(self) -> None:
        """Take the terminal, and over SSH ask whether it answers."""
        self._cells.forget()
        super().start_application_mode()  # type: ignore[no-untyped-call]
        if self._alt_on:
            super().write(self._alt_on)
        if self._far:
            self._ask(0)

    def stop_application_mode(self) -> None:
        """Give the terminal back; what is held back is of no use there."""
        if self._again is not None:
            self._again.cancel()
            self._again = None
        self._cells.forget()
        super().write(CLEAR)
        if self._alt_back:
            super().write(self._alt_back)
        super().stop_application_mode()

    def write(self, data: str) -> None:
        """Take in a drawing; anything else goes to the terminal as it is."""
        if data in (SYNC_START, SYNC_END):
            self._together = True  # as far as the terminal knows it: written around each frame
            return
        if self._on_console:
            data = for_console(data)
        if not (_DRAWING.match(data) and self._cells.draw(data)):
            super().write(data)

    def flush(self) -> None:
        """Write what is new, now or when there is room."""
        if self._again is None:
            self._send()

    def _send(self) -> None:
        self._again = None
        now = time.monotonic()
        if wait := max(self._next - now, 0.0 if self._room() else AGAIN):
            self._again = call_in(self, wait, self._send)
            return
        if (size := self._measured()) != self._size:
            self._size = size  # it has moved what stood there; textual hears of it later
            self._cells.lost()
        if news := self._cells.changes(size):
            if self._together:
                news = f"{SYNC_START}{news}{SYNC_END}"
            super().write(news)
            self._next = now + self._apart
            if self._answers:
                self._ask(len(news))

    def _room(self) -> bool:
        if queued_writes(self) >= QUEUED:
            return False
        if not self._answers:
            return True
        while self._asked and time.monotonic() - self._asked[0][0] > PATIENCE:
            self._asked.popleft()
        return sum(count for _, count in self._asked) < AHEAD

    def _ask(self, count: int) -> None:
        self._asked.append((time.monotonic(), count))
        super().write(_WHERE)

    def process_message(self, message: Message) -> None:
        """Take in the terminal's answers, in the thread that reads."""
        if isinstance(message, Key) and _HELD.fullmatch(message.key):
            return
        if isinstance(message, CursorPosition):
            if not self._asked and message.y == 0 and message.x in _F3:
                super().process_message(Key(_F3[message.x], None))
                return
            self._answers = True
            if self._asked:
                self._asked.popleft()
            return
        super().process_message(message)

    def disable_input(self) -> None:
        """Read no more; answers on their way are waited for."""
        end = time.monotonic() + FAREWELL
        while self._answers and self._asked and time.monotonic() < end:
            time.sleep(AGAIN)
        super().disable_input()
