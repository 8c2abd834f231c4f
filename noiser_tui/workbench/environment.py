"""What textual must know before it is imported."""

from __future__ import annotations

import os
from collections.abc import Mapping, MutableMapping
from typing import Literal, cast


def over_ssh(environ: Mapping[str, str]) -> bool:
    """Whether the terminal is at the other end of an SSH connection."""
    return bool(environ.get("SSH_CONNECTION") or environ.get("SSH_TTY"))


def prepare_environment(
    environ: MutableMapping[str, str] = os.environ, *, fps: int = 0, animations: str = "auto"
) -> None:
    """Quick frames, and over SSH, where a repaint is bytes on the line, fewer and no animations.

    `fps` (0: as said) and `animations` (auto: as said) are the settings; textual's own variables go first.
    """
    slow = over_ssh(environ)
    # A key waits for the next frame: at textual's own 60 up to 17 ms. A line that cannot take so many
    # gets fewer from the driver.
    environ.setdefault("TEXTUAL_FPS", str(fps or (60 if slow else 240)))
    if animations != "auto" or slow:
        environ.setdefault("TEXTUAL_ANIMATIONS", animation_level(animations, environ))


def animation_level(
    animations: str, environ: Mapping[str, str] = os.environ
) -> Literal["none", "basic", "full"]:
    """What moves by the setting: by itself everything, nothing over SSH."""
    if animations == "auto":
        return "none" if over_ssh(environ) else "full"
    return cast("Literal['none', 'basic', 'full']", animations)
