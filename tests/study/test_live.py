"""What a study shows while it fills in is what its table says, at every moment."""

from __future__ import annotations

from pathlib import Path

from noiser.study.live import Live
from noiser.study.planning import plan
from noiser.study.samples import sample_rows
from noiser.study.spec import Study
from noiser.study.store import Store
from noiser.study.table import Table, columns_of, make_table
from tests.study.cases import fill, measured, small_study


def two_seeds(folder: Path, **changes: object) -> Study:
    return small_study(folder, 8, metrics=("hard",), seeds=(1, 2), **changes)


def same(live: Live, store: Store) -> Table:
    """The table of `live`, which must be that of `make_table`."""
    columns = columns_of(live.study)
    live.read()
    live.compare(columns)
    table, whole = live.table(columns), make_table(store)
    assert table.lines == whole.lines
    assert sorted(map(repr, table.pairs)) == sorted(map(repr, whole.pairs))
    return table


def test_it_is_the_table_at_every_moment(tmp_path: Path) -> None:
    plan(tmp_path / "s", two_seeds(tmp_path), {})
    with Store(tmp_path / "s") as store, Store(tmp_path / "s") as reader:
        live = Live(reader)
        for count in (0, 1, 20, 11, 32):
            fill(tmp_path / "s", count, measured)
            table = same(live, store)
        assert any(pair.corrected is not None for pair in table.pairs)
        assert not live.read()
        assert not live.compare(columns_of(live.study))


def test_a_grid_that_grows_is_seen(tmp_path: Path) -> None:
    plan(tmp_path / "s", two_seeds(tmp_path), {})
    fill(tmp_path / "s", 10, measured)
    with Store(tmp_path / "s") as reader:
        live = Live(reader)
        live.read()
        plan(tmp_path / "s", two_seeds(tmp_path, methods=("noiser", "random", "occlusion")), {})
        with Store(tmp_path / "s") as store:
            assert len(same(live, store).lines) == 6


def test_one_column_costs_no_other_and_the_samples_say_why(tmp_path: Path) -> None:
    plan(tmp_path / "s", two_seeds(tmp_path), {})
    fill(tmp_path / "s", 64, measured)
    with Store(tmp_path / "s") as store:
        live = Live(store)
        column = next(one for one in columns_of(live.study) if one.name == "comp.")
        assert [len(line.cells) for line in live.table([column]).lines] == [1] * 4
        live.compare([column])
        assert {pair.column for pair in live.table([column]).pairs} == {"comp."}
        rows = sample_rows(store, live.settings("gpt2", "data", "noiser"))
    assert [row.setting.seed for row in rows] == [1] * 8 + [2] * 8
    assert rows[3].values["hard_comprehensiveness"] == 2 * 4 + 1
    assert (rows[4].state, rows[4].why) == ("left-out", "the model predicts ' Rome'")
    assert (rows[5].state, rows[5].why) == ("failed", "It broke.")
    assert rows[0].sample.prompt == store_prompt(tmp_path / "s", 0)


def store_prompt(folder: Path, number: int) -> str:
    with Store(folder) as store:
        return store.sample("data", number).prompt
