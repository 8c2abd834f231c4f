"""One row per token, for spreadsheets and data frames."""

from __future__ import annotations

import csv
import io

from noiser.explanation import Explanation, TokenScore

COLUMNS = (
    *("position", "id", "text", "start", "end", "role", "score", "low", "high", "raw"),
    *("alpha_low", "alpha_high", "saturated", "step", "target", "unit"),
)


def render(explanation: Explanation) -> str:
    """A header and one row per token; `step` counts generated targets from 0, `target` is their text.

    `unit` is the first position of the token's unit, empty where tokens had their noise alone.
    """
    text = io.StringIO()
    # every text in quotes: Python 3.11 would leave a lone carriage return bare
    writer = csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC)
    writer.writerow(COLUMNS)
    for step, one in enumerate(explanation.steps_explained):
        for position, token in enumerate(one.tokens):
            unit = one.unit_at(position)
            first = unit.first if unit is not None else None
            writer.writerow([position, *_row(token), step, one.target.text, first])
    return text.getvalue()


def _row(token: TokenScore) -> list[object]:
    low, high = token.interval or (None, None)
    alpha_low, alpha_high = token.alpha or (None, None)
    return [
        *(token.id, token.text, token.start, token.end, token.role),
        *(token.score, low, high, token.raw, alpha_low, alpha_high),
        str(token.saturated).lower(),
    ]
