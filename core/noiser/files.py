"""Writing files so that they are whole or not there."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from noiser.errors import NoiserError


def write_text(path: str | Path, text: str) -> None:
    """Write `text` to `path` atomically; NoiserError with one sentence when it cannot be written."""
    target = Path(path).expanduser()
    name: str | None = None
    try:
        data = text.encode("utf-8")
        if (
            target.is_symlink() and target.is_file()
        ):  # replace what the link points to, not the link
            target = target.resolve()
        if target.exists() and not target.is_file():  # a pipe, /dev/stdout: nothing to replace
            target.write_bytes(data)
            return
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        mode = target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask()
        Path(name).chmod(mode)
        Path(name).replace(target)
        name = None
    except OSError as error:
        raise NoiserError(f"{path} cannot be written: {error.strerror or error}.") from error
    except UnicodeEncodeError as error:
        raise NoiserError(f"{path} cannot be written: the text is not valid Unicode.") from error
    finally:  # interrupted, too
        if name is not None:
            Path(name).unlink(missing_ok=True)


def check_writable(path: str | Path) -> None:
    """NoiserError when `path` could not be written, found before the work rather than after it."""
    target = Path(path).expanduser()
    if target.is_dir():
        raise NoiserError(f"{path} cannot be written: it is a folder.")
    if not target.parent.is_dir():
        raise NoiserError(f"{path} cannot be written: there is no folder {target.parent}.")
    if not os.access(target if target.exists() else target.parent, os.W_OK):
        raise NoiserError(f"{path} cannot be written: no permission.")


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
