"""Where sessions are kept: a file per running workbench, in a folder per place where it was started.

A workbench holds a lock beside its file. The kernel lets go of it when the process ends, however it
ends; whoever starts next in the same place takes the newest file over that nobody holds.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

from noiser.errors import NoiserError
from noiser.files import expand, write_text
from noiser_tui.history.folder import data_folder
from noiser_tui.history.session import Session, from_json, to_json

KEPT_DAYS = 60
"""Days that a session waits to be taken over."""
_FILE, _LOCK, _DAY = ".json", ".lock", 86400.0


class SessionFile:
    """The session of one running workbench, taken over from one that ended where there is any.

    `begun` is what was open then, `problems` are sentences on what could not be read of it. `start` is
    the folder it was started in. NoiserError where nothing can be kept; the caller goes on without.
    """

    def __init__(self, start: str | Path, folder: str | Path | None = None) -> None:
        root = data_folder() / "sessions" if folder is None else expand(folder)
        place = _place(start)
        self.folder = root / hashlib.sha256(os.fsencode(place)).hexdigest()[:16]
        self.begun, self.problems = Session(), tuple[str, ...]()
        with self._told():
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            left = _newest_first(self.folder)
            taken = next(filter(None, (_locked(path) for path in left)), None)
            _remove_old(path for path in left if taken is None or path != taken[0])
            own = self.folder / (uuid.uuid4().hex + _FILE)
            self.path, self._lock = taken or (own, _new_lock(own))
            self._lock.truncate(0)
            self._lock.write(f"{os.getpid()} {place!r}\n")
            self._lock.flush()
            if taken is not None:
                self.begun, self.problems = from_json(self.path.read_bytes())

    def __enter__(self) -> SessionFile:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def save(self, session: Session) -> None:
        """Write what is open, whole or not at all; NoiserError in a sentence where that fails.

        From any thread: it waits for nothing but the disk, so that a signal's last moments suffice.
        """
        write_text(self.path, to_json(session))

    def forget(self) -> None:
        """Nothing is open that the next start should find."""
        with self._told():
            self.path.unlink(missing_ok=True)

    def close(self) -> None:
        """Let go of the session: the next start takes it over."""
        if self._lock.closed:
            return
        if not self.path.exists():
            _lock_path(self.path).unlink(missing_ok=True)
        else:
            with suppress(OSError):  # then it is found later than others, but found
                os.utime(
                    self.path
                )  # what was closed last comes back first, whenever it was written
        self._lock.close()

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise NoiserError(
                f"The session cannot be kept in {self.folder}: {error.strerror or error}."
            ) from error


def _place(start: str | Path) -> str:
    """The folder's one name, whichever way it was reached."""
    try:
        return str(expand(start).resolve())
    except (OSError, RuntimeError) as error:  # it has been removed, or its links lead in a circle
        raise NoiserError("The session cannot be kept: its folder is gone.") from error


def _newest_first(folder: Path) -> list[Path]:
    written: list[tuple[int, Path]] = []
    for path in folder.glob("*" + _FILE):
        try:
            written.append((path.stat().st_mtime_ns, path))
        except FileNotFoundError:  # its workbench has forgotten it
            continue
    return [path for _, path in sorted(written, reverse=True)]


def _locked(path: Path) -> tuple[Path, TextIO] | None:
    """The file of a session with its lock, None where a workbench holds it or it is gone."""
    lock = _lock_path(path).open("a")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        return None
    except BaseException:
        lock.close()
        raise
    if path.exists() and _is_at(lock, _lock_path(path)):
        return path, lock
    lock.close()  # forgotten, or removed for its age, just now
    return None


def _new_lock(path: Path) -> TextIO:
    lock = _lock_path(path).open("a")
    fcntl.flock(lock, fcntl.LOCK_EX)
    return lock


def _is_at(lock: TextIO, path: Path) -> bool:
    """Whether an open lock still is the one that others find."""
    try:
        return os.path.samestat(os.fstat(lock.fileno()), path.stat())
    except FileNotFoundError:
        return False


def _lock_path(path: Path) -> Path:
    return path.with_suffix(_LOCK)


def _remove_old(paths: Iterator[Path]) -> None:
    """Remove the sessions that nobody came for."""
    oldest = time.time() - KEPT_DAYS * _DAY
    for path in paths:
        if path.exists() and path.stat().st_mtime < oldest and (held := _locked(path)):
            with held[1]:
                path.unlink(missing_ok=True)
                _lock_path(path).unlink(missing_ok=True)
