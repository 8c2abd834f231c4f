"""The models that were loaded last, and the studies opened last, in files of the user's data folder."""

from __future__ import annotations

import json
from pathlib import Path

from noiser.errors import NoiserError
from noiser.files import write_text
from noiser_tui.history.folder import data_folder
from noiser_tui.history.held import held

KEPT = 20


def recent_models(folder: Path | None = None) -> tuple[str, ...]:
    """Their names as they were loaded by, the last one first; none where the file is not as it was."""
    return _read(_file("models", folder))


def remember_model(name: str, folder: Path | None = None) -> tuple[str, ...]:
    """Put a model first, and return them all; NoiserError where the disk refuses."""
    return _remember(name, _file("models", folder))


def recent_studies(folder: Path | None = None) -> tuple[str, ...]:
    """The folders of the studies opened last, the last one first."""
    return _read(_file("studies", folder))


def remember_study(name: str, folder: Path | None = None) -> tuple[str, ...]:
    """Put a study's folder first, and return them all; NoiserError where the disk refuses."""
    return _remember(name, _file("studies", folder))


def _read(file: Path) -> tuple[str, ...]:
    try:
        names = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):  # none yet, or somebody else wrote there
        return ()
    return tuple(name for name in names if isinstance(name, str)) if isinstance(names, list) else ()


def _remember(name: str, file: Path) -> tuple[str, ...]:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with held(file.with_suffix(".lock")):  # other workbenches remember theirs
            names = (name, *(one for one in _read(file) if one != name))[:KEPT]
            write_text(file, json.dumps(names, ensure_ascii=False))
    except OSError as error:
        raise NoiserError(f"{file} cannot be written: {error.strerror or error}.") from error
    return names


def _file(kind: str, folder: Path | None) -> Path:
    return (folder or data_folder()) / f"recent-{kind}.json"
