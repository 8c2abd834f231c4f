"""Writing explanations in forms for other programs and for people, chosen by the file's suffix."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import TYPE_CHECKING

from noiser.errors import WrongUse
from noiser.files import write_text

if TYPE_CHECKING:
    from noiser.explanation import Explanation

FORMATS = (".json", ".html", ".svg", ".csv")


def check_suffix(path: str | Path) -> str:
    """The format that the suffix of `path` names; WrongUse when it names none."""
    suffix = Path(path).suffix.lower()
    if suffix not in FORMATS:
        found = f"the suffix {suffix!r} is none of them" if suffix else "it has no suffix"
        raise WrongUse(f"{path}: files are written as {', '.join(FORMATS)}, and {found}.")
    return suffix


def render(explanation: Explanation, suffix: str) -> str:
    """The whole text of the file with that suffix."""
    if suffix == ".json":
        from noiser.record import file_text

        return file_text(explanation)
    module = importlib.import_module(f"noiser.export.{suffix.removeprefix('.')}")
    return str(module.render(explanation))


def export(explanation: Explanation, path: str | Path) -> None:
    """Write the explanation to `path`, whole or not at all, in the format of its suffix."""
    write_text(path, render(explanation, check_suffix(path)))
