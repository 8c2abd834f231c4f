"""A ramp at a glance."""

from __future__ import annotations

from rich.text import Text

from noiser_tui.look.depth import Depth
from noiser_tui.look.heat import bar
from noiser_tui.look.theme import NEGATIVE, POSITIVE, Theme


def ramp_sample(theme: Theme, depth: Depth) -> Text:
    """The steps from the strongest below zero to the strongest above it, as they look at a depth."""
    text = Text()
    for step in range(-NEGATIVE, POSITIVE + 1):
        cell = bar(step) if depth in theme.glyphs else str(abs(step))
        text.append(f"{cell}{cell if depth in theme.glyphs else ' '}", theme.style(step, depth))
    return text
