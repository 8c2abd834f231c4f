"""Reading a saved run, from a file or standard input."""

from __future__ import annotations

import json
from pathlib import Path

from noiser.errors import NoiserError
from noiser.explanation import Explanation
from noiser.record import from_record, open_record
from noiser_tui.cli.prompts import STDIN, opened


def read_saved(file: Path) -> Explanation:
    """The run in `file`; it is data, whoever wrote it, and every field is checked."""
    if str(file) != STDIN:
        return open_record(file)
    with opened(STDIN) as stream:
        data = stream.read()
    try:
        return from_record(json.loads(data.decode("utf-8")))
    except (ValueError, RecursionError) as error:
        raise NoiserError(f"Standard input is not JSON: {error}.") from error
