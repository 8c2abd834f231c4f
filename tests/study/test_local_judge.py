"""A study whose judge computes here: rows wait for each other, and are asked about together."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from noiser.errors import Cancelled, NoiserError
from noiser.judge.budget import BudgetSpent
from noiser.study.claims import Worker, release_dead
from noiser.study.ledger import open_account
from noiser.study.loading import Loading
from noiser.study.measures import Explained, Measure
from noiser.study.planning import plan
from noiser.study.row import Load
from noiser.study.serving import Serving
from noiser.study.spec import DataChoice, Study
from noiser.study.standing import stand
from noiser.study.store import Store
from noiser.study.worker import Loop
from tests.judge.counting import count_calls
from tests.study.cases import load, small_study, table
from tests.tiny import save_tiny

PROMPTS = ("Rome and the sea", "Paris and code", "rivers and text", "numbers are here")


@pytest.fixture
def study(tmp_path: Path) -> Study:
    path = tmp_path / "own.json"
    path.write_text(json.dumps([{"prompt": one, "target": "Paris"} for one in PROMPTS]))
    return small_study(
        tmp_path,
        models=("qwen2",),
        methods=("random", "occlusion"),
        datasets=(DataChoice("own", file=str(path)),),
        metrics=("answerability", "minimal"),
        filter=False,
        at_once=8,
        cache=str(tmp_path / "replies.sqlite"),
    )


@pytest.fixture
def judge_calls(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many questions each call of the judge's model had."""
    return count_calls(monkeypatch)


def _run(folder: Path, study: Study, load: Load = load) -> None:
    plan(folder, study, {})
    with Store(folder) as store, Worker(store) as worker:
        open_account(store)
        Loop(worker, load).run()


def _alone(folder: Path, study: Study) -> Study:
    """The same study, row by row and question by question, with replies of its own."""
    return replace(study, at_once=1, cache=str(folder / "alone.sqlite"))


def test_rows_are_asked_about_together_and_the_table_is_that_of_one_by_one(
    tmp_path: Path, study: Study, judge_calls: list[int]
) -> None:
    _run(tmp_path / "together", study)
    together, judge_calls[:] = list(judge_calls), []
    _run(tmp_path / "alone", _alone(tmp_path, study))
    assert table(tmp_path / "together") == table(tmp_path / "alone")
    assert {row[2] for row in table(tmp_path / "alone")} == {"done"}
    assert set(judge_calls) == {1}
    assert max(together) == 8
    assert len(together) <= len(judge_calls) / 3
    with Store(tmp_path / "together") as store:  # what the judge took is in the rows' time
        assert all(row.seconds is not None and row.seconds > 0 for row in store.rows())


def test_what_goes_wrong_when_asked_together_is_asked_row_by_row(
    tmp_path: Path, study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(self: Measure, cases: Sequence[Explained]) -> None:
        raise NoiserError("One of them cannot be asked about.")

    monkeypatch.setattr(Measure, "ask_ahead", broken)
    _run(tmp_path / "study", study)
    monkeypatch.undo()
    _run(tmp_path / "alone", _alone(tmp_path, study))
    assert table(tmp_path / "study") == table(tmp_path / "alone")


def test_a_spent_budget_keeps_what_was_answered_and_opens_the_rest(
    tmp_path: Path, study: Study, judge_calls: list[int]
) -> None:
    with pytest.raises(BudgetSpent, match="budget of 9 calls"):
        _run(tmp_path / "study", replace(study, max_calls=9))
    assert sum(judge_calls) == 9
    with Store(tmp_path / "study") as store:
        assert (stand(store).failed, stand(store).taken) == (0, 0)
    _run(tmp_path / "study", study)
    _run(tmp_path / "alone", _alone(tmp_path, study))
    assert table(tmp_path / "study") == table(tmp_path / "alone")


def test_a_cancel_opens_the_rows_that_wait(tmp_path: Path, study: Study) -> None:
    plan(tmp_path / "study", study, {})
    begun: list[object] = []
    with Store(tmp_path / "study") as store, Worker(store) as worker:
        loop = Loop(worker, load)

        def begin(task: object) -> None:
            begun.append(task)
            if len([one for one in begun if one is not None]) == 3:
                loop.cancel.set()

        loop.begin = begin
        with pytest.raises(Cancelled):
            loop.run()
        assert (stand(store).finished, stand(store).taken) == (0, 0)
        assert store.db.execute("SELECT sum(attempts) FROM task").fetchone() == (0,)


def test_rows_that_waited_when_the_process_was_killed_are_done_again(
    tmp_path: Path, study: Study
) -> None:
    study = replace(study, models=(str(save_tiny(tmp_path / "tiny")),))
    plan(tmp_path / "study", study, {})
    serving = Serving(tmp_path / "study", Loading("cpu"), None)
    with Store(tmp_path / "study") as store:
        while store.count("taken") < 4:
            assert serving.process.is_alive()
            time.sleep(0.01)
        serving.process.kill()
        serving.process.join()
        assert store.count("done") == 0
        assert release_dead(store) >= 4
    _run(tmp_path / "study", study, load=Loading("cpu"))
    _run(tmp_path / "alone", _alone(tmp_path, study), load=Loading("cpu"))
    assert table(tmp_path / "study") == table(tmp_path / "alone")
