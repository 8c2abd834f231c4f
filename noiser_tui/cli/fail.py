"""How failing and talking look: one sentence on stderr, and an exit code."""

from __future__ import annotations

import os
import sys
import traceback

from noiser.errors import Cancelled, NoiserError, WrongUse
from noiser_tui.cli.interrupt import INTERRUPTED
from noiser_tui.look.cells import visible

FAILED, WRONG_USE = 1, 2


class Interrupted(NoiserError):
    """Ctrl+C came; the sentence says what was finished before it."""

    def __init__(self, message: str = "interrupted.") -> None:
        super().__init__(message)


def say(message: str) -> None:
    """One line on stderr, whatever the message holds."""
    line = visible(" ".join(message.split()))
    try:
        sys.stderr.write(f"noiser: {line}\n")
        sys.stderr.flush()
    except (OSError, ValueError):  # stderr is closed: nobody can be told, the exit code still tells
        pass


def fail(error: BaseException) -> int:
    """Say what went wrong in one sentence, and return the exit code for it."""
    if isinstance(error, (Interrupted, KeyboardInterrupt, Cancelled)):
        say(str(error) if isinstance(error, Interrupted) else "interrupted.")
        return INTERRUPTED
    say(sentence(error))
    return WRONG_USE if isinstance(error, WrongUse) else FAILED


def sentence(error: BaseException) -> str:
    """What went wrong in one sentence; the traceback goes to stderr only when it is asked for."""
    if os.environ.get("NOISER_DEBUG") == "1":
        traceback.print_exception(error)
    if isinstance(error, NoiserError):
        return _with_options(error)
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename or 'Writing the output'} failed: {error.strerror}."
    what = f"{type(error).__name__}: {error}".strip().rstrip(".:")
    return f"this is a bug in Noiser, not your mistake: {what} (NOISER_DEBUG=1 shows where)."


def _with_options(error: NoiserError) -> str:
    """The engine's sentence with the options of the command line that it is about."""
    if not error.change:
        return str(error)
    options = ", ".join("--" + _option(one) for one in error.change)
    return f"{str(error).removesuffix('.')} ({options})."


def _option(change: str) -> str:
    name, *value = change.split(" ", 1)
    return " ".join([name.replace("_", "-"), *value])
