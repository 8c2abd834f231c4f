"""An explanation as a table, one row per token: what CSV, Parquet and data frames have in common."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from noiser.errors import NoiserError
from noiser.explanation import Explanation

if TYPE_CHECKING:
    import pandas as pd

COLUMNS: dict[str, type] = {
    **{"position": int, "id": int, "text": str, "start": int, "end": int, "role": str},
    **{"score": float, "low": float, "high": float, "raw": float},
    **{"alpha_low": float, "alpha_high": float, "saturated": bool},
    **{"step": int, "target": str, "unit": int},
}
"""Each column and what is in it, or None."""


def rows(explanation: Explanation) -> Iterator[tuple[Any, ...]]:
    """The values of COLUMNS, token by token; `step` counts generated targets from 0.

    `target` is their text; `unit` is the first position of the token's unit, None where tokens had
    their noise alone.
    """
    for step, one in enumerate(explanation.steps_explained):
        for position, token in enumerate(one.tokens):
            unit = one.unit_at(position)
            yield (
                *(position, token.id, token.text, token.start, token.end, token.role),
                *(token.score, *(token.interval or (None, None)), token.raw),
                *(*(token.alpha or (None, None)), token.saturated),
                *(step, one.target.text, None if unit is None else unit.first),
            )


def columns(explanation: Explanation) -> dict[str, list[Any]]:
    """The same, column by column."""
    table = list(rows(explanation))
    return {name: [row[i] for row in table] for i, name in enumerate(COLUMNS)}


def data_frame(explanation: Explanation) -> pd.DataFrame:
    """The table as a data frame of pandas; NoiserError where pandas is not installed."""
    try:
        import pandas as pd
    except ImportError as error:
        raise NoiserError("A data frame needs pandas: pip install 'noiser[table]'.") from error
    kinds = {int: "Int64", float: "float64", bool: "bool", str: "str"}
    return pd.DataFrame(
        {
            name: pd.Series(values, dtype=kinds[COLUMNS[name]])
            for name, values in columns(explanation).items()
        }
    )
