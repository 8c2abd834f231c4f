"""`noiser more-draws`: a saved run in, the same run with more draws out."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

import noiser
from noiser.record import from_record
from tests.cli.conftest import Run
from tests.export.example import example


@pytest.fixture
def run_file(run: Run, tiny: str, tmp_path: Path) -> Path:
    path = tmp_path / "run.json"
    made = run(
        "explain", "Rivers run to the sea", "-m", tiny, "--draws", "3", "-q", "-o", str(path)
    )
    assert made.code == 0
    return path


def test_it_takes_prompt_model_and_settings_from_the_run(run: Run, run_file: Path) -> None:
    before = run_file.read_bytes()
    ended = run("more-draws", str(run_file), "--json", "-q")
    assert (ended.code, ended.err) == (0, "")
    old, new = from_record(json.loads(before)), from_record(json.loads(ended.out))
    assert (new.draws, new.search_draws, new.alpha) == (12, 3, old.alpha)
    assert [t.id for t in new.tokens] == [t.id for t in old.tokens]
    assert run_file.read_bytes() == before


def test_it_writes_over_the_run_when_told_to_and_the_screen_says_how_it_was_searched(
    run: Run, run_file: Path
) -> None:
    ended = run("more-draws", str(run_file), "--draws", "5", "-o", str(run_file), "-q")
    assert ended.code == 0
    assert "5 draws (3 searched), 10 steps" in " ".join(ended.out.split())
    assert "stable to τ" in ended.out
    assert noiser.open_record(run_file).draws == 5


def test_what_cannot_be_raised_costs_no_loading(
    run: Run, run_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise AssertionError("a model was loaded")

    monkeypatch.setattr("noiser.model.loading.load", fail)
    lacking, other = tmp_path / "lacking.json", tmp_path / "other.json"
    noiser.save(example(), lacking)
    noiser.save(replace(example(), method="occlusion"), other)
    for arguments, says in (
        ([str(run_file), "--draws", "3"], "has 3 draws already"),
        ([str(run_file), "--draws", "-1"], "has 3 draws already"),
        ([str(lacking)], "does not hold what each draw took"),
        ([str(other)], "The method occlusion has no draws"),
        ([str(run_file), "--memory", "much"], "memory"),
    ):
        ended = run("more-draws", *arguments)
        assert (ended.code, ended.out) == (2, ""), ended.err
        assert says in ended.err
        assert ended.err.count("\n") == 1


def test_a_run_of_a_model_that_is_gone_is_one_sentence(run: Run, run_file: Path) -> None:
    record = json.loads(run_file.read_bytes())
    record["model"]["name"] = "/nowhere/at/all"
    run_file.write_text(json.dumps(record), encoding="utf-8")
    ended = run("more-draws", str(run_file))
    assert (ended.code, ended.out) == (1, ""), ended.err
    assert "/nowhere/at/all" in ended.err
