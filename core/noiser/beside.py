"""Work that may take as long as someone else's machine likes, which nobody has to wait for."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

from noiser.errors import Cancelled

T = TypeVar("T")

LOOK = 0.1
"""Seconds between two looks at whether the wait is cancelled."""


def beside(work: Callable[[], T], name: str) -> Future[T]:
    """Begin `work` in a daemon thread of that name, which keeps no process from ending."""
    future: Future[T] = Future()

    def run() -> None:
        try:
            found = work()
        except BaseException as error:  # noqa: BLE001  # whoever waits for it meets it
            future.set_exception(error)
        else:
            future.set_result(found)

    threading.Thread(target=run, name=name, daemon=True).start()
    return future


def unless_cancelled(work: Callable[[], T], name: str, cancel: threading.Event | None) -> T:
    """What `work` returns; Cancelled as soon as that is asked for, the work then ends by itself, unheard."""
    if cancel is None:
        return work()
    future = beside(work, name)
    while not cancel.is_set():
        try:
            return future.result(LOOK)
        except TimeoutError:
            if future.done():  # it is the work's own
                raise
    raise Cancelled
