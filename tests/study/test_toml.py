from __future__ import annotations

from pathlib import Path

import pytest

from noiser.errors import WrongUse
from noiser.study.spec import Study
from noiser.study.toml import read_study, study_toml

GOOD = """
models = ["built-in", "gpt2"]
methods = ["noiser", "random"]
bounds = ["min", "max"]
datasets = ["built-in", {file = "own.csv", prompt = "frage"}]
seeds = [1, 2]
metrics = ["hit"]
samples = 50
"""


def _read(folder: Path, text: str) -> Study:
    (folder / "study.toml").write_text(text, encoding="utf-8")
    return read_study(folder / "study.toml")


def test_the_grid_is_every_combination_that_differs(tmp_path: Path) -> None:
    study = _read(tmp_path, GOOD)
    settings = list(study.settings())
    assert len(settings) == len(set(settings)) == 2 * 2 * (2 + 1) * 2  # random has no bounds
    assert {one.variant for one in settings} == {"noiser", "noiser max", "random"}
    assert study.datasets[1].file == str(tmp_path / "own.csv")
    assert (study.datasets[1].name, study.datasets[1].prompt) == ("own", "frage")


def test_single_values_stand_for_lists(tmp_path: Path) -> None:
    study = _read(tmp_path, 'models = "built-in"\ndatasets = "built-in"\n')
    assert study.models == ("built-in",)
    assert study.samples is None


def test_how_the_judge_is_asked(tmp_path: Path) -> None:
    keys = (
        'judge = "paper"\nat_once = 4\nper_minute = 30\nmax_calls = 500\ncache = "replies.sqlite"\n'
    )
    study = _read(tmp_path, GOOD + keys)
    assert (study.at_once, study.per_minute, study.max_calls) == (4, 30.0, 500)
    assert (study.max_tokens, study.cache) == (None, str(tmp_path / "replies.sqlite"))
    (tmp_path / "study.toml").write_text(GOOD + keys)
    changed = read_study(tmp_path / "study.toml", max_calls=9, cache="/elsewhere/c")
    assert (changed.max_calls, changed.cache) == (9, "/elsewhere/c")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("models = [", "is not TOML"),
        ('models = ["a"]', "datasets is missing"),
        (GOOD + "sampels = 1", "sampels: Unknown key 'sampels'. Did you mean 'samples'"),
        (GOOD.replace("noiser", "noisr"), "Did you mean 'noiser'"),
        (GOOD.replace("[1, 2]", '[1, "2"]'), r"seeds\[1\] is '2', it must be a whole number"),
        (GOOD.replace("[1, 2]", "[1, 1]"), "seeds: 1 is named twice"),
        (GOOD.replace("50", "0"), "samples: 0 is not from 1"),
        (GOOD.replace("50", "true"), "samples is True, it must be a whole number"),
        (GOOD.replace("prompt =", "promt ="), r"datasets\[1\].promt: .*Did you mean 'prompt'"),
        (GOOD.replace('"built-in", {', '"known", {'), "Did you mean 'Knowns'"),
        (GOOD.replace('"hit"', '"hits"'), "Did you mean 'hit'"),
        (GOOD.replace('"max"', '"maxx"'), "Did you mean 'max'"),
        (GOOD + "at_once = 0", "at_once: 0 is not from 1"),
        (GOOD + "per_minute = 0", "per_minute: 0.0 is not from"),
        (GOOD + 'per_minute = "a lot"', "per_minute is 'a lot', it must be a number"),
        (GOOD + "max_calls = -1", "max_calls: -1 is not from 0"),
        (GOOD + 'search = "fas"', "Unknown search 'fas'. Did you mean 'fast'"),
        (GOOD + 'dtype = "flat32"', "Unknown dtype 'flat32'. Did you mean 'float32'"),
        (GOOD + 'load_in = "3bit"', "Unknown load_in '3bit'"),
        (GOOD.replace('["hit"]', '["hit", "hit"]'), "metrics: 'hit' is named twice"),
    ],
)
def test_what_cannot_be_meant_is_told_with_its_key(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(WrongUse, match=told):
        _read(tmp_path, text)


def test_a_study_written_as_toml_reads_as_the_same(tmp_path: Path) -> None:
    text = GOOD + 'title = "Wörter: \\"a\\", \\\\ and \\u007f"\n'
    text += 'judge = "built-in"\nper_minute = 2.5\nfilter = false\n'
    study = _read(tmp_path, text)
    assert _read(tmp_path, study_toml(study)) == study
    assert _read(tmp_path, study_toml(study)).title == study.title
