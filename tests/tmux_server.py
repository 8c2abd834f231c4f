"""A tmux server of a test's own, of which nothing is left after the test."""

from __future__ import annotations

import os
import subprocess
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def server_name(kind: str) -> Iterator[str]:
    """What `tmux -L` takes; at the end the server goes, and its socket, which tmux leaves behind."""
    name = f"noiser-{kind}-{uuid.uuid4().hex[:8]}"
    try:
        yield name
    finally:
        subprocess.run(["tmux", "-L", name, "kill-server"], capture_output=True, check=False)
        socket_of(name).unlink(missing_ok=True)


def socket_of(name: str) -> Path:
    """Where tmux has the socket of a server (tmux(1), -L)."""
    return Path(os.environ.get("TMUX_TMPDIR", "/tmp")) / f"tmux-{os.getuid()}" / name
