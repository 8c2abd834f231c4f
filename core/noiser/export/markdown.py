"""Markdown of names, numbers and texts: what a text says is shown, never obeyed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from noiser.cells import visible

_OBEYED = frozenset("\\*_`<[&~")


def table(head: Sequence[str], rows: Iterable[Sequence[str]], words: int = 1) -> str:
    """A table, without an end of its last line; behind the columns of `words` are those of numbers."""
    rule = [*["---"] * words, *["---:"] * (len(head) - words)]
    return "\n".join(f"| {' | '.join(map(_cell, cells))} |" for cells in (head, rule, *rows))


def _cell(text: str) -> str:
    """What stands in a cell, which a pipe would end, be it in code or not."""
    return text.replace("|", "\\|")


def code(text: str) -> str:
    """A text as it is, on one line; a fence longer than any run of backticks in it holds it."""
    shown = visible(text)
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", shown)), default=0))
    edge = " " if shown.strip(" ") and {shown[0], shown[-1]} & {" ", "`"} else ""
    return f"{fence}{edge}{shown}{edge}{fence}" if shown else ""


def escaped(text: str) -> str:
    """A text as it is, on one line, nothing in it taken for Markdown."""
    return "".join(f"\\{one}" if one in _OBEYED else one for one in visible(text))
