"""Sentences wrapped to a width in cells."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

_CONSOLE = Console(force_terminal=False)  # wrapping asks one for nothing but its width tables


def chop_words(text: str, width: int) -> list[str]:
    """A sentence cut into lines of at most `width` cells, between words where that is possible."""
    return [line.plain for line in Text(text).wrap(_CONSOLE, width, tab_size=1)] or [""]
