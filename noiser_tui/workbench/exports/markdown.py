"""Texts in Markdown's tables."""

from __future__ import annotations

import re
from collections.abc import Sequence

from noiser.cells import visible


def row(cells: Sequence[str]) -> str:
    """A line of a table."""
    return f"| {' | '.join(cells)} |"


def code(text: str) -> str:
    """A text as it is, on one line; a fence longer than any run of backticks in it holds it."""
    shown = visible(text).replace("|", "\\|")
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", shown)), default=0))
    edge = " " if shown.startswith((" ", "`")) or shown.endswith((" ", "`")) else ""
    return f"{fence}{edge}{shown}{edge}{fence}"


def escaped(text: str) -> str:
    """A text as it is, on one line, nothing in it taken for Markdown."""
    return "".join(f"\\{one}" if one in "\\|*_`<[" else one for one in visible(text))
