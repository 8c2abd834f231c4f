"""The models that were loaded last, in a file of the user's data folder."""

from __future__ import annotations

import json
from pathlib import Path

from noiser.files import write_text
from noiser_tui.history.folder import data_folder

KEPT = 20


def recent_models(folder: Path | None = None) -> tuple[str, ...]:
    """Their names as they were loaded by, the last one first; none where the file is not as it was."""
    try:
        names = json.loads(_file(folder).read_text(encoding="utf-8"))
    except (OSError, ValueError):  # none yet, or somebody else wrote there
        return ()
    return tuple(name for name in names if isinstance(name, str)) if isinstance(names, list) else ()


def remember_model(name: str, folder: Path | None = None) -> tuple[str, ...]:
    """Put a model first, and return them all; NoiserError where the disk refuses."""
    names = (name, *(one for one in recent_models(folder) if one != name))[:KEPT]
    _file(folder).parent.mkdir(parents=True, exist_ok=True)
    write_text(_file(folder), json.dumps(names, ensure_ascii=False))
    return names


def _file(folder: Path | None) -> Path:
    return (folder or data_folder()) / "recent-models.json"
