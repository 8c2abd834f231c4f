"""What a screen is drawn with, and what stands at the foot of every screen."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.text import Text

from noiser.explanation import Explanation
from noiser.export import wording
from noiser_tui.cli.deliver import warning_lines
from noiser_tui.look.cells import visible
from noiser_tui.look.depth import Depth
from noiser_tui.look.themes import Theme


@dataclass(frozen=True)
class Canvas:
    """What a screen is drawn with; `height` is None where there is no end to it.

    `tokens` says that every token is to be listed with what it is.
    """

    theme: Theme
    depth: Depth
    width: int
    height: int | None
    rows: int | None
    tokens: bool = False


def foot_lines(explanation: Explanation, told: Sequence[str], canvas: Canvas) -> list[Text]:
    """What is told, the settings and the warnings, wrapped to the canvas."""
    lines = [
        *(Text(visible(line)) for line in told),
        Text(visible(wording.settings(explanation)), "dim"),
        *(Text(f"⚠ {visible(line)}") for line in dict.fromkeys(warning_lines(explanation))),
    ]
    console = Console(width=canvas.width)
    return list(itertools.chain.from_iterable(line.wrap(console, canvas.width) for line in lines))
