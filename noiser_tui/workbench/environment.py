"""What textual must know before it is imported."""

from __future__ import annotations

import gc
import os
from collections.abc import Mapping, MutableMapping


def over_ssh(environ: Mapping[str, str]) -> bool:
    """Whether the terminal is at the other end of an SSH connection."""
    return bool(environ.get("SSH_CONNECTION") or environ.get("SSH_TTY"))


def prepare_environment(
    environ: MutableMapping[str, str] = os.environ, *, fps: int = 0, animations: str = "auto"
) -> None:
    """Quick frames here; fewer, and no animations, over SSH, where a repaint is bytes on the line.

    `fps` (0: as said) and `animations` (auto: as said) are the settings; textual's own variables go first.
    """
    slow = over_ssh(environ)
    # at textual's own 60 a key waits up to 17 ms for a frame
    environ.setdefault("TEXTUAL_FPS", str(fps or (20 if slow else 120)))
    if animations != "auto":
        environ.setdefault("TEXTUAL_ANIMATIONS", animations)
    elif slow:
        environ.setdefault("TEXTUAL_ANIMATIONS", "none")


def collect_later() -> None:
    """Collect no garbage on the way to the first paint: looking for it is a tenth of that way."""
    gc.disable()


def collect_again() -> None:
    """Collect garbage again, and never look through what stands there by now."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()
