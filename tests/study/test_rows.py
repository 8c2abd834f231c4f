"""What becomes of samples: done, left out or failed, and never dropped."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

import noiser
from noiser.errors import Cancelled, NoiserError, WrongUse
from noiser.model.language_model import LanguageModel
from noiser.study.claims import Worker, reopen_failed
from noiser.study.planning import plan
from noiser.study.row import failed, predicted
from noiser.study.spec import DataChoice, Study
from noiser.study.standing import stand
from noiser.study.store import Store
from noiser.study.worker import Loop
from tests.study.cases import finished, load, run_all, small_study, table
from tests.tiny import tiny


def _with_data(folder: Path, samples: list[dict[str, str]], **changes: object) -> Study:
    path = folder / "own.json"
    path.write_text(json.dumps(samples))
    own = (DataChoice("own", file=str(path)),)
    return replace(small_study(folder), datasets=own, models=("qwen2",), **changes)  # type: ignore[arg-type]


def test_a_row_holds_what_explain_says(tmp_path: Path) -> None:
    study = small_study(tmp_path)
    rows = finished(tmp_path / "study", study)
    assert len(rows) == 2 * 2 * 4
    with Store(tmp_path / "study") as store:
        for setting, number, state, result, error in rows:
            prompt = store.sample("data", number).prompt
            own = noiser.explain(tiny(setting.model), prompt, study.request(setting))
            assert (state, error) == ("done", None)
            assert result["scores"] == [[token.score for token in own.tokens]]
            assert result["targets"] == [own.target.text]
            assert result["values"]["alpha"] == own.alpha


def test_samples_whose_target_is_not_predicted_are_left_out_and_kept(tmp_path: Path) -> None:
    right = predicted(tiny("qwen2"), "Rome and Paris").strip()
    samples = [
        {"prompt": "Rome and Paris", "target": right},
        {"prompt": "Rome and Paris", "target": f"{right}x"},
    ]
    rows = finished(tmp_path / "a", _with_data(tmp_path, samples))
    assert sorted(row[2] for row in rows) == ["done", "done", "left-out", "left-out"]
    assert {row[3]["predicted"].strip() for row in rows if row[2] == "left-out"} == {right}
    rows = finished(tmp_path / "b", _with_data(tmp_path, samples, filter=False))
    assert {row[2] for row in rows} == {"done"}


def test_a_sample_that_fails_says_why_and_the_others_go_on(tmp_path: Path) -> None:
    study = _with_data(tmp_path, [{"prompt": "Rome"}, {"prompt": "Rome " * 200}])
    rows = finished(tmp_path / "study", study)
    assert sorted(row[2] for row in rows) == ["done", "done", "failed", "failed"]
    assert all("reads 128 at most" in row[4] for row in rows if row[2] == "failed")
    with Store(tmp_path / "study") as store:
        standing = stand(store)
        assert (standing.done, standing.failed, standing.complete) == (2, 2, True)
        assert standing.errors[0][1] == 2
        assert reopen_failed(store) == 2
        assert not stand(store).complete


def test_a_model_that_cannot_be_loaded_fails_its_rows_only(tmp_path: Path) -> None:
    def broken(name: str) -> LanguageModel:
        if name == "qwen2":
            raise NoiserError("It is broken.")
        return load(name)

    plan(tmp_path / "study", small_study(tmp_path), {})
    with Store(tmp_path / "study") as store, Worker(store) as worker:
        Loop(worker, broken).run()
    states = {(row[0].model, row[2], row[4]) for row in table(tmp_path / "study")}
    assert states == {("qwen2", "failed", "It is broken."), ("gpt2", "done", None)}


def test_each_model_is_loaded_once(tmp_path: Path) -> None:
    loaded: list[str] = []

    def counting(name: str) -> LanguageModel:
        loaded.append(name)
        return load(name)

    plan(tmp_path / "study", small_study(tmp_path), {})
    with Store(tmp_path / "study") as store, Worker(store) as worker:
        Loop(worker, counting).run()
    assert loaded == ["qwen2", "gpt2"]


def test_a_cancelled_run_gives_its_row_back(tmp_path: Path) -> None:
    plan(tmp_path / "study", small_study(tmp_path), {})
    with Store(tmp_path / "study") as store, Worker(store) as worker:
        loop = Loop(worker, load, tell=lambda task, outcome: loop.cancel.set())
        with pytest.raises(Cancelled):
            loop.run()
        assert (stand(store).finished, stand(store).taken) == (1, 0)
    run_all(tmp_path / "study")
    assert {row[2] for row in table(tmp_path / "study")} == {"done"}


def test_a_study_can_grow_and_nothing_is_done_again(tmp_path: Path) -> None:
    small = small_study(tmp_path, methods=("noiser",), samples=2)
    before = finished(tmp_path / "study", small)
    grown = replace(small, methods=("random", "noiser"), samples=4, seeds=(1, 2))
    after = finished(tmp_path / "study", grown)
    assert len(after) == 2 * 2 * 2 * 4
    assert [row for row in after if row in before] == before
    with Store(tmp_path / "study") as store:
        assert {row[0] for row in store.db.execute("SELECT attempts FROM task")} == {1}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"draws": 3}, "draws are 2, not 3"),
        ({"models": ("qwen2",)}, "models are qwen2, gpt2"),
        ({"judge": "paper"}, "its judge is not given, not paper"),
    ],
)
def test_another_study_does_not_go_into_the_folder_of_one(
    tmp_path: Path, change: dict[str, object], told: str
) -> None:
    study = small_study(tmp_path)
    plan(tmp_path / "study", study, {})
    with pytest.raises(WrongUse, match=told):
        plan(tmp_path / "study", replace(study, **change), {})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "spec", ["{}", "[]", "{", '{"datasets": [], "models": []}', '{"datasets": [{}]}']
)
def test_a_damaged_plan_is_a_sentence(tmp_path: Path, spec: str) -> None:
    study = small_study(tmp_path)
    plan(tmp_path / "study", study, {})
    with Store(tmp_path / "study") as store:
        store.db.execute("UPDATE study SET spec = ?", (spec,))
        with pytest.raises(NoiserError):
            store.study  # noqa: B018
    with pytest.raises(NoiserError):
        plan(tmp_path / "study", study, {})


def test_data_that_changed_are_refused(tmp_path: Path) -> None:
    plan(tmp_path / "study", small_study(tmp_path), {})
    with pytest.raises(WrongUse, match="not what it was"):
        plan(tmp_path / "study", small_study(tmp_path, 5), {})


def test_samples_are_drawn_once_each_in_an_order_of_their_own(tmp_path: Path) -> None:
    study = small_study(tmp_path, 30, samples=20)
    plan(tmp_path / "study", study, {})
    with Store(tmp_path / "study") as store:
        ids = [store.sample("data", number).id for number in range(20)]
    assert len(set(ids)) == 20
    assert ids != sorted(ids, key=int)


def test_seconds_left_are_what_rows_of_each_setting_took(tmp_path: Path) -> None:
    plan(tmp_path / "study", small_study(tmp_path, models=("qwen2",)), {})
    with Store(tmp_path / "study") as store:
        assert stand(store).seconds_left is None
        for method, seconds in (("noiser", 10.0), ("random", 1.0)):
            store.db.execute(
                "UPDATE task SET state = 'done', seconds = ?, finished = 1000 "
                "WHERE method = ? AND number = 0",
                (seconds, method),
            )
        with Worker(store) as worker:
            worker.take(None)
            standing = stand(store, now=1000.0)
        beside = (10.0 + 1.0) / 10.0  # rows at a time, of those ten seconds
        assert standing.seconds_left == pytest.approx((3 * 10.0 + 3 * 1.0) / beside)
        with Worker(store):
            assert stand(store, now=2000.0).seconds_left == pytest.approx(3 * 10.0 + 3 * 1.0)
        assert standing.rate == pytest.approx(2 / 10.0)
        assert stand(store, now=500.0).rate == 0.0  # the clock was put back
        assert (standing.workers, stand(store).workers) == (1, 0)


def test_what_could_be_changed_is_kept_with_the_reason() -> None:
    error = NoiserError("There is no room for it.", change=("dtype", "load_in 4bit"))
    outcome = failed(error, 0.0)
    assert outcome.error == "There is no room for it. (To change: dtype, load_in 4bit.)"
    assert failed(NoiserError("It broke."), 0.0).error == "It broke."
