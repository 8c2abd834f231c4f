"""One explanation on one screen: coloured prompt, table, next tokens, what was found and spent."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TextIO

from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from noiser.comparison.result import Comparison
from noiser.explanation import Explanation
from noiser.export import wording
from noiser.listing import listing
from noiser_tui.cli.canvas import Canvas, foot_lines
from noiser_tui.cli.comparison import comparison_lines
from noiser_tui.cli.generation import generation_lines
from noiser_tui.cli.identity import identity_table
from noiser_tui.cli.tables import NEXT_WIDTH, next_line, next_table, token_table
from noiser_tui.look.cells import visible
from noiser_tui.look.depth import Depth
from noiser_tui.look.heat import heat_lines, how_unsure
from noiser_tui.look.themes import Theme

FEWEST_ROWS = 3
NARROWEST = 40
SIDE_BY_SIDE = 112
"""From this width on the next tokens stand beside the table instead of over it."""
_LEFT = 1
"""Lines of the screen that are not ours: the shell's next prompt."""


def draw(
    saved: Explanation | Comparison,
    stream: TextIO,
    *,
    theme: Theme,
    depth: Depth,
    width: int,
    height: int | None,
    rows: int | None = None,
    tokens: bool = False,
) -> None:
    """Print what was saved to `stream`; without colours there is no control sequence at all."""
    canvas = Canvas(theme, depth, max(NARROWEST, width), height, rows, tokens)
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="replace")  # a locale without these characters is no failure
    console = console_for(stream, canvas.depth, canvas.width)
    for part in _drawn(saved, canvas):
        console.print(part)


def _drawn(saved: Explanation | Comparison, canvas: Canvas) -> Sequence[RenderableType]:
    if isinstance(saved, Comparison):
        return comparison_lines(saved, canvas)
    drawn = generation_lines(saved, canvas) if saved.continuation else _one(saved, canvas)
    if canvas.tokens:
        return [*drawn, Text(), identity_table(saved.steps_explained[-1])]
    return drawn


def console_for(stream: TextIO, depth: Depth, width: int) -> Console:
    """What prints to a stream at a depth, and to one without colours no control sequence at all."""
    systems = {"truecolor": "truecolor", "256": "256", "16": "standard"}
    return Console(
        file=stream,
        width=width,
        color_system=systems.get(depth),  # type: ignore[arg-type]  # one of rich's own names
        force_terminal=depth != "none",
        no_color=False,  # `depth` already says it
        legacy_windows=False,
        markup=False,
        highlight=False,
        emoji=False,
        soft_wrap=False,
    )


def _one(explanation: Explanation, canvas: Canvas) -> list[RenderableType]:
    heat = heat_lines(explanation, canvas.width, canvas.theme, canvas.depth)
    foot = foot_lines(explanation, wording.told(explanation, how_unsure(canvas.depth)), canvas)
    above: list[RenderableType] = [*heat, "", _question(explanation, canvas)]
    wide = canvas.width >= SIDE_BY_SIDE
    if not wide and explanation.next_tokens:
        above.append(next_line(explanation, canvas.width))
    rows = _rows(explanation, canvas, used=len(above) + len(foot) + 4)
    room = canvas.width - (NEXT_WIDTH if wide else 0)
    table = token_table(explanation, rows, canvas.theme, canvas.depth, room)
    if wide and explanation.next_tokens:
        both = Table.grid(padding=(0, 4))
        both.add_row(table, next_table(explanation, max(FEWEST_ROWS, rows)))
        table = both
    left = len(listing(explanation)) - rows
    what = "rows" if explanation.units else "tokens"
    more = [Text(f"{left} less important {what} are not shown (--rows 0 shows all).", "dim")]
    return [*above, "", table, *(more if left else []), "", *foot]


def _rows(explanation: Explanation, canvas: Canvas, used: int) -> int:
    total = len(listing(explanation))
    if canvas.rows is not None:
        return min(total, canvas.rows or total)
    if canvas.height is None:
        return total
    room = canvas.height - _LEFT - used
    return min(total, max(FEWEST_ROWS, room if total <= room else room - 1))


def _question(explanation: Explanation, canvas: Canvas) -> Text:
    return Text(visible(wording.question(explanation)), "bold", no_wrap=True, overflow="ellipsis")
