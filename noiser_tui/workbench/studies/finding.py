"""The studies there are: under the start folder, and those that were opened last."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from noiser.errors import NoiserError
from noiser.files import Stamp, stamp_of

if TYPE_CHECKING:
    from noiser.study.standing import Standing

STORE, PLAN = "study.sqlite", "study.toml"
"""What makes a folder a study: what was found, and what is asked. A new one has the second alone."""
DEEP = 3
"""Folders of folders that are looked into."""
MOST_FOLDERS = 5_000
"""Folders that are looked into at most."""


@dataclass(frozen=True)
class Found:
    """A study's folder and how far it is: `standing` is None before it is planned.

    `mark` changes with the store, so that what did not change is not read again.
    """

    folder: Path
    standing: Standing | None = None
    error: str = ""
    mark: tuple[Stamp | None, ...] = ()

    @property
    def working(self) -> bool:
        """Whether somebody works on it."""
        return self.standing is not None and self.standing.workers > 0


def study_folders(root: Path) -> list[Path]:
    """The studies in a folder and in the folders in it, by name; hidden ones are left out."""
    return sorted(_walk(root))


def _walk(root: Path) -> Iterator[Path]:
    start = len(root.parts)
    for seen, (place, folders, files) in enumerate(
        os.walk(root), 1
    ):  # unreadable ones are not seen
        path = Path(place)
        study = {STORE, PLAN} & set(files)
        if study:
            yield path
        if study or seen >= MOST_FOLDERS or len(path.parts) - start >= DEEP:
            folders.clear()
        folders[:] = [one for one in folders if not one.startswith((".", "__"))]


def look(folders: Iterable[Path], before: Mapping[Path, Found]) -> dict[Path, Found]:
    """How far each study is; one whose store did not change and on which nobody worked is not read."""
    return {folder: _look(folder, before.get(folder)) for folder in folders}


def _look(folder: Path, before: Found | None) -> Found:
    from noiser_tui.workbench.engine.study import standing_of

    mark = _mark(folder)
    if before is not None and before.mark == mark and not before.working:
        return before
    try:
        return Found(folder, standing_of(folder), mark=mark)
    except NoiserError as error:
        return Found(folder, error=str(error), mark=mark)


def _mark(folder: Path) -> tuple[Stamp | None, ...]:
    return tuple(stamp_of(folder / name) for name in (STORE, f"{STORE}-wal"))
