"""What every token is: its id, its bytes, where its characters stand and what its role is."""

from __future__ import annotations

from rich.table import Table
from rich.text import Text

from noiser.explanation import Explanation
from noiser.export import wording
from noiser.listing import token_name
from noiser_tui.look.cells import one_line

_WIDEST = 24


def identity_table(explanation: Explanation) -> Table:
    """Every token in the order of the prompt, with its score."""
    table = Table(box=None, pad_edge=False, padding=(0, 1), header_style="dim", show_edge=False)
    table.add_column("#", justify="right", style="dim")
    table.add_column("token", max_width=_WIDEST)
    table.add_column("id", justify="right")
    table.add_column("bytes", overflow="fold")
    table.add_column("characters", justify="right")
    table.add_column("role")
    table.add_column("score", justify="right")
    for position, token in enumerate(explanation.tokens):
        table.add_row(
            Text(str(position)),
            Text(one_line(wording.quoted(token_name(explanation, position)), _WIDEST)),
            Text(str(token.id)),
            Text(wording.own_bytes(token.bytes)),
            Text(wording.characters(token.start, token.end)),
            Text(token.role),
            Text(wording.score(token.score)),
        )
    return table
