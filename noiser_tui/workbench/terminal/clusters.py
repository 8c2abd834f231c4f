"""What is drawn together, a letter with its marks or an emoji of several characters, and its cells."""

from __future__ import annotations

import re
from functools import cache
from unicodedata import category

from rich.cells import cell_len

from noiser.cells import graphemes

ONE_CELL = re.compile(r"[ -~\u00a1-\u00ac\u00ae-\u02ff\u2010-\u2027\u2190-\u21ff\u2500-\u25fc]")
"""Letters and signs that take one cell each in every terminal, as far as is known."""
_ALL_OF_ONE = re.compile(f"(?:{ONE_CELL.pattern})*")
_LARGE = "\ufe0f"
"""Asks for the sign before it as an emoji of two cells; not all terminals do."""
_EMOJI = range(0x1F000, 0x20000)
_FLAG_LETTERS = range(0x1F1E6, 0x1F200)
_SKIN_TONES = range(0x1F3FB, 0x1F400)


def cells_of(text: str) -> list[str]:
    """The text by cells: what is drawn together stands in its first cell, in the others is ""."""
    if _ALL_OF_ONE.fullmatch(text):
        return list(text)
    cells: list[str] = []
    for cluster, width in graphemes(text):
        if _is_flag_letter(cluster) and cells and _is_flag_letter(cells[-1]):
            cells[-1:] = [cells[-1] + cluster, ""]  # rich counts them one by one
        elif width:
            cells += [cluster, *[""] * (width - 1)]
    return cells


def _is_flag_letter(text: str) -> bool:
    return len(text) == 1 and ord(text) in _FLAG_LETTERS


@cache
def sure(cluster: str) -> bool:
    """Whether terminals agree on its cells, as far as is known.

    Of an emoji of several characters some draw each for itself, others (xterm.js with its tables of
    Unicode 6, the Linux console) take one cell for any.
    """
    if len(cluster) == 1:
        return ord(cluster) not in _EMOJI
    return _LARGE not in cluster and reach(cluster) == cell_len(cluster)


@cache
def reach(cluster: str) -> int:
    """The cells that it takes in a terminal that draws each character for itself."""
    return max(cell_len(cluster), sum(map(_alone, cluster)))


def _alone(letter: str) -> int:
    if ord(letter) in _FLAG_LETTERS or ord(letter) in _SKIN_TONES:
        return 2
    return cell_len(letter) or (category(letter) == "Mc")
