"""Ctrl+C, remembered: libraries that are being imported sometimes swallow KeyboardInterrupt."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

interrupted = threading.Event()
"""Set by the first Ctrl+C of this command; the engine reads it as its cancel flag."""


@contextmanager
def watching() -> Iterator[None]:
    """Set `interrupted` and raise KeyboardInterrupt at the first Ctrl+C; the second one kills.

    A process that was started with SIGINT ignored (nohup, a background job) goes on ignoring it.
    """
    interrupted.clear()
    before = signal.getsignal(signal.SIGINT)
    if before is not signal.default_int_handler or not _main_thread():
        yield
        return
    signal.signal(signal.SIGINT, _first)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def left_alone() -> Iterator[None]:
    """Python's own Ctrl+C meanwhile, for the workbench, which has its own keys."""
    before = signal.getsignal(signal.SIGINT)
    if before is not _first:
        yield
        return
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _first(signum: int, frame: FrameType | None) -> None:
    interrupted.set()
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    raise KeyboardInterrupt


def _main_thread() -> bool:
    return threading.current_thread() is threading.main_thread()
