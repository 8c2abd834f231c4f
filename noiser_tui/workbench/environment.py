"""What textual must know before it is imported."""

from __future__ import annotations

import os
from collections.abc import Mapping, MutableMapping
from typing import Literal, cast

FASTEST = 240
"""Frames a second that are drawn at most: a key waits for the next one, at textual's own 60 up to 17 ms."""
FAR = 60
"""Frames a second that are written over SSH, where nothing else is said: a repaint is bytes on the line."""


def over_ssh(environ: Mapping[str, str]) -> bool:
    """Whether the terminal is at the other end of an SSH connection."""
    return bool(environ.get("SSH_CONNECTION") or environ.get("SSH_TTY"))


def prepare_environment(
    environ: MutableMapping[str, str] = os.environ, *, animations: str = "auto"
) -> None:
    """Quick frames, of which the driver writes as many as it may, and over SSH no animations.

    `animations` is the setting (auto: as said); textual's own variables go first.
    """
    environ.setdefault("TEXTUAL_FPS", str(FASTEST))
    if animations != "auto" or over_ssh(environ):
        environ.setdefault("TEXTUAL_ANIMATIONS", animation_level(animations, environ))


def frames(fps: int, environ: Mapping[str, str] = os.environ) -> int:
    """How many frames a second are written at most by the setting: by itself all here, fewer over SSH."""
    return fps or (FAR if over_ssh(environ) else FASTEST)


def animation_level(
    animations: str, environ: Mapping[str, str] = os.environ
) -> Literal["none", "basic", "full"]:
    """What moves by the setting: by itself everything, nothing over SSH."""
    if animations == "auto":
        return "none" if over_ssh(environ) else "full"
    return cast("Literal['none', 'basic', 'full']", animations)
