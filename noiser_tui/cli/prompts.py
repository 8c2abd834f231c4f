"""Where the prompt comes from: the argument, a file or standard input."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from noiser.errors import NoiserError, WrongUse
from noiser.files import expand

STDIN = "-"


def read_prompt(argument: str | None, file: Path | None) -> str:
    """The prompt from where it was given; one newline at the end of a file is not part of it."""
    if argument is not None and file is not None:
        raise WrongUse("A PROMPT and --file were both given: give one of them.")
    if argument is not None and argument != STDIN:
        return _not_empty(argument)
    source = STDIN if argument is not None else file
    if source is None:
        raise WrongUse(
            "There is no prompt: give PROMPT, --file FILE, --jsonl FILE, or - for stdin."
        )
    with opened(source) as stream:
        data = stream.read()
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise NoiserError(
            f"{name_of(source)} is not UTF-8 text: byte {error.start} is 0x{data[error.start]:02x}."
        ) from error
    return _not_empty(text.removesuffix("\n").removesuffix("\r"))


@contextmanager
def opened(source: str | Path) -> Iterator[BinaryIO]:
    """The bytes of a file, or of standard input for `-`."""
    if str(source) == STDIN:
        if sys.stdin is None:  # closed before we began
            raise NoiserError("Standard input is closed.")
        yield sys.stdin.buffer
        return
    try:
        stream = expand(source).open("rb")
    except OSError as error:
        raise NoiserError(f"{source} cannot be read: {error.strerror or error}.") from error
    yield stream
    # Only after an end in order: else a thread may still wait for a pipe's next line, and closing
    # would wait for that thread.
    stream.close()


def _not_empty(text: str) -> str:
    """Found here already, because loading a model takes seconds."""
    if not text.strip():
        raise WrongUse("The prompt is empty: give some text to explain.")
    return text


def name_of(source: str | Path) -> str:
    """What a source is called in a sentence."""
    return "Standard input" if str(source) == STDIN else str(source)
