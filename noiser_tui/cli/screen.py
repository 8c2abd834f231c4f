"""One explanation on one screen: coloured prompt, table, next tokens, what was found and spent."""

from __future__ import annotations

import io
import itertools
from dataclasses import dataclass
from typing import TextIO

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from noiser.explanation import Explanation
from noiser.export import wording
from noiser_tui.cli.deliver import warning_lines
from noiser_tui.cli.tables import next_line, next_table, token_table
from noiser_tui.look.cells import visible
from noiser_tui.look.depth import Depth
from noiser_tui.look.heat import heat_lines
from noiser_tui.look.themes import Theme

FEWEST_ROWS = 3
NARROWEST = 40
SIDE_BY_SIDE = 112
"""From this width on the next tokens stand beside the table instead of over it."""
_LEFT = 1
"""Lines of the screen that are not ours: the shell's next prompt."""


@dataclass(frozen=True)
class Canvas:
    """What a screen is drawn with; `height` is None where there is no end to it."""

    theme: Theme
    depth: Depth
    width: int
    height: int | None
    rows: int | None


def draw(
    explanation: Explanation,
    stream: TextIO,
    *,
    theme: Theme,
    depth: Depth,
    width: int,
    height: int | None,
    rows: int | None = None,
) -> None:
    """Print the explanation to `stream`; without colours there is no control sequence at all."""
    canvas = Canvas(theme, depth, max(NARROWEST, width), height, rows)
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="replace")  # a locale without these characters is no failure
    console = _console(stream, canvas)
    drawn = (
        _generation(explanation, canvas) if explanation.continuation else _one(explanation, canvas)
    )
    for part in drawn:
        console.print(part)


def _console(stream: TextIO, canvas: Canvas) -> Console:
    systems = {"truecolor": "truecolor", "256": "256", "16": "standard"}
    return Console(
        file=stream,
        width=canvas.width,
        color_system=systems.get(canvas.depth),  # type: ignore[arg-type]  # one of rich's own names
        force_terminal=canvas.depth != "none",
        no_color=False,  # `depth` already says it
        legacy_windows=False,
        markup=False,
        highlight=False,
        emoji=False,
        soft_wrap=False,
    )


def _one(explanation: Explanation, canvas: Canvas) -> list[RenderableType]:
    heat = heat_lines(explanation, canvas.width, canvas.theme, canvas.depth)
    foot = _foot(explanation, canvas)
    above: list[RenderableType] = [*heat, "", _question(explanation, canvas)]
    wide = canvas.width >= SIDE_BY_SIDE
    if not wide:
        above.append(next_line(explanation, canvas.width))
    rows = _rows(explanation, canvas, used=len(above) + len(foot) + 4)
    table = token_table(explanation, rows, canvas.theme, canvas.depth)
    if wide:
        both = Table.grid(padding=(0, 4))
        both.add_row(table, next_table(explanation, max(FEWEST_ROWS, rows)))
        table = both
    left = len(explanation.tokens) - rows
    more = [Text(f"{left} less important tokens are not shown (--rows 0 shows all).", "dim")]
    return [*above, "", table, *(more if left else []), "", *foot]


def _rows(explanation: Explanation, canvas: Canvas, used: int) -> int:
    total = len(explanation.tokens)
    if canvas.rows is not None:
        return min(total, canvas.rows or total)
    if canvas.height is None:
        return total
    room = canvas.height - _LEFT - used
    return min(total, max(FEWEST_ROWS, room if total <= room else room - 1))


def _question(explanation: Explanation, canvas: Canvas) -> Text:
    return Text(visible(wording.question(explanation)), "bold", no_wrap=True, overflow="ellipsis")


def _foot(explanation: Explanation, canvas: Canvas) -> list[RenderableType]:
    lines = [
        Text(visible(wording.found(explanation))),
        Text(visible(wording.spent(explanation))),
        Text(visible(wording.settings(explanation)), "dim"),
        *(Text(f"⚠ {visible(line)}") for line in dict.fromkeys(warning_lines(explanation))),
    ]
    console = Console(width=canvas.width)
    return list(itertools.chain.from_iterable(line.wrap(console, canvas.width) for line in lines))


def _generation(explanation: Explanation, canvas: Canvas) -> list[RenderableType]:
    """A block per generated token: the heat maps where they fit, else the leading tokens of each."""
    foot = [*_generation_foot(explanation, canvas)]
    blocks: list[list[RenderableType]] = []
    for number, step in enumerate(explanation.steps_explained, 1):
        heat = heat_lines(step, canvas.width - 3, canvas.theme, canvas.depth)
        blocks.append([_step_head(number, step), *(Padding(line, (0, 0, 0, 3)) for line in heat)])
    lines = sum(len(block) for block in blocks) + len(foot) + 1
    if canvas.height is not None and lines + _LEFT > canvas.height:
        blocks = [
            [_step_head(number, step), Padding(_leading(step, canvas), (0, 0, 0, 3))]
            for number, step in enumerate(explanation.steps_explained, 1)
        ]
    return [*itertools.chain.from_iterable(blocks), "", *foot]


def _step_head(number: int, step: Explanation) -> Text:
    head = Text(f"{number:>2} ", no_wrap=True, overflow="ellipsis")
    head.append(visible(wording.quoted(step.target.text)), "bold")
    head.append(f" {wording.raw(step.target.probability)}  {visible(wording.found(step))}", "dim")
    return head


def _leading(step: Explanation, canvas: Canvas) -> Text:
    line = Text(no_wrap=True, overflow="ellipsis")
    for i in step.ranked()[:6]:
        token = step.tokens[i]
        line.append(f"{visible(wording.quoted(token.text))} {wording.score(token.score)}  ")
    return line


def _generation_foot(explanation: Explanation, canvas: Canvas) -> list[RenderableType]:
    steps = explanation.steps_explained
    work = sum(step.work.token_forwards for step in steps)
    reference = sum(step.work.reference_token_forwards for step in steps)
    seconds = sum(step.seconds for step in steps)
    total = f"{len(steps)} generated tokens, {work:,} token-forwards"
    if explanation.method == "noiser" and work:
        total += f", {reference / work:.1f}× less than the released code"
    hint = "Save with --output run.json, then noiser open run.json --step N shows one in full."
    lines = [
        Text(f"{total}, {seconds:.2f} s"),
        Text(visible(wording.settings(explanation)), "dim"),
        *(Text(f"⚠ {visible(line)}") for line in dict.fromkeys(warning_lines(explanation))),
        Text(hint, "dim"),
    ]
    console = Console(width=canvas.width)
    return list(itertools.chain.from_iterable(line.wrap(console, canvas.width) for line in lines))
