"""`--estimate` and `--memory`: what a run would cost, and what it may take."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from noiser.events import Estimate
from noiser.export import forecast
from noiser.request import Request
from tests.cli.conftest import Run
from tests.cli.test_devices import records

PROMPT = "The capital of France is"


def test_an_estimate_is_calls_work_and_seconds_and_no_run(
    run: Run, tiny: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def explained(*arguments: Any, **options: Any) -> None:
        raise AssertionError("nothing is to be explained")

    monkeypatch.setattr("noiser.explainer.explain", explained)
    ended = run("explain", PROMPT, "-m", tiny, "--estimate")
    assert (ended.code, ended.err) == (0, "")
    first, second = ended.out.splitlines()
    assert first.endswith(" calls.")
    assert " token-forwards in " in first
    assert "about five times as much" in second


def test_an_estimate_as_json_is_one_object(run: Run, tiny: str) -> None:
    ended = run("explain", PROMPT, "-m", tiny, "--estimate", "--json")
    made = json.loads(ended.out)
    assert ended.out.count("\n") == 1
    assert list(made) == ["calls", "token_forwards", "seconds"]
    assert "not known before" in ended.err
    assert run("explain", PROMPT, "-m", tiny, "--estimate", "--json", "-q").err == ""


def test_an_estimate_is_of_what_the_options_ask_for(run: Run, tiny: str) -> None:
    def work(*options: str) -> int:
        ended = run("explain", PROMPT, "-m", tiny, "--estimate", "--json", *options)
        return int(json.loads(ended.out)["token_forwards"])

    assert work("--method", "occlusion") < work("--search", "fast") < work()
    assert work() < work("--bound", "max") < work("--draws", "100", "--bound", "max")
    assert work("-g", "3") > 2 * work()


@pytest.mark.parametrize("other", [["--jsonl", "x"], ["hi", "--output", "run.json"]])
def test_an_estimate_leaves_nothing_to_write(run: Run, other: list[str]) -> None:
    ended = run("explain", "--estimate", *other)
    assert (ended.code, ended.out) == (2, "")
    assert f"give no {other[-2]} with it" in ended.err


@pytest.mark.parametrize(
    ("seconds", "words", "signs"),
    [
        (0.02, "less than 0.1 s", "< 0.1 s"),
        (3.21, "about 3.2 s", "≈ 3.2 s"),
        (9.97, "about 10 s", "≈ 10 s"),
        (99.0, "about 99 s", "≈ 99 s"),
        (100.0, "about 2 min", "≈ 2 min"),
        (7200.0, "about 2 h", "≈ 2 h"),
        (4e7, "about 11,111 h", "≈ 11,111 h"),
    ],
)
def test_seconds_are_rounded(seconds: float, words: str, signs: str) -> None:
    assert (forecast.about(seconds), forecast.approximate(seconds)) == (words, signs)
    assert forecast.expected(Estimate(1, 20, seconds)).startswith(words)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({}, "five times"),
        ({"search": "fast"}, "lead"),
        ({"bound": "max"}, "How far"),
        ({"bound": "none"}, ""),
        ({"method": "occlusion"}, ""),
        ({"reference": True}, ""),
    ],
)
def test_what_is_not_known_before_depends_on_the_request(
    options: dict[str, Any], says: str
) -> None:
    told = forecast.not_known(Request(**options))
    assert says in told
    assert bool(told) is bool(says)


@pytest.mark.parametrize("memory", ["", "much", "0%", "101%", "-2GB", "2 parsecs"])
def test_memory_that_is_no_budget_is_found_before_anything_is_loaded(
    run: Run, memory: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("noiser_tui.cli.model_choice.ModelChoice.load", None)
    for arguments in (["hi"], ["--jsonl", "x"], ["hi", "--estimate"]):
        ended = run("explain", *arguments, "--memory", memory)
        assert (ended.code, ended.out) == (2, "")
        assert f"memory is {memory!r}" in ended.err


@pytest.mark.parametrize("more", [[], ["--devices", "cpu,cpu"]])
def test_memory_bounds_every_call_of_many_prompts(
    run: Run, tiny: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, more: list[str]
) -> None:
    import noiser.perturb

    asked = []
    real = noiser.perturb.memory_budget
    monkeypatch.setattr(
        "noiser.perturb.memory_budget",
        lambda device, memory: (asked.append(memory), real(device, memory))[1],
    )
    path = tmp_path / "prompts.jsonl"
    path.write_text('"The capital of"\n"Rivers run to"\n')
    options = ("explain", "--jsonl", str(path), "-m", tiny)
    free = run(*options)
    assert set(asked) == {None}
    asked.clear()
    small = run(*options, "--memory", "300kB", *more)
    assert set(asked) == {"300kB"}
    assert small.code == 0
    for one, other in zip(records(free.out), records(small.out), strict=True):
        assert [t["score"] for t in one["tokens"]] == pytest.approx(
            [t["score"] for t in other["tokens"]], abs=1e-5
        )
        assert one["alpha"] == other["alpha"]


def test_memory_bounds_the_calls_of_one_prompt(run: Run, tiny: str) -> None:
    def calls(*options: str) -> int:
        record = json.loads(run("explain", PROMPT, "-m", tiny, "--json", *options).out)
        return int(record["work"]["calls"])

    assert calls("--memory", "200kB") > calls("--memory", "40%") == calls()
    estimate = json.loads(
        run("explain", PROMPT, "-m", tiny, "--estimate", "--json", "--memory", "200kB").out
    )
    assert estimate["calls"] > calls()
