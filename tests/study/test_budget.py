"""A study's judge: what it may cost, and that nothing is lost where that is spent."""

from __future__ import annotations

import itertools
import json
import sqlite3
import subprocess
import sys
import time
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from noiser.errors import Cancelled
from noiser.judge.budget import BudgetSpent
from noiser.judge.cache import Cache, CacheUnusable
from noiser.judge.question import Settings, messages
from noiser.study.claims import Worker, release_dead
from noiser.study.fleet import work_on_each
from noiser.study.ledger import Ledger, StudyBudget, StudyPace, open_account
from noiser.study.loading import Loading
from noiser.study.planning import plan
from noiser.study.serving import Serving
from noiser.study.spec import DataChoice, Study
from noiser.study.standing import stand
from noiser.study.store import Store
from noiser.study.worker import Loop
from tests.judge.faulty import good, says, serving, silent, slow
from tests.study.cases import load, small_study, table
from tests.tiny import save_tiny

PROMPTS = ("Rome and the sea", "Paris and code", "rivers and text", "numbers are here")


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("NOISER_JUDGE_KEY", "key")


def _study(folder: Path, url: str, **changes: object) -> Study:
    folder.mkdir(exist_ok=True)
    path = folder / "own.json"
    path.write_text(json.dumps([{"prompt": one, "target": "Paris"} for one in PROMPTS]))
    options = {
        "models": ("qwen2",),
        "datasets": (DataChoice("own", file=str(path)),),
        "metrics": ("answerability",),
        "filter": False,
        "judge": "m",
        "judge_url": url,
        "cache": str(folder / "replies.sqlite"),
        **changes,
    }
    return small_study(folder, **options)


def _run(folder: Path, study: Study) -> None:
    plan(folder, study, {})
    with Store(folder) as store, Worker(store) as worker:
        open_account(store)
        Loop(worker, load, Event()).run()


def test_rows_that_may_not_be_asked_stay_open_and_a_second_run_goes_on(tmp_path: Path) -> None:
    with serving(good()) as server:
        study = _study(tmp_path, server.url, max_calls=7, at_once=1)  # row after row
        with pytest.raises(BudgetSpent, match="budget of 7 calls is spent"):
            _run(tmp_path / "study", study)
        assert len(server.bodies) == 7
        with Store(tmp_path / "study") as store:
            standing = stand(store)
            assert (standing.failed, standing.taken) == (0, 0)
            assert 0 < standing.done < standing.total == 8
            query = "SELECT sum(attempts) FROM task WHERE state = 'open'"
            assert store.db.execute(query).fetchone() == (0,)
        _run(tmp_path / "study", replace(study, max_calls=None))
        asked = [body["messages"][0]["content"] for body in server.bodies]
        assert len(asked) == len(set(asked)) > 7  # nothing is asked twice
        _run(tmp_path / "again", replace(study, max_calls=0))
        assert len(server.bodies) == len(asked)  # all is known by now
        assert table(tmp_path / "again") == table(tmp_path / "study")
    with serving(good()) as server:
        _run(tmp_path / "undisturbed", _study(tmp_path / "other", server.url))
    assert table(tmp_path / "undisturbed") == table(tmp_path / "study")
    assert {row[2] for row in table(tmp_path / "study")} == {"done"}


def test_the_budget_of_tokens_stops_too(tmp_path: Path) -> None:
    with serving(good(tokens=150)) as server:
        with pytest.raises(BudgetSpent, match="has no room for another call"):
            _run(tmp_path / "study", _study(tmp_path, server.url, max_tokens=1500))
        assert 0 < len(server.bodies) <= 10
    with Store(tmp_path / "study") as store:
        assert stand(store).failed == 0


def test_questions_of_a_sample_are_on_their_way_together(tmp_path: Path) -> None:
    with serving(slow(0.2, good())) as server:
        study = _study(tmp_path, server.url, samples=1, methods=("random",))
        _run(tmp_path / "study", study)
        assert server.most_at_once == len(server.bodies) >= 3
    with serving(slow(0.02, good())) as server:
        study = _study(tmp_path / "b", server.url, samples=1, methods=("random",), at_once=1)
        _run(tmp_path / "one", study)
        assert (server.most_at_once, len(server.bodies) >= 3) == (1, True)


def test_a_judge_that_fails_fails_its_rows_and_is_no_spent_budget(tmp_path: Path) -> None:
    with serving(says(401, "{}")) as server:
        _run(tmp_path / "study", _study(tmp_path, server.url, max_calls=1000))
    with Store(tmp_path / "study") as store:
        standing = stand(store)
    assert (standing.failed, standing.done) == (8, 0)
    assert "The judge could not be asked: The judge m" in standing.errors[0][0]


def test_a_worker_in_a_process_of_its_own_ends_with_the_budget(tmp_path: Path) -> None:
    model = str(save_tiny(tmp_path / "tiny"))
    with serving(good()) as server:
        study = _study(tmp_path, server.url, models=(model,), max_calls=6, per_minute=6000)
        plan(tmp_path / "study", study, {})
        with pytest.raises(BudgetSpent):
            work_on_each(tmp_path / "study", [Loading("cpu")])
        assert len(server.bodies) == 6
    with Store(tmp_path / "study") as store:
        assert (stand(store).failed, stand(store).complete) == (0, False)


_SPENDER = """
import sys
import time
from pathlib import Path
from noiser.errors import Cancelled
from noiser.judge.budget import BudgetSpent
from noiser.judge.cache import Cache, CacheUnusable
from noiser.judge.question import Settings, messages
from noiser.study.ledger import Ledger, StudyBudget
budget = StudyBudget(Ledger(Path(sys.argv[1])), 100, None)
count = 0
try:
    while True:
        budget.settle(budget.reserve(messages([]), Settings()), 1)
        count += 1
except BudgetSpent:
    print(count)
"""


def test_one_account_for_all_processes(tmp_path: Path) -> None:
    plan(tmp_path, small_study(tmp_path), {})
    command = [sys.executable, "-c", _SPENDER, str(tmp_path)]
    spenders = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in "ab"]
    counts = [int(one.communicate()[0]) for one in spenders]
    assert sum(counts) == 100
    assert Ledger(tmp_path).spent() == (100, 100)
    with Store(tmp_path) as store:
        open_account(store)
    budget = StudyBudget(Ledger(tmp_path), 1, None)
    budget.reserve(messages([]), Settings())
    with pytest.raises(BudgetSpent, match="budget of 1 calls"):
        budget.reserve(messages([]), Settings())


def test_one_pace_for_all_processes(tmp_path: Path) -> None:
    plan(tmp_path, small_study(tmp_path), {})
    now = [100.0]
    paces = [StudyPace(Ledger(tmp_path), 30) for _ in range(2)]
    for pace in paces:
        pace._clock = lambda: now[0]
    assert [paces[i].turn() for i in (0, 1, 1)] == [0.0, 2.0, 4.0]
    now[0] = 1000.0
    assert [paces[i].turn() for i in (1, 0)] == [0.0, 2.0]


def test_how_the_judge_is_asked_may_change_and_which_one_may_not(tmp_path: Path) -> None:
    study = _study(tmp_path, "http://h/v1", max_calls=1)
    plan(tmp_path / "study", study, {})
    plan(tmp_path / "study", replace(study, max_calls=None, at_once=2, per_minute=9.0), {})
    with Store(tmp_path / "study") as store:
        assert (store.study.max_calls, store.study.at_once, store.study.per_minute) == (
            None,
            2,
            9.0,
        )
    with pytest.raises(Exception, match="its judge_url is"):
        plan(tmp_path / "study", replace(study, judge_url="http://i/v1"), {})


def test_rows_are_explained_while_others_are_with_the_judge(tmp_path: Path) -> None:
    """Each question once, though rows of a sample share their controls; the table is that of one by one."""
    with serving(slow(0.1, good())) as server:
        study = _study(tmp_path, server.url, at_once=6, metrics=("answerability", "minimal"))
        _run(tmp_path / "study", study)
        asked = [body["messages"][0]["content"] for body in server.bodies]
        assert len(asked) == len(set(asked)) > 8
        assert 4 < server.most_at_once <= 6
    with serving(good()) as server:
        alone = _study(tmp_path / "b", server.url, at_once=1, metrics=("answerability", "minimal"))
        _run(tmp_path / "alone", alone)
        assert server.most_at_once == 1
    assert table(tmp_path / "alone") == table(tmp_path / "study")


def test_a_worker_that_is_killed_leaves_the_rows_that_are_with_the_judge(tmp_path: Path) -> None:
    model = str(save_tiny(tmp_path / "tiny"))
    with serving(silent(60.0)) as server:
        stuck = _study(tmp_path / "b", server.url, models=(model,), at_once=3)
        plan(tmp_path / "study", stuck, {})
        serve = Serving(tmp_path / "study", Loading("cpu"), None)
        with Store(tmp_path / "study") as store:
            while store.count("taken") < 3 or len(server.bodies) < 3:
                assert serve.process.is_alive()
                time.sleep(0.02)
            serve.process.kill()
            serve.process.join()
            assert release_dead(store) == 3
            assert store.count("open") == 8


def test_a_cancel_opens_the_rows_that_are_with_the_judge(tmp_path: Path) -> None:
    stop = Event()

    def then_stop(handler: BaseHTTPRequestHandler) -> None:
        stop.set()
        says(500, "{}")(handler)

    with serving(then_stop) as server:
        plan(tmp_path / "study", _study(tmp_path, server.url, at_once=4), {})
        with Store(tmp_path / "study") as store:
            with pytest.raises(Cancelled), Worker(store) as worker:
                Loop(worker, load, stop).run()
            standing = stand(store)
            assert (standing.finished, standing.taken) == (0, 0)
            assert store.db.execute("SELECT sum(attempts) FROM task").fetchone() == (0,)


def test_a_cache_that_takes_no_more_ends_the_run_and_fails_no_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = Cache.keep
    count = itertools.count()

    def full(self: Cache, *args: Any) -> None:
        if next(count) > 5:
            with self._told():
                raise sqlite3.OperationalError("database or disk is full")
        kept(self, *args)

    with serving(good()) as server:
        study = _study(tmp_path, server.url, at_once=2)
        with monkeypatch.context() as patched:
            patched.setattr(Cache, "keep", full)
            with pytest.raises(CacheUnusable, match="disk is full; give another file"):
                _run(tmp_path / "study", study)
        with Store(tmp_path / "study") as store:
            assert (stand(store).failed, stand(store).taken) == (0, 0)
            assert 0 < stand(store).done < 8
        _run(tmp_path / "study", study)
        assert {row[2] for row in table(tmp_path / "study")} == {"done"}
