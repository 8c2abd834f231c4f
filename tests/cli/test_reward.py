"""`noiser reward` in a process of the test's own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.engine.test_rewards import save_reward


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(save_reward(tmp_path_factory.mktemp("reward"), "qwen2", 1))


def test_a_reward_and_a_margin(run: Run, folder: str, tmp_path: Path) -> None:
    one = run("reward", "Rivers run", "-r", " to the sea", "-m", folder, "--json", "-q")
    assert (one.code, json.loads(one.out)["explains"]) == (0, "reward")
    page = tmp_path / "margin.html"
    both = run(
        *("reward", "Rivers run", "-r", " to the sea", "-a", " up", "-m", folder, "-o", str(page))
    )
    assert both.code == 0
    assert "the margin" in both.out
    assert "the other response" in both.out
    assert "preferred with probability" in page.read_text(encoding="utf-8")


def test_it_takes_the_options_of_the_methods(run: Run, folder: str) -> None:
    ended = run(
        *("reward", "Rivers run", "-r", " to the sea", "-m", folder, "--json", "-q"),
        *("--method", "integrated_gradients", "--samples", "7", "--baseline", "zero"),
        *("--normalisation", "raw", "--specials", "exclude"),
    )
    record = json.loads(ended.out)
    assert (record["options"]["samples"], record["options"]["baseline"]) == (7, "zero")
    assert record["normalisation"] == "raw"
    assert record["tokens"][0]["score"] is None


def test_what_is_refused(run: Run, folder: str) -> None:
    searched = run("reward", "x", "-r", "y", "-m", folder, "--bound", "min")
    assert (searched.code, "none to flip" in searched.err) == (2, True)
    plain = run("reward", "x", "-r", "y", "-m", "built-in")
    assert (plain.code, "gives no rewards" in plain.err) == (2, True)
    assert run("reward", "x", "-r", "y").code == 2


def test_explain_takes_a_reward_model_too(run: Run, folder: str) -> None:
    ended = run("explain", "Rivers run", "-m", folder, "--method", "occlusion")
    assert ended.code == 0
    assert "Why a reward of" in ended.out
