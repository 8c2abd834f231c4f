"""Ctrl+C, remembered: libraries that are being imported sometimes swallow KeyboardInterrupt."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

INTERRUPTED = 130
"""The exit code of a command that Ctrl+C ended."""
interrupted = threading.Event()
"""Set by the first Ctrl+C of this command; the engine reads it as its cancel flag."""


@contextmanager
def watching() -> Iterator[None]:
    """Set `interrupted` and raise KeyboardInterrupt at the first Ctrl+C; the second one kills.

    Whatever exception a library makes of it, it leaves here as KeyboardInterrupt again. A process that
    was started with SIGINT ignored (nohup, a background job) goes on ignoring it.
    """
    interrupted.clear()
    before, hook = signal.getsignal(signal.SIGINT), sys.unraisablehook
    if before is not signal.default_int_handler or not _main_thread():
        yield
        return
    signal.signal(signal.SIGINT, _first)
    sys.unraisablehook = _quiet_unraisable
    try:
        yield
    except BaseException:
        if interrupted.is_set():
            raise KeyboardInterrupt from None
        raise
    finally:
        signal.signal(signal.SIGINT, before)
        sys.unraisablehook = hook


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


@contextmanager
def gently() -> Iterator[None]:
    """The first Ctrl+C only sets `interrupted`, so that the engine stops by itself and says what it has."""
    if signal.getsignal(signal.SIGINT) is not _first:
        yield
        return
    signal.signal(signal.SIGINT, _note)
    try:
        yield
    finally:
        if signal.getsignal(signal.SIGINT) is _note:
            signal.signal(signal.SIGINT, _first)


@contextmanager
def at_once() -> Iterator[None]:
    """Inside `gently`: the first Ctrl+C raises meanwhile, where nothing would read the flag for long."""
    if signal.getsignal(signal.SIGINT) is not _note:
        yield
        return
    signal.signal(signal.SIGINT, _first)
    try:
        yield
    finally:
        if signal.getsignal(signal.SIGINT) is _first:
            signal.signal(signal.SIGINT, _note)


def forget() -> None:
    """Let 130 be what is seen of an interrupt.

    Once KeyboardInterrupt has left an exec(), as dataclasses use it, CPython ends the process by SIGINT
    whatever became of the exception; the next exec() makes it forget.
    """
    exec("", {})


def _note(signum: int, frame: FrameType | None) -> None:
    interrupted.set()
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def _first(signum: int, frame: FrameType | None) -> None:
    interrupted.set()
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    raise KeyboardInterrupt


def _quiet_unraisable(unraisable: sys.UnraisableHookArgs) -> None:
    """An interrupt inside a callback cannot be raised, but it is remembered: no need to print it."""
    if not isinstance(unraisable.exc_value, KeyboardInterrupt):
        sys.__unraisablehook__(unraisable)


def _main_thread() -> bool:
    return threading.current_thread() is threading.main_thread()
