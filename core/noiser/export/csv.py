"""One row per token, for spreadsheets and data frames."""

from __future__ import annotations

import csv
import io

from noiser.explanation import Explanation
from noiser.export.table import COLUMNS, rows


def render(explanation: Explanation) -> str:
    """A header and one row per token, nothing in the place of a number that is not there."""
    text = io.StringIO()
    # every text in quotes: Python 3.11 would leave a lone carriage return bare
    writer = csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC)
    writer.writerow(COLUMNS)
    for row in rows(explanation):
        writer.writerow([str(one).lower() if isinstance(one, bool) else one for one in row])
    return text.getvalue()
