"""A comparison on one screen: every row's heat map over the same characters, and how far they agree."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from noiser.comparison.result import Comparison, Row
from noiser.export.comparison import wording
from noiser.export.wording import quoted, score
from noiser_tui.cli.canvas import Canvas
from noiser_tui.look.cells import cell_width, one_line, visible
from noiser_tui.look.heat import buckets, glyph_row, heat_row
from noiser_tui.look.layout import lay_out
from noiser_tui.look.matrices import matrix_lines
from noiser_tui.look.terminal_text import pieces_for_terminal

_GAP = 2
_LEFT = 1
"""Lines of the screen that are not ours: the shell's next prompt."""


def comparison_lines(comparison: Comparison, canvas: Canvas) -> list[Text]:
    """A heat map per row where they fit, else what each row scores highest in one line; then matrices."""
    foot = _foot(comparison, canvas)
    head = Text(visible(wording.question(comparison)), "bold", no_wrap=True, overflow="ellipsis")
    matrices = matrix_lines(comparison, canvas.width, canvas.theme, canvas.depth)
    below = [Text(), *matrices, Text(), *foot]
    lines = _heat(comparison, canvas)
    room = None if canvas.height is None else canvas.height - _LEFT - len(below) - 2
    if room is not None and len(lines) > room:
        lines = _leading(comparison, canvas)
    return [head, Text(), *lines, *below]


def _label_width(comparison: Comparison, canvas: Canvas) -> int:
    """Cells of the column that names the rows; a long name is cut to leave the text two thirds."""
    longest = max(cell_width(name) for name in wording.names(comparison))
    return min(longest, max(12, canvas.width // 3))


def _heat(comparison: Comparison, canvas: Canvas) -> list[Text]:
    """Each line of the text once per row, coloured; where colours are too few, once with bars below."""
    width = _label_width(comparison, canvas)
    agreement = comparison.agreement
    scaffold = wording.scaffold(comparison)
    names = [one_line(name, width) for name in wording.names(comparison)]
    labels = [name + " " * (width - cell_width(name) + _GAP) for name in names]
    steps = [None if row is None else buckets(row) for row in agreement.scores]
    bars = canvas.depth in canvas.theme.glyphs
    lines: list[Text] = []
    pieces = pieces_for_terminal(wording.pieces(comparison))
    for number, row in enumerate(lay_out(pieces, canvas.width - width - _GAP)):
        if number:
            lines.append(Text())
        if bars:
            plain = heat_row(row, [0] * len(pieces), scaffold, canvas.theme, canvas.depth)
            lines.append(Text(" " * (width + _GAP), end="") + plain)
        for label, made, own in zip(labels, comparison.rows, steps, strict=True):
            line = Text(label, no_wrap=True)
            if own is None:
                line.append("" if number else wording.missing(made), "dim")
            elif bars:
                line.append(glyph_row(row, own))
            else:
                line.append(heat_row(row, own, scaffold, canvas.theme, canvas.depth))
            lines.append(line)
    return lines


def _leading(comparison: Comparison, canvas: Canvas) -> list[Text]:
    """As many of each row's highest segments with their scores as a line takes."""
    width = _label_width(comparison, canvas)
    lines: list[Text] = []
    for name, row, scores in zip(
        wording.names(comparison), comparison.rows, comparison.agreement.scores, strict=True
    ):
        line = one_line(name, width)
        line += " " * (width - cell_width(line) + _GAP)
        for part in _highest(comparison, row, scores):
            if cell_width(line + part) > canvas.width:
                break
            line += part
        lines.append(Text(line.rstrip(), no_wrap=True))
    return lines


def _highest(comparison: Comparison, row: Row, scores: Sequence[float | None] | None) -> list[str]:
    if scores is None:
        return [wording.missing(row)]
    texts = [visible(quoted(one.text)) for one in comparison.agreement.segments]
    ranked = sorted(
        ((value, text) for value, text in zip(scores, texts, strict=True) if value is not None),
        key=lambda one: -one[0],
    )
    return [f"{text} {score(value)}  " for value, text in ranked]


def _foot(comparison: Comparison, canvas: Canvas) -> list[Text]:
    lines = [
        *(Text(f"✗ {visible(line)}") for line in wording.failures(comparison)),
        Text(visible(wording.found(comparison))),
        Text(wording.settings(comparison), "dim"),
        *(Text(f"⚠ {visible(line)}") for line in wording.warnings(comparison)),
    ]
    console = Console(width=canvas.width)
    return [part for line in lines for part in line.wrap(console, canvas.width)]
