"""Reading a saved run, from a file or standard input."""

from __future__ import annotations

from pathlib import Path

from noiser.explanation import Explanation
from noiser.record import parse
from noiser_tui.cli.prompts import name_of, opened


def read_saved(file: Path) -> Explanation:
    """The run in `file`, or on standard input for `-`; it is data, and every field is checked."""
    with opened(file) as stream:
        data = stream.read()
    return parse(data, name_of(file))
