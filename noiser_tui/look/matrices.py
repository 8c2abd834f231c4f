"""How far the rows of a comparison agree, as matrices of numbers coloured by size."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from noiser.comparison.result import Comparison
from noiser.export.comparison import wording
from noiser.export.comparison.blocks import CELL, Block, blocks
from noiser_tui.look.cells import cell_width, one_line
from noiser_tui.look.depth import Depth
from noiser_tui.look.heat import bucket
from noiser_tui.look.themes import Theme


def matrix_lines(comparison: Comparison, width: int, theme: Theme, depth: Depth) -> list[Text]:
    """The matrices, an empty line between those that stand under each other."""
    names = wording.names(comparison)
    lines: list[Text] = []
    for beside in blocks(comparison, width):
        if lines:
            lines.append(Text())
        drawn = [_block(block, names, theme, depth) for block in beside]
        for parts in zip(*drawn, strict=True):
            line = Text(no_wrap=True)
            for block, part in zip(beside, parts, strict=True):
                line.append(" " * (block.x - cell_width(line.plain)))
                line.append(part)
            lines.append(line)
    return lines


def _block(block: Block, names: Sequence[str], theme: Theme, depth: Depth) -> list[Text]:
    """The lines of one block; a row beside itself agrees, which is not worth a colour."""
    head = "".join(f"{column + 1:>{CELL}}" for column in block.columns)
    lines = [Text(block.title), Text(" " * block.width + head, "dim")]
    for index, (name, row) in enumerate(zip(names, block.matrix, strict=True)):
        label = one_line(name, block.width) if block.width else ""
        line = Text(label + " " * (block.width - cell_width(label)))
        for column in block.columns:
            value = row[column]
            style = theme.style(bucket(value, 1.0), depth)
            line.append(" ")
            line.append(f"{wording.share(value):>{CELL - 1}}", "dim" if column == index else style)
        lines.append(line)
    return lines
