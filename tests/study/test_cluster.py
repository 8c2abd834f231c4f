"""A study by Ray: the rows of one without it, whoever dies on the way."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

from noiser.study.cluster import work_on_cluster
from noiser.study.fleet import work
from noiser.study.loading import Loading
from noiser.study.planning import plan
from noiser.study.ray_cluster import connected
from noiser.study.spec import DataChoice, Study
from noiser.study.standing import stand
from noiser.study.store import Store
from tests.study.cases import table

pytest.importorskip("ray", reason="the extra noiser[cluster] is not installed")
ROOT = Path(__file__).resolve().parents[2]
STUDY = Study(
    models=("built-in",),
    datasets=(DataChoice("built-in"),),
    methods=("noiser", "random"),
    metrics=("soft", "hit"),
    samples=15,
    masks=2,
    draws=3,
    steps=5,
)
CPU = Loading("cpu")


@pytest.fixture(scope="module")
def ray() -> Iterator[None]:
    """A Ray of this machine's CPUs for all tests here: it takes seconds to start."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    os.environ["NOISER_JUDGE_KEY"] = "a key"
    with connected("auto") as module:
        if module.cluster_resources().get("CPU", 0) < 2:
            pytest.skip("two workers need two CPUs")
        yield
    del os.environ["NOISER_JUDGE_KEY"]
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory, ray: None) -> list[tuple[Any, ...]]:
    """The rows of a run without Ray."""
    folder = tmp_path_factory.mktemp("local")
    plan(folder, STUDY, {})
    work(folder, CPU)
    return table(folder)


def _until(there: Callable[[], bool]) -> None:
    end = time.monotonic() + 120
    while not there():
        assert time.monotonic() < end
        time.sleep(0.01)


def _stop_one(folder: Path, then: Callable[[int], None]) -> threading.Thread:
    """Halt one of two workers while it is at a row, and when all others are done, do `then` to it."""

    def act() -> None:
        rows: dict[
            str, set[int]
        ] = {}  # by place; at its second row a worker has its model for sure

        def loaded() -> str | None:
            for place, row in store.db.execute(
                "SELECT place, id FROM task JOIN worker ON worker.name = task.worker"
            ):
                rows.setdefault(place, set()).add(row)
            return next((place for place, own in rows.items() if len(own) > 1), None)

        with Store(folder) as store:
            _until(lambda: loaded() is not None and stand(store).workers == 2)
            process = int((loaded() or "").rpartition(":")[2])
            os.kill(process, signal.SIGSTOP)
            _until(lambda: not store.count("open") and store.count("taken") == 1)
            then(process)

    thread = threading.Thread(target=act, daemon=True)
    thread.start()
    return thread


def test_no_key_of_a_judge_reaches_the_workers(ray: None) -> None:
    import ray as module

    assert os.environ["NOISER_JUDGE_KEY"] == "a key"
    read = module.remote(lambda: os.environ.get("NOISER_JUDGE_KEY"))
    assert module.get(read.remote()) is None


def test_a_worker_is_killed_and_the_table_is_that_of_a_run_without_ray(
    tmp_path: Path, undisturbed: list[tuple[Any, ...]]
) -> None:
    plan(tmp_path, STUDY, {})
    killer = _stop_one(tmp_path, lambda process: os.kill(process, signal.SIGKILL))
    work_on_cluster(tmp_path, "auto", CPU)
    killer.join(10)
    assert not killer.is_alive()
    assert table(tmp_path) == undisturbed
    with Store(tmp_path) as store:
        attempts = [row[0] for row in store.db.execute("SELECT attempts FROM task")]
        assert store.db.execute("SELECT count(*) FROM worker").fetchone() == (0,)
    assert sorted(attempts) == [1] * 29 + [2]


def test_a_worker_that_hangs_is_replaced_and_its_row_says_so(
    tmp_path: Path, undisturbed: list[tuple[Any, ...]]
) -> None:
    plan(tmp_path, STUDY, {})
    _stop_one(tmp_path, lambda process: None)
    work_on_cluster(tmp_path, "auto", CPU, row_timeout=20)  # four rows took over 5 s under load
    rows = table(tmp_path)
    late = [i for i, row in enumerate(rows) if row[2] == "failed"]
    assert [rows[i][4] for i in late] == ["It took more than 20 s: its worker was killed."]
    assert [row for i, row in enumerate(rows) if i not in late] == [
        row for i, row in enumerate(undisturbed) if i not in late
    ]


def test_a_run_by_ray_that_is_killed_goes_on_without_it(
    tmp_path: Path, undisturbed: list[tuple[Any, ...]]
) -> None:
    code = (
        "import sys; from noiser.study.cluster import work_on_cluster as work\n"
        "from noiser.study.loading import Loading\n"
        "work(sys.argv[1], 'auto', Loading('cpu'))"
    )
    plan(tmp_path, STUDY, {})
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'core'}:{ROOT}", "OMP_NUM_THREADS": "1"}
    process = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], env=environment)
    with Store(tmp_path) as store:
        while not store.count("done"):
            assert process.poll() is None
            time.sleep(0.01)
        process.kill()
        process.wait()
        assert store.count("open")
    work(tmp_path, CPU)
    assert table(tmp_path) == undisturbed
