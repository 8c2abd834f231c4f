"""A worker that hangs is ended by its parent, and its row says so."""

from __future__ import annotations

from pathlib import Path

from noiser.study.claims import Outcome, Worker, fail_taken
from noiser.study.fleet import work_on_each
from noiser.study.planning import plan
from noiser.study.store import Store
from tests.study.cases import SLEEPY, Sleepy, finished, small_study, table


def test_a_worker_that_hangs_is_killed_and_the_other_rows_are_done(tmp_path: Path) -> None:
    study = small_study(tmp_path, 10, models=("qwen2",), methods=("random",))
    plan(tmp_path / "study", study, {})
    work_on_each(tmp_path / "study", [Sleepy("cpu")], row_timeout=10)
    rows = table(tmp_path / "study")
    with Store(tmp_path / "study") as store:
        hung = [n for n in range(10) if store.sample("data", n).prompt == SLEEPY]
        assert store.db.execute("SELECT count(*) FROM worker").fetchone() == (0,)
    assert len(hung) == 1
    assert {row[4] for row in rows if row[2] == "failed"} == {
        "It took more than 10 s: its worker was killed."
    }
    assert [row[1] for row in rows if row[2] == "failed"] == hung
    undisturbed = finished(tmp_path / "undisturbed", study)
    assert [r for r in rows if r[1] not in hung] == [r for r in undisturbed if r[1] not in hung]


def test_only_the_row_that_a_worker_is_at_is_failed_for_it(tmp_path: Path) -> None:
    plan(tmp_path / "study", small_study(tmp_path), {})
    with Store(tmp_path / "study") as store, Worker(store) as worker:
        first, second = worker.take(None), worker.take(None)
        assert first is not None
        assert second is not None
        worker.finish(first, Outcome("done", {"values": {}}))
        assert not fail_taken(store, worker.name, first.id, "late", 1.0)
        assert fail_taken(store, worker.name, second.id, "late", 1.0)
        assert not worker.finish(second, Outcome("done", {"values": {}}))  # it woke up after all
        assert (store.count("done"), store.count("failed"), store.count("taken")) == (1, 1, 0)
