"""Reading a saved run, from a file or standard input."""

from __future__ import annotations

from pathlib import Path

from noiser.opening import parse
from noiser.record import Saved
from noiser_tui.cli.prompts import name_of, opened


def read_saved(file: Path, text: int = 1) -> Saved:
    """The run or comparison in `file`, or on standard input for `-`: data, every field of it checked.

    `text` chooses among the texts of Inseq's file.
    """
    with opened(file) as stream:
        data = stream.read()
    return parse(data, name_of(file), text)
