"""What textual must know before it is imported."""

from __future__ import annotations

import os
from collections.abc import Mapping, MutableMapping


def over_ssh(environ: Mapping[str, str]) -> bool:
    """Whether the terminal is at the other end of an SSH connection."""
    return bool(environ.get("SSH_CONNECTION") or environ.get("SSH_TTY"))


def prepare_environment(environ: MutableMapping[str, str] = os.environ) -> None:
    """Quick frames here; fewer, and no animations, over SSH, where a repaint is bytes on the line."""
    if over_ssh(environ):
        environ.setdefault("TEXTUAL_FPS", "20")
        environ.setdefault("TEXTUAL_ANIMATIONS", "none")
    else:
        environ.setdefault("TEXTUAL_FPS", "120")  # at its 60 a key waits up to 17 ms for a frame
