"""Letting go of a model that is being loaded: between its parts, and between its weights."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from noiser.errors import Cancelled


def check(cancel: threading.Event | None) -> None:
    """Raise Cancelled where that was asked for."""
    if cancel is not None and cancel.is_set():
        raise Cancelled


@contextmanager
def stoppable(cancel: threading.Event | None) -> Iterator[None]:
    """Let transformers stop between two weights that it reads meanwhile: it raises Cancelled then.

    The only thing that it asks between them is its progress bar, which it lets others make.
    """
    if cancel is None:
        yield
        return
    from transformers.utils import logging as theirs

    before = theirs.set_tqdm_hook(lambda make, given, named: _Bar(make(*given, **named), cancel))
    try:
        yield
    finally:
        theirs.set_tqdm_hook(before)


class _Bar:
    """A progress bar whose loop ends when that is asked for."""

    def __init__(self, bar: Any, cancel: threading.Event) -> None:
        self._bar = bar
        self._cancel = cancel

    def __iter__(self) -> Iterator[Any]:
        for one in self._bar:
            check(self._cancel)
            yield one

    def __enter__(self) -> _Bar:
        self._bar.__enter__()
        return self

    def __exit__(self, *of: object) -> None:
        self._bar.__exit__(*of)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._bar, name)
