"""Tables say what their rows say: against plain computations, and in cases worked by hand."""

from __future__ import annotations

import csv
import json
import math
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from noiser.errors import WrongUse
from noiser.study.export import save_table
from noiser.study.measures import Column
from noiser.study.planning import plan
from noiser.study.significance import compare, holm
from noiser.study.store import Store
from noiser.study.table import Table, make_table
from tests.study.cases import finished, small_study

HIT = Column("hit", ("hit",), "", "high")
RATIO = Column("ratio", ("a", "b"), "", "high", lambda means: np.log(means[..., 0] / means[..., 1]))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study of which one row failed and one is open."""
    place = tmp_path_factory.mktemp("table")
    finished(place / "study", small_study(place, 6, seeds=(1, 2), metrics=("hit",)))
    with Store(place / "study") as store:
        store.db.execute(
            "UPDATE task SET state = 'failed', result = NULL, error = 'It is so.' "
            "WHERE method = 'random' AND number = 2 AND seed = 1 AND model = 'qwen2'"
        )
        store.db.execute(
            "UPDATE task SET state = 'open', result = NULL "
            "WHERE method = 'random' AND number = 3 AND model = 'qwen2' AND seed = 2"
        )
        for number, (first, second) in enumerate([(1, 0), (1, 0), (1, 1), (1, 0), (0, 0), (1, 0)]):
            for method, hit in (("noiser", first), ("random", second)):
                store.db.execute(
                    "UPDATE task SET result = json_set(result, '$.values.hit1', ?) "
                    "WHERE method = ? AND number = ? AND result IS NOT NULL",
                    (hit, method, number),
                )
    return place / "study"


@pytest.fixture(scope="module")
def table(folder: Path) -> Table:
    with Store(folder) as store:
        return make_table(store)


def test_cells_are_means_over_samples_and_counts_leave_nothing_out(table: Table) -> None:
    assert [(line.model, line.variant) for line in table.lines] == list(
        product(("qwen2", "gpt2"), ("noiser", "random"))
    )
    names = [column.name for column in table.columns]
    hit = table.lines[0].cells[names.index("hit@1")]
    assert hit.value == pytest.approx(5 / 6)
    assert hit.samples == 6
    assert hit.interval is not None
    assert 0 <= hit.interval[0] <= 5 / 6 <= hit.interval[1] == 1
    assert table.lines[1].counts == {"done": 10, "failed": 1, "open": 1}
    assert table.lines[1].cells[names.index("α")].value is None


def test_equal_rows_make_equal_tables(folder: Path, table: Table) -> None:
    with Store(folder) as store:
        assert make_table(store) == table


def test_the_pairs_are_tested_over_the_samples_of_both(table: Table) -> None:
    (pair,) = (one for one in table.pairs if (one.model, one.column) == ("gpt2", "hit@1"))
    assert (pair.first, pair.second, pair.samples) == ("noiser", "random", 6)
    assert pair.difference == pytest.approx(4 / 6)
    assert pair.p == pytest.approx(2 * 0.5**4)  # four samples differ, all the same way
    assert pair.corrected == pair.p


def test_a_statistic_of_several_values_is_permuted_sample_by_sample() -> None:
    rng = np.random.default_rng(0)
    first = {i: rng.uniform(1, 2, 2) for i in range(8)}
    second = {i: rng.uniform(0.5, 2, 2) for i in range(8)}
    (pair,) = compare("m", "d", RATIO, {"x": first, "y": second})

    def ratio(rows: list[Any]) -> float:
        means = np.mean(rows, axis=0)
        return math.log(means[0] / means[1])

    differences = []
    for swaps in product((False, True), repeat=8):
        sides = [(second[i], first[i]) if s else (first[i], second[i]) for i, s in enumerate(swaps)]
        differences.append(ratio([a for a, _ in sides]) - ratio([b for _, b in sides]))
    observed = differences[0]
    low = sum(one <= observed + 1e-12 for one in differences)
    high = sum(one >= observed - 1e-12 for one in differences)
    assert pair.difference == pytest.approx(observed)
    assert pair.p == pytest.approx(min(1.0, 2 * min(low, high) / len(differences)))


def test_what_is_not_defined_has_no_p() -> None:
    nothing = {0: np.array([0.0, 1.0]), 1: np.array([0.0, 1.0])}
    pairs = compare("m", "d", RATIO, {"x": nothing, "y": nothing, "z": {}})
    assert {(one.difference, one.p, one.corrected) for one in pairs} == {(None, None, None)}


def test_holm_by_hand() -> None:
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([]) == []


@given(st.lists(st.floats(0, 1), max_size=8))
def test_holm_lies_between_no_correction_and_bonferroni(ps: list[float]) -> None:
    for p, adjusted in zip(ps, holm(ps), strict=True):
        assert p <= adjusted <= 1
    order = np.argsort(ps, kind="stable")
    assert list(np.diff(np.array(holm(ps))[order]) >= 0) == [True] * max(0, len(ps) - 1)


def test_csv_and_parquet_hold_every_number(table: Table, tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    save_table(table, tmp_path / "t.csv")
    save_table(table, tmp_path / "t.parquet")
    with (tmp_path / "t.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(table.lines) * len(table.columns)
    again = parquet.read_table(tmp_path / "t.parquet").to_pylist()
    assert [row["value"] or "" for row in again] == [
        float(r["value"]) if r["value"] else "" for r in rows
    ]
    assert {row["failed"] for row in rows} == {"0", "1"}


def test_markdown_and_latex_have_a_row_per_method_and_the_best_set_off(
    table: Table, tmp_path: Path
) -> None:
    for name in ("t.md", "t.tex"):
        save_table(table, tmp_path / name)
    markdown, latex = (tmp_path / "t.md").read_text(), (tmp_path / "t.tex").read_text()
    assert "| Method | data, qwen2 | data, gpt2 |" in markdown
    assert "**0.833 [" in markdown
    assert "data, qwen2, random: 10 / 0 / 1 / 1" in markdown
    assert (
        latex.count("\\begin{tabular}")
        == latex.count("\\end{tabular}")
        == markdown.count("###") - 1
    )
    assert "\\textbf{0.833" in latex
    assert "| noiser − random, data, gpt2 | hit@1 | 0.667 | 6 | 0.1250 | 0.1250 |" in markdown
    with pytest.raises(WrongUse, match="Known"):
        save_table(table, tmp_path / "t.xlsx")


def test_models_that_end_alike_have_their_whole_names(table: Table, tmp_path: Path) -> None:
    for names, told in (
        (("a/x", "b/x"), "| Method | data, a/x | data, b/x |"),
        (("a/x", "b/y"), "| Method | data, x | data, y |"),
    ):
        renamed = dict(zip(("qwen2", "gpt2"), names, strict=True))
        lines = tuple(replace(line, model=renamed[line.model]) for line in table.lines)
        save_table(replace(table, lines=lines), tmp_path / "t.md")
        assert told in (tmp_path / "t.md").read_text()


def test_papers_tables_say_of_how_many_samples_a_number_is(table: Table, tmp_path: Path) -> None:
    (first, *rest) = table.lines
    names = [column.name for column in table.columns]
    fewer = tuple(
        replace(cell, samples=cell.samples - 1) if name == "hit@1" else cell
        for name, cell in zip(names, first.cells, strict=True)
    )
    save_table(replace(table, lines=(replace(first, cells=fewer), *rest)), tmp_path / "t.md")
    told = (tmp_path / "t.md").read_text()
    assert told.count("(n=5)") == 1
    assert "(n=" not in told.split("### ")[2]


def test_an_unfinished_study_has_a_table(tmp_path: Path) -> None:
    plan(tmp_path / "study", small_study(tmp_path), {})
    with Store(tmp_path / "study") as store:
        made = make_table(store)
    assert all(cell.value is None for line in made.lines for cell in line.cells)
    save_table(made, tmp_path / "t.md")
    assert json.dumps((tmp_path / "t.md").read_text())


def test_a_study_that_measures_nothing_says_how_many_samples_each_model_keeps(
    table: Table, tmp_path: Path
) -> None:
    line = replace(table.lines[0], counts={"done": 7, "left-out": 2, "failed": 1})
    other = replace(line, model="hub/other", counts={"done": 4, "left-out": 6})
    bare = replace(table, study=replace(table.study, metrics=()), lines=(line, other))
    for name in ("t.md", "t.tex"):
        save_table(bare, tmp_path / name)
    markdown, latex = (tmp_path / "t.md").read_text(), (tmp_path / "t.tex").read_text()
    assert markdown.startswith("### Samples kept\n\n| Model | data |")
    assert f"| {line.model} | 7 of 10 |\n| other | 4 of 10 |" in markdown
    assert "other & 4 of 10" in latex
    save_table(table, tmp_path / "t.md")
    assert "Samples kept" not in (tmp_path / "t.md").read_text()
