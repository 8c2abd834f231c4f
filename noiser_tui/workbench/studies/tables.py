"""The table of a study as a file or its text.

Every pair is tested again: it takes as long as `noiser study show`.
"""

from __future__ import annotations

from pathlib import Path

from noiser.study.export import FORMATS, save_table
from noiser.study.store import Store
from noiser.study.table import make_table
from noiser_tui.workbench.studies.finding import STORE


def has_table(folder: str | Path) -> bool:
    """Whether the study in a folder was begun."""
    return (Path(folder) / STORE).exists()


def table_text(folder: str | Path, ending: str) -> str:
    """Its table in the form of files with that ending, one that is text; NoiserError in a sentence."""
    with Store(folder) as store:
        return FORMATS[ending](make_table(store)).decode("utf-8")


def write_table(folder: str | Path, where: Path) -> None:
    """Write its table to a file, in the form that its name asks for; NoiserError in a sentence."""
    with Store(folder) as store:
        save_table(make_table(store), where)
