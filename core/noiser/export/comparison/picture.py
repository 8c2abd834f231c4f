"""What a picture of a comparison shows and where: every row's heat map, then how far the rows agree."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from noiser.cells import cell_width, one_line, visible
from noiser.comparison.result import Comparison
from noiser.export.comparison import wording
from noiser.export.comparison.blocks import CELL, Block, blocks
from noiser.export.picture import COLUMNS, Box, Label, Line, label
from noiser.layout import lay_out

_GAP = 2
_WIDEST = 28
"""Cells that the names of the rows take at most beside the text."""


def picture(comparison: Comparison) -> list[Line]:
    """The lines from top to bottom."""
    lines: list[Line] = [[label(0, wording.question(comparison), "h")], []]
    lines += _heat(comparison)
    for beside in blocks(comparison, COLUMNS):
        lines.append([])
        drawn = [_block(block, wording.names(comparison)) for block in beside]
        lines += [[one for part in parts for one in part] for parts in zip(*drawn, strict=True)]
    lines += [[], [label(0, wording.found(comparison))]]
    lines += [[label(0, f"✗ {one}")] for one in wording.failures(comparison)]
    lines += [[label(0, f"⚠ {one}", "q")] for one in wording.warnings(comparison)]
    return [*lines, [label(0, wording.settings(comparison), "q")]]


def _heat(comparison: Comparison) -> Iterator[Line]:
    """Each line of the text once per row, so that the rows stand over the same characters."""
    names = wording.names(comparison)
    width = min(_WIDEST, max(cell_width(name) for name in names)) + _GAP
    scaffold = wording.scaffold(comparison)
    for number, row in enumerate(lay_out(wording.pieces(comparison), COLUMNS - width)):
        if number:
            yield []
        rows = zip(names, comparison.rows, comparison.agreement.scores, strict=True)
        for name, made, scores in rows:
            line: Line = [label(0, one_line(name, width - _GAP), "q")]
            if scores is None:
                if not number:
                    line.append(label(width, wording.missing(made), "q"))
                yield line
                continue
            top = max((abs(score) for score in scores if score is not None), default=0.0)
            for fragment in row.fragments:
                score, x = scores[fragment.piece], width + fragment.x
                if score and top:
                    kind = "hot" if score > 0 else "cold"
                    line.append(Box(x, fragment.width, kind, abs(score) / top))
                if fragment.text.strip():
                    kind = "special" if fragment.piece in scaffold else ""
                    line.append(Label(x, visible(fragment.text), kind, fragment.width))
            yield line


def _block(block: Block, names: Sequence[str]) -> Iterator[Line]:
    start = block.x + block.width
    yield [label(block.x, block.title)]
    yield [_right(start, i, str(column + 1)) for i, column in enumerate(block.columns)]
    for index, (name, row) in enumerate(zip(names, block.matrix, strict=True)):
        line: Line = [label(block.x, one_line(name, block.width), "q")] if block.width else []
        for i, column in enumerate(block.columns):
            value = row[column]
            if value and column != index:  # a row beside itself agrees, which is not worth a colour
                kind = "hot" if value > 0 else "cold"
                line.append(Box(start + i * CELL + 1, CELL - 1, kind, abs(value)))
            line.append(_right(start, i, wording.share(value), "q" if column == index else ""))
        yield line


def _right(start: int, column: int, text: str, kind: str = "q") -> Label:
    """Text that ends where its column does, half a cell before what fills it."""
    return label(start + (column + 1) * CELL - cell_width(text), text, kind)
