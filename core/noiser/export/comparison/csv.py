"""A comparison as a table: one line per row and segment, for spreadsheets and data frames."""

from __future__ import annotations

import csv
import io

from noiser.comparison.result import Comparison

COLUMNS = (
    *("row", "label", "model", "method", "bound"),
    *("segment", "text", "start", "end", "score", "error"),
)


def render(comparison: Comparison) -> str:
    """A header, then a line for every segment of every row, numbers from 1; scores as they were compared.

    Nothing in the place of a score that is not there; a row that failed is one line with its error.
    How far rows agree is in the record (.json).
    """
    text = io.StringIO()
    # every text in quotes: Python 3.11 would leave a lone carriage return bare
    writer = csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC)
    writer.writerow(COLUMNS)
    agreement = comparison.agreement
    for number, (row, scores) in enumerate(zip(comparison.rows, agreement.scores, strict=True), 1):
        head = (number, row.label, row.model, row.method, row.bound)
        if scores is None:
            writer.writerow((*head, *(None,) * 5, row.error))
            continue
        for place, (segment, score) in enumerate(zip(agreement.segments, scores, strict=True), 1):
            where = (segment.text, segment.start, segment.end)
            writer.writerow((*head, place, *where, score, None))
    return text.getvalue()
