"""Reading a saved run, from a file, standard input or what the workbench has kept."""

from __future__ import annotations

from pathlib import Path

from noiser.opening import parse
from noiser.record import Saved
from noiser_tui.cli.prompts import name_of, opened
from noiser_tui.history.entry import is_id
from noiser_tui.history.run_files import RunFiles
from noiser_tui.history.runs import runs_folder


def read_saved(file: Path, text: int = 1) -> Saved:
    """The run or comparison in `file`, or on standard input for `-`: data, every field of it checked.

    Where there is no such file it may be the id of a run that the workbench has kept. `text` chooses
    among the texts of Inseq's file.
    """
    if is_id(str(file)) and not file.exists():
        return RunFiles(runs_folder()).read(str(file))
    with opened(file) as stream:
        data = stream.read()
    return parse(data, name_of(file), text)
