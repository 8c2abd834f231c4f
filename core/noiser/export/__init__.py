"""Writing explanations in forms for other programs and for people, chosen by the file's suffix."""

from __future__ import annotations

import gzip
import importlib
import importlib.util
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from noiser.errors import NoiserError, WrongUse
from noiser.explanation import Explanation
from noiser.files import write_bytes, write_text

if TYPE_CHECKING:
    from noiser.record import Saved

_HOMES = {
    ".json": "noiser.record",
    ".html": "noiser.export.html",
    ".svg": "noiser.export.svg",
    ".png": "noiser.export.png",
    ".csv": "noiser.export.csv",
    ".parquet": "noiser.export.parquet",
    ".tex": "noiser.export.latex",
    ".inseq.json": "noiser.inseq_file.writer",
    ".inseq.json.gz": "noiser.inseq_file.writer",
}
"""The module that writes each form: its `render` gives the whole file."""
_COMPARISON_HOMES = {
    ".json": "noiser.record",
    ".html": "noiser.export.comparison.html",
    ".svg": "noiser.export.comparison.svg",
    ".png": "noiser.export.comparison.png",
    ".csv": "noiser.export.comparison.csv",
}
"""The same for comparisons."""
FORMATS, COMPARISON_FORMATS = tuple(_HOMES), tuple(_COMPARISON_HOMES)
_NEEDS = {".parquet": "pyarrow"}
"""What comes with the extra `table` only."""


def check_suffix(path: str | Path, formats: Sequence[str] = FORMATS) -> str:
    """The format that the suffix of `path` names, the longest that fits.

    WrongUse when it names none, NoiserError when what would write it is not installed.
    """
    name = Path(path).name.lower()
    fitting = [suffix for suffix in formats if name.endswith(suffix) and name != suffix]
    if not fitting:
        suffix = Path(path).suffix.lower()
        found = f"the suffix {suffix!r} is none of them" if suffix else "it has no suffix"
        raise WrongUse(f"{path}: files are written as {', '.join(formats)}, and {found}.")
    chosen = max(fitting, key=len)
    needed = _NEEDS.get(chosen)
    if needed is not None and importlib.util.find_spec(needed) is None:
        raise NoiserError(f"{chosen} files need {needed}: pip install 'noiser[table]'.")
    return chosen


def render(saved: Saved, suffix: str) -> str | bytes:
    """The whole of the file with that suffix: text, or bytes of a form that is no text."""
    homes = _HOMES if isinstance(saved, Explanation) else _COMPARISON_HOMES
    made: str | bytes = importlib.import_module(homes[suffix]).render(saved)
    if suffix.endswith(".gz") and isinstance(made, str):
        return gzip.compress(made.encode("utf-8"), mtime=0)
    return made


def save(saved: Saved, path: str | Path) -> None:
    """Write an explanation or a comparison to `path`, whole or not at all, as its suffix says.

    `.json` is the record, which `open_record` or `open_comparison` reads again without loss;
    `.inseq.json` and `.inseq.json.gz` are for Inseq, the rest is for reading; a comparison has fewer
    forms. WrongUse for another suffix, NoiserError when the file cannot be written.
    """
    formats = FORMATS if isinstance(saved, Explanation) else COMPARISON_FORMATS
    made = render(saved, check_suffix(path, formats))
    if isinstance(made, bytes):
        write_bytes(path, made)
    else:
        write_text(path, made)
