"""A study that the workbench starts: a process of its own, read by its store, stopped politely."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from noiser.errors import NoiserError
from noiser_tui.workbench.engine.study import standing_of, start_study

STUDY = """
title = "Two methods"
models = ["built-in"]
datasets = ["built-in"]
methods = ["occlusion", "random"]
metrics = ["hit"]
samples = {samples}
"""


def wait(done: Callable[[], bool], seconds: float = 90.0) -> None:
    until = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < until
        time.sleep(0.05)


def study(folder: Path, samples: int) -> Path:
    file = folder / "two.toml"
    file.write_text(STUDY.format(samples=samples).replace('"hit"', '"hard"'))
    return file


def test_it_runs_to_its_end_and_is_read_meanwhile(tmp_path: Path) -> None:
    run = start_study(study(tmp_path, 2), options=("--device", "cpu"))
    assert run.folder == tmp_path / "two"
    wait(lambda: not run.running)
    assert run.exit_code == 0, run.last_words()
    standing = standing_of(run.folder)
    assert standing is not None
    assert standing.complete
    assert standing.done + standing.left_out == standing.total == 4


def test_it_stops_when_asked_and_goes_on_when_started_again(tmp_path: Path) -> None:
    file, place = study(tmp_path, 40), tmp_path / "place"
    assert standing_of(place) is None
    run = start_study(file, place, ("--device", "cpu"))

    def some() -> bool:
        assert run.running, run.last_words()
        standing = standing_of(place)
        return standing is not None and standing.done > 0

    wait(some)
    run.stop()
    run.end(60)
    assert run.exit_code == 130
    assert "goes on" in run.last_words()
    before = standing_of(place)
    assert before is not None
    assert (before.taken, before.complete) == (0, False)
    again = start_study(file, place, ("--device", "cpu"))
    wait(lambda: (now := standing_of(place)) is not None and now.done > before.done)
    again.end(60)
    assert not again.running


def test_what_cannot_be_started_says_why(tmp_path: Path) -> None:
    with pytest.raises(NoiserError, match="no study"):
        start_study(tmp_path / "none.toml")
    broken = tmp_path / "broken.toml"
    broken.write_text("methods = [")
    run = start_study(broken)
    wait(lambda: not run.running)
    assert run.exit_code
    assert "broken.toml" in run.last_words()
