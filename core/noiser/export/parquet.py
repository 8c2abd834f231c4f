"""The table of csv.py with its types, for data frames; the extra `table` brings what writes it."""

from __future__ import annotations

import pyarrow as pa
from pyarrow import parquet

from noiser.errors import NoiserError
from noiser.explanation import Explanation
from noiser.export.table import COLUMNS, columns


def render(explanation: Explanation) -> bytes:
    """A Parquet file with the columns of the CSV; NoiserError where a text is not valid Unicode."""
    kinds = {int: pa.int64(), float: pa.float64(), bool: pa.bool_(), str: pa.string()}
    schema = pa.schema([(name, kinds[kind]) for name, kind in COLUMNS.items()])
    sink = pa.BufferOutputStream()
    try:
        parquet.write_table(pa.table(columns(explanation), schema=schema), sink)
    except UnicodeEncodeError as error:
        raise NoiserError("A Parquet file cannot hold text that is not valid Unicode.") from error
    return bytes(sink.getvalue())
