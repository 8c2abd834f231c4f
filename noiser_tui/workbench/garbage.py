"""When Python looks for garbage: it stands still meanwhile, for 0.2 s where torch is loaded."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


def collect_later() -> None:
    """Look for none: on the way to the first paint that is a tenth of the way, and imports make none."""
    gc.disable()


def collect_again() -> None:
    """Look for it again, and never through what stands there by now."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()


@contextmanager
def everywhere() -> Iterator[None]:
    """Let a collection find what stood already: a model that was let go is where nobody looks any more."""
    gc.unfreeze()
    try:
        yield
    finally:
        gc.freeze()
