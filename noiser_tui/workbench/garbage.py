"""When Python looks for garbage: it stands still meanwhile, for 0.2 s where torch is loaded."""

from __future__ import annotations

import gc


def collect_later() -> None:
    """Look for none: on the way to the first paint that is a tenth of the way, and imports make none."""
    gc.disable()


def collect_again() -> None:
    """Look for it again, and never through what stands there by now."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()


def collect_all() -> None:
    """Look through everything once: a model that was let go is where nobody looks any more."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()
