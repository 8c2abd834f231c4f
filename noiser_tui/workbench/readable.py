"""Which files are read: where a path leads, that it is a file, and not too large a one."""

from __future__ import annotations

from pathlib import Path

from noiser.errors import NoiserError
from noiser.files import expand

LARGEST_TEXT = 2**21
"""Bytes of a prompt's file at most, and of a file of messages."""
LARGEST_RECORD = 2**26
"""Bytes of a saved run, or of a list of prompts, that are read at most."""


def place(path: Path) -> Path:
    """Where a path leads; NoiserError where it leads in a circle."""
    try:
        return expand(str(path)).resolve()
    except RuntimeError as error:
        raise NoiserError("its links lead in a circle") from error


def check_size(path: Path, most: int) -> None:
    """NoiserError where a path is no file, or a larger one than is read while one waits."""
    if path.exists() and not path.is_file():  # a pipe would be waited for
        raise NoiserError("it is no file")
    if path.exists() and path.stat().st_size > most:
        raise NoiserError(f"it has more than {most // 2**20} MiB")


def text_in(path: Path) -> str | None:
    """What a small text file says, None where there is none; NoiserError, OSError or UnicodeDecodeError
    where it cannot be read, and then nothing may be written over it."""
    where = place(path)
    check_size(where, LARGEST_TEXT)
    return where.read_bytes().decode("utf-8") if where.exists() else None


def checked(path: Path) -> Path:
    """Where a list of prompts stands; NoiserError where it is none that is read."""
    try:
        where = place(path)
        check_size(where, LARGEST_RECORD)
    except NoiserError as error:
        raise NoiserError(f"{path} cannot be opened: {error}.") from error
    return where


def why(error: Exception) -> str:
    """Why a file cannot be read, to be put behind a colon."""
    if isinstance(error, UnicodeDecodeError):
        return f"it is not UTF-8 text: byte {error.start} is 0x{error.object[error.start]:02x}"
    if isinstance(error, OSError):
        return error.strerror or str(error)
    return str(error).rstrip(".")
