"""CSV, Parquet and data frames are one table."""

from __future__ import annotations

import csv
import importlib.util
import io
import sys
from dataclasses import replace

import pandas as pd
import pyarrow as pa
import pytest
from pyarrow import parquet

from noiser.errors import NoiserError
from noiser.export import check_suffix, render
from noiser.export.table import COLUMNS
from tests.export.example import example, generation, zoomed

EVERY = [example(), generation(), zoomed()]


def read_parquet(explanation: object) -> pa.Table:
    made = render(explanation, ".parquet")  # type: ignore[arg-type]
    assert isinstance(made, bytes)
    return parquet.read_table(io.BytesIO(made))


@pytest.mark.parametrize("made", EVERY)
def test_parquet_holds_what_the_csv_holds_with_types(made: object) -> None:
    table = read_parquet(made)
    rows = list(csv.DictReader(io.StringIO(render(made, ".csv"))))  # type: ignore[arg-type]
    assert table.column_names == list(rows[0])
    for row, wanted in zip(table.to_pylist(), rows, strict=True):
        for name, value in row.items():
            told = str(value).lower() if isinstance(value, bool) else value
            assert ("" if told is None else str(told)) == wanted[name]
    assert str(table.schema.field("score").type) == "double"
    assert str(table.schema.field("saturated").type) == "bool"
    assert str(table.schema.field("id").type) == "int64"


@pytest.mark.parametrize("made", EVERY)
def test_a_data_frame_has_the_same_columns_and_numbers(made: object) -> None:
    frame = made.to_pandas()  # type: ignore[attr-defined]
    table = read_parquet(made)
    assert list(frame.columns) == table.column_names == list(COLUMNS)
    for name in COLUMNS:
        wanted = table.column(name).to_pylist()
        assert [None if pd.isna(one) else one for one in frame[name]] == wanted
    assert frame["score"].dtype == "float64"
    assert frame["id"].dtype == "Int64"


def test_tokens_without_numbers_and_no_tokens_at_all_are_a_table() -> None:
    made = example(["a"])
    bare = tuple(
        replace(one, score=None, raw=None, interval=None, alpha=None) for one in made.tokens
    )
    assert read_parquet(replace(made, tokens=bare)).column("score").null_count == 2
    none = replace(made, prompt="", tokens=(), leaders=())
    assert none.to_pandas().shape == (0, len(COLUMNS))
    assert read_parquet(none).num_rows == 0


def test_text_that_is_not_unicode_is_one_sentence() -> None:
    with pytest.raises(NoiserError, match=r"^A Parquet file cannot hold text that is not valid"):
        render(example(["half \ud83d"]), ".parquet")


def test_without_the_extra_one_sentence_tells_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *a: None if name == "pyarrow" else find(name, *a)
    )
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(NoiserError, match=r"\.parquet files need pyarrow: pip install"):
        check_suffix("run.parquet")
    with pytest.raises(NoiserError, match=r"A data frame needs pandas: pip install"):
        example().to_pandas()
