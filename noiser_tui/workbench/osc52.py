"""What is for the terminal itself, such as OSC 52 for its clipboard: bare, or as tmux and screen pass it."""

from __future__ import annotations

import base64
from collections.abc import Mapping

LIMIT = 74_994
"""Bytes of text that fit into the 100,000 bytes of a sequence that terminals take (hterm's osc52.sh)."""
SCREEN_CHUNK = 512
"""Bytes at a time: screen passes on strings of less than 768."""
_DEAF_TERMS = ("linux", "dumb", "vt", "cons", "unknown")
"""How the names of terminals begin that have no clipboard."""
_DEAF_PROGRAMS = ("Apple_Terminal",)


def osc52(data: bytes) -> str:
    """The sequence that puts `data` into the terminal's clipboard."""
    return f"\x1b]52;c;{base64.b64encode(data).decode('ascii')}\a"


def through_tmux(sequence: str) -> str:
    """A sequence that tmux hands to the terminal it runs in, where its allow-passthrough is on."""
    return "\x1bPtmux;" + sequence.replace("\x1b", "\x1b\x1b") + "\x1b\\"


def through_screen(sequence: str) -> str:
    """A sequence that screen hands to the terminal it runs in, in pieces of a size that it takes."""
    pieces = (sequence[i : i + SCREEN_CHUNK] for i in range(0, len(sequence), SCREEN_CHUNK))
    return "".join(f"\x1bP{piece}\x1b\\" for piece in pieces)


def terminal_sequence(data: bytes, environ: Mapping[str, str]) -> str:
    """What to write so that `data` reaches the clipboard of the terminal; empty where none would do.

    Where the kind of what lies between is known by TERM only, as it is over SSH from inside tmux, the
    bare sequence goes along: whoever does not know one of the two drops it.
    """
    sequence = osc52(data)
    term = environ.get("TERM", "")
    if environ.get("STY"):
        return through_screen(sequence)
    if environ.get("TMUX") or term.startswith("tmux"):
        return through_tmux(sequence) + sequence
    if term.startswith("screen"):
        return through_screen(sequence) + sequence
    deaf = not term or term.startswith(_DEAF_TERMS)
    return "" if deaf or environ.get("TERM_PROGRAM") in _DEAF_PROGRAMS else sequence


def to_xterm(sequence: str, environ: Mapping[str, str]) -> str:
    """What to write so that an xterm, or what takes after it, obeys; empty where none can be meant."""
    if environ.get("STY"):
        return through_screen(sequence)
    if environ.get("TMUX"):
        return through_tmux(sequence)
    term = environ.get("TERM", "")
    return sequence if term.startswith("xterm") and not term.startswith("xterm-kitty") else ""
