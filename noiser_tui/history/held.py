"""A lock that all workbenches of a user share, for what they read and then write."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Wait for the lock at `path` and keep it; OSError where no file can be there."""
    with path.open("w") as lock:  # which lets it go when it is closed, killed or not
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
