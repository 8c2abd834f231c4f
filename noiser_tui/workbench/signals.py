"""Leaving in order when the system asks for it, and leaving at all when the terminal is gone."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from types import FrameType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from noiser_tui.workbench.app import Workbench

GRACE = 3.0
"""Seconds to leave in order; a loop that is stuck writing to a closed terminal never does."""


def leave_on_signals(app: Workbench) -> None:
    """Put the terminal back in order on SIGTERM and SIGHUP and exit with 128 + the signal.

    Plain handlers rather than the loop's own: they also run while the loop is blocked, as it is
    when the terminal was closed and textual's queue of writes is full.
    """
    loop = asyncio.get_running_loop()

    def leave(number: int, frame: FrameType | None) -> None:
        app.engine.cancel()
        timer = threading.Timer(GRACE, os._exit, (128 + number,))
        timer.daemon = True
        timer.start()
        loop.call_soon_threadsafe(app.exit, None, 128 + number)

    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, leave)
