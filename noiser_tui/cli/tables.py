"""The tables of the screen: the tokens by importance, and the top next tokens."""

from __future__ import annotations

from rich.table import Table
from rich.text import Text

from noiser.explanation import Explanation
from noiser.export import wording
from noiser.listing import listing
from noiser_tui.look.cells import cell_width, one_line, visible
from noiser_tui.look.depth import Depth
from noiser_tui.look.heat import UNFILLED, buckets
from noiser_tui.look.themes import Theme

TOKEN_WIDTH = 18
UNIT_WIDTH = 36
"""Cells of a unit's text at most, where there is room for them."""
NUMBERS_WIDTH = 65
"""Cells of all columns but the text."""
NEXT_WIDTH = 44
INDENT = "  "
BAR = 10
_EIGHTHS = " ▏▎▍▌▋▊▉"


def token_table(
    explanation: Explanation, rows: int, theme: Theme, depth: Depth, room: int
) -> Table:
    """The `rows` most important tokens or units, highest score first, then those without a score.

    The tokens of a unit that was looked into stand under it. `room` is how many cells the table may take.
    """
    listed = listing(explanation)
    steps = buckets([one.scored.score for one in listed])
    top = max((abs(one.scored.score or 0.0) for one in listed), default=0.0)
    widest = UNIT_WIDTH if explanation.units else TOKEN_WIDTH
    width = max(TOKEN_WIDTH, min(widest, room - NUMBERS_WIDTH))
    table = _table()
    table.add_column("#", justify="right", style="dim")
    table.add_column(explanation.granularity, max_width=width)
    table.add_column("score", justify="right")
    table.add_column("", min_width=BAR)
    for head in ("95%", "raw", "α"):
        table.add_column(head, justify="right")
    for one, step in list(zip(listed, steps, strict=True))[:rows]:
        scored = one.scored
        indent = INDENT if one.inside else ""
        unsure = scored.sure is False
        quoted = one_line(wording.quoted(one.name), width - len(indent))
        name = Text(quoted, UNFILLED[depth] if unsure and step else theme.style(step, depth))
        drawn = bar(abs(scored.score or 0.0) / top if top else 0.0, BAR)
        table.add_row(
            Text(str(one.position)),
            Text(indent) + name,
            Text(wording.score(scored.score)),
            Text(with_gaps(drawn) if unsure else drawn),
            Text(wording.ends(scored)),
            Text(wording.raw(scored.raw)),
            Text(wording.alpha(scored)),
        )
    return table


def next_table(explanation: Explanation, rows: int) -> Table:
    """The `rows` most probable next tokens with bars."""
    table = _table()
    table.add_column("next token", max_width=TOKEN_WIDTH)
    table.add_column("p", justify="right")
    table.add_column("", min_width=BAR)
    for one in explanation.next_tokens[:rows]:
        table.add_row(
            Text(one_line(wording.quoted(one.text), TOKEN_WIDTH)),
            Text(wording.raw(one.probability)),
            Text(bar(one.probability or 0.0, BAR)),
        )
    return table


def next_line(explanation: Explanation, width: int) -> Text:
    """As many of the most probable next tokens as one line of `width` cells takes."""
    line = "next "
    for one in explanation.next_tokens:
        part = f" {visible(wording.quoted(one.text))} {wording.score(one.probability)} "
        if cell_width(line + part) > width:
            break
        line += part
    return Text(line.rstrip(), no_wrap=True, overflow="ellipsis")


def bar(share: float, width: int) -> str:
    """A bar of `width` cells filled to `share`, in steps of an eighth of a cell."""
    eighths = round(min(1.0, max(0.0, share)) * width * 8)
    return ("█" * (eighths // 8) + _EIGHTHS[eighths % 8]).rstrip()


def with_gaps(drawn: str) -> str:
    """A bar hatched, as the heat map's stripes are."""
    return "".join(" " if cell % 2 else one for cell, one in enumerate(drawn))


def _table() -> Table:
    return Table(box=None, pad_edge=False, padding=(0, 1), header_style="dim", show_edge=False)
