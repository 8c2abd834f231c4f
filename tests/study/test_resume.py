"""A study that is killed again and again ends with the rows of one that nobody disturbed."""

from __future__ import annotations

import gc
import multiprocessing
import os
import random
import signal
import time
from pathlib import Path

import pytest

from noiser.study.planning import plan
from noiser.study.standing import stand
from noiser.study.store import Store
from tests.study.cases import finished, load, run_all, small_study, table

KILLS, ROWS = 20, 100
FORK = multiprocessing.get_context("fork")
"""So that a worker starts at once, torch and the tiny models in it already."""


def _finished_rows(store: Store) -> int:
    query = "SELECT count(*) FROM task WHERE state IN ('done', 'left-out', 'failed')"
    return int(store.db.execute(query).fetchone()[0])


@pytest.fixture(autouse=True)
def models() -> None:
    for family in ("qwen2", "gpt2"):
        load(family)
    gc.freeze()  # what a worker collects when it changes models is its own


def test_killed_twenty_times_it_ends_as_if_undisturbed(tmp_path: Path) -> None:
    study = small_study(tmp_path, ROWS // 4)
    plan(tmp_path / "killed", study, {})
    chance = random.Random(1)
    kept = 0
    with Store(tmp_path / "killed") as store:
        for _ in range(KILLS):
            process = FORK.Process(target=run_all, args=(tmp_path / "killed",))
            process.start()
            while _finished_rows(store) <= kept:
                assert process.is_alive()
                time.sleep(0.001)
            time.sleep(chance.uniform(0, 0.02))
            assert process.pid is not None
            os.kill(process.pid, signal.SIGKILL)
            process.join()
            assert process.exitcode == -signal.SIGKILL
            before, kept = kept, _finished_rows(store)
            assert before < kept < ROWS
            assert store.db.execute("SELECT count(*) FROM worker").fetchone()[0] == 1
            assert stand(store).workers == 0
    run_all(tmp_path / "killed")
    assert table(tmp_path / "killed") == finished(tmp_path / "undisturbed", study)
    assert not list((tmp_path / "killed" / "workers").iterdir())


def test_two_processes_share_the_rows_and_do_none_twice(tmp_path: Path) -> None:
    study = small_study(tmp_path, 8)
    plan(tmp_path / "shared", study, {})
    processes = [FORK.Process(target=run_all, args=(tmp_path / "shared",)) for _ in range(2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
        assert process.exitcode == 0
    with Store(tmp_path / "shared") as store:
        attempts = {row[0] for row in store.db.execute("SELECT attempts FROM task")}
    assert attempts == {1}
    assert table(tmp_path / "shared") == finished(tmp_path / "alone", study)


def test_the_rows_of_a_dead_worker_are_taken_over_by_one_that_lives(tmp_path: Path) -> None:
    study = small_study(tmp_path, 8)
    plan(tmp_path / "study", study, {})
    doomed, other = (FORK.Process(target=run_all, args=(tmp_path / "study",)) for _ in range(2))
    doomed.start()
    other.start()
    with Store(tmp_path / "study") as store:
        while _finished_rows(store) < 5:
            time.sleep(0.001)
        assert doomed.pid is not None
        os.kill(doomed.pid, signal.SIGKILL)
    other.join(60)
    assert other.exitcode == 0
    doomed.join()
    assert {row[2] for row in table(tmp_path / "study")} == {"done"}
