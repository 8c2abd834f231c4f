"""Leaving in order when the system asks for it, leaving at all when the terminal is gone, and coming back."""

from __future__ import annotations

import asyncio
import atexit
import os
import select
import signal
import sys
import termios
import threading
from collections.abc import Callable
from types import FrameType
from typing import TYPE_CHECKING

from noiser_tui.workbench.insides import driver_of
from noiser_tui.workbench.terminal import CLEAR, redraw

if TYPE_CHECKING:
    from noiser_tui.workbench.app import Workbench

SAVING = 2.0
"""Seconds that saving the session may take."""
GRACE = 3.0
"""Seconds to leave in order; a loop that is stuck writing to a closed terminal never does."""

_AS_BEFORE = "\x1b[?2004l\x1b[?7h\x1b[?2048l" + "".join(
    f"\x1b[?{mode}l" for mode in (1000, 1003, 1015, 1006, 1016, 1004)
)
_AS_BEFORE += f"{CLEAR}\x1b[<u\x1b[?1049l\x1b[?25h"
"""Undoes all that textual asks of a terminal: paste, mouse, focus, kitty's keys, the other screen."""

Save = Callable[[], None]
"""Saves the session; runs in a thread of its own, beside the interface."""


class Signals:
    """What the workbench does on SIGTERM and SIGHUP, and around SIGTSTP and SIGCONT.

    Plain handlers rather than the loop's own: they also run while the loop is blocked, as it is
    when the terminal was closed and textual's queue of writes is full.
    """

    def __init__(
        self, app: Workbench, save: Save | None, stop: Callable[[], object] | None
    ) -> None:
        self._app = app
        self._save = save
        self._stop_work = stop or app.engine.cancel
        self._loop = asyncio.get_running_loop()
        self._leaving = False
        self._suspended = False
        self._before: dict[int, Callable[[int, FrameType | None], object]] = {}
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._leave)
        self._wrap(signal.SIGTSTP, self._stop)
        self._wrap(signal.SIGCONT, self._go_on)

    def _wrap(self, number: int, handler: Callable[[int, FrameType | None], None]) -> None:
        before = signal.getsignal(number)
        if callable(before):  # textual's, where it drives a terminal
            self._before[number] = before
            signal.signal(number, handler)

    def _leave(self, number: int, frame: FrameType | None) -> None:
        """Save what there is to save, then exit with 128 + the signal."""
        if self._leaving:
            return
        self._leaving = True
        if number == signal.SIGHUP:
            atexit.register(_give_up_unwritten)
        self._stop_work()
        last = threading.Timer(SAVING + GRACE, self._abandon, (number,))
        last.daemon = True
        last.start()
        threading.Thread(target=self._save_and_exit, args=(number,), daemon=True).start()

    def _save_and_exit(self, number: int) -> None:
        failures: list[str] = []
        saving = threading.Thread(target=self._saved, args=(failures,), daemon=True)
        saving.start()
        saving.join(SAVING)
        if saving.is_alive():
            failures.append(f"it took more than {SAVING:.0f} s")
        told = f"The session was not saved: {failures[0]}" if failures else None
        self._loop.call_soon_threadsafe(self._app.exit, None, 128 + number, told)

    def _saved(self, failures: list[str]) -> None:
        if self._save is not None:
            try:
                self._save()
            except Exception as error:  # noqa: BLE001 - whatever it is: leaving goes on, and it is told
                failures.append(str(error) or type(error).__name__)

    def _abandon(self, number: int) -> None:
        """End the process where the loop did not: the terminal is put back past textual."""
        if number != signal.SIGHUP:
            put_terminal_back(getattr(driver_of(self._app), "attrs_before", None))
        os._exit(128 + number)

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self._suspended = True
        self._before[number](number, frame)

    def _go_on(self, number: int, frame: FrameType | None) -> None:
        """Take the terminal again if it was given back, and draw anew: who else wrote is not known.

        Textual takes it a second time where it never gave it back, after SIGSTOP or where SIGCONT
        comes with SIGTERM, as from systemd; then the terminal would keep kitty's keys.
        """
        if self._leaving:
            return
        if self._suspended:
            self._suspended = False
            self._before[number](number, frame)
        self._loop.call_soon_threadsafe(redraw, self._app)


def leave_on_signals(
    app: Workbench, save: Save | None = None, *, stop: Callable[[], object] | None = None
) -> None:
    """Answer the signals from now on.

    `stop` ends what runs, else the engine's job is cancelled; `save` then has SAVING seconds before the
    workbench leaves.
    """
    Signals(app, save, stop)


def _give_up_unwritten() -> None:
    """What a terminal that is gone did not take is lost: the exit code is that of the signal all the same."""
    for stream in (sys.__stdout__, sys.__stderr__):
        if stream is None:
            continue
        try:
            stream.flush()
        except OSError:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, stream.fileno())
            os.close(nowhere)


def put_terminal_back(attributes: list[object] | None) -> None:
    """Undo what textual asked of the terminal, unless it takes in nothing any more."""
    stream = sys.__stderr__
    if stream is None or not stream.isatty():
        return
    fd = stream.fileno()
    if select.select([], [fd], [], 0)[1]:
        os.write(fd, _AS_BEFORE.encode())
    if attributes is not None:
        termios.tcsetattr(fd, termios.TCSANOW, attributes)  # type: ignore[arg-type]
