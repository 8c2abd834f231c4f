"""Writing files so that they are whole or not there, seeing that they changed, and prompts in them."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from noiser.errors import NoiserError

Stamp = tuple[int, int, int]
"""When a file was written, in nanoseconds, its bytes, and its inode."""


def expand(path: str | Path) -> Path:
    """The path with its `~`; NoiserError when no file could ever have that name."""
    try:
        where = Path(path).expanduser()
        os.fspath(where).encode(errors="surrogateescape").index(b"\0")
    except RuntimeError as error:  # of ~nobody
        raise NoiserError(f"{path} is no path here: {error}") from error
    except ValueError:  # no zero byte in it, as it should be
        return where
    raise NoiserError("A path cannot hold a zero byte.")


def stamp_of(path: Path) -> Stamp | None:
    """How a file is now, without reading it; None where there is none.

    To be taken before the file is read, so that no change is missed.
    """
    try:
        found = path.stat()
    except (OSError, ValueError):  # ValueError of a zero byte
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def prompt_in(text: str) -> str:
    """The prompt that a file's text is: its lines end in \\n, and the end of the last is no part of it."""
    return plain_ends(text.removeprefix("\ufeff")).removesuffix("\n")


def plain_ends(text: str) -> str:
    """A file's text with lines that end in \\n."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def with_prompt(before: str, prompt: str) -> str:
    """A file's text with another prompt, which `prompt_in` finds there: what else it had stays.

    That is the mark at its begin, how its lines end, and whether the last one does.
    """
    mark = "\ufeff" if before.startswith("\ufeff") else ""
    last = "\n" if before.endswith(("\n", "\r")) or prompt.endswith("\n") else ""
    return mark + with_ends(before.removeprefix(mark), prompt + last)


def with_ends(before: str, text: str) -> str:
    """Another text for a file, with its lines ended as they were: all alike, if the text is another."""
    if plain_ends(before) == plain_ends(text):
        return before
    end = "\r\n" if "\r\n" in before else "\r" if "\r" in before and "\n" not in before else "\n"
    return text if "\r" in text else text.replace("\n", end)


def write_text(path: str | Path, text: str) -> None:
    """Write `text` to `path` atomically; NoiserError with one sentence when it cannot be written."""
    try:
        data = text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise NoiserError(f"{path} cannot be written: the text is not valid Unicode.") from error
    write_bytes(path, data)


def write_bytes(path: str | Path, data: bytes) -> None:
    """Write `data` to `path` atomically; NoiserError with one sentence when it cannot be written."""
    target = expand(path)
    name: str | None = None
    try:
        if target.is_symlink():  # replace what the link points to, not the link
            target = target.resolve()
        if target.exists() and not target.is_file():  # a pipe, /dev/stdout: nothing to replace
            target.write_bytes(data)
            return
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=".noiser.")
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        mode = target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask()
        Path(name).chmod(mode)
        Path(name).replace(target)
        name = None
    except RuntimeError as error:  # of links that lead in a circle
        raise NoiserError(f"{path} cannot be written: its links lead in a circle.") from error
    except OSError as error:
        raise NoiserError(f"{path} cannot be written: {error.strerror or error}.") from error
    finally:  # interrupted, too
        if name is not None:
            Path(name).unlink(missing_ok=True)


def check_writable(path: str | Path) -> None:
    """NoiserError when `path` could not be written, found before the work rather than after it."""
    target = expand(path)
    if target.is_dir():
        raise NoiserError(f"{path} cannot be written: it is a folder.")
    if not target.parent.is_dir():
        raise NoiserError(f"{path} cannot be written: there is no folder {target.parent}.")
    beside = target.is_file() or not target.exists()  # written beside it and put in its place
    if not os.access(target.parent if beside else target, os.W_OK) or (
        target.exists() and not os.access(target, os.W_OK)
    ):
        raise NoiserError(f"{path} cannot be written: no permission.")


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
