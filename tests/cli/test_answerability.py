"""`noiser answerability` with the judge that is shipped, and with a server that misbehaves."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

import noiser
from noiser.judge.pace import Patience
from noiser.study.store import Store
from tests.cli.conftest import Run
from tests.judge.faulty import good, held, says, serving

PROMPTS = ("The capital of France is", "The Shining was written by", "In Spanish, snow is called")


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    folder = tmp_path_factory.mktemp("runs")
    model = noiser.load()
    for number, prompt in enumerate(PROMPTS):
        noiser.save(noiser.explain(model, prompt), folder / f"{number}.json")
    return [str(file) for file in sorted(folder.iterdir())]


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("NOISER_JUDGE_KEY", "sk-not-to-be-seen")
    quick = Patience(attempts=2, first=0.01, longest=0.02, timeout=5.0)
    monkeypatch.setattr("noiser.judge.remote.Patience", lambda: quick)


def test_it_runs_whole_without_a_network(run: Run, runs: list[str], tmp_path: Path) -> None:
    ended = run("answerability", *runs)
    assert ended.code == 0
    assert "knows the built-in facts only" in ended.out
    assert "of 3 asked, 0 failed\n" in ended.out
    for shown in ("its top words", "no words", "random words", "the whole prompt"):
        assert shown in ended.out
    record = json.loads(run("answerability", *runs, "--json").out)
    assert record["format"] == "noiser-answerability/1"
    assert (record["judge"]["calls"], record["judge"]["from_cache"] > 0) == (0, True)
    whole, none = record["results"]["whole"], record["results"]["none"]
    assert whole["first_rate"]["value"] == 1.0
    assert whole["first_score"]["value"] == pytest.approx(1.0)
    assert none["first_score"]["value"] == 0.0
    top = record["results"]["top"]
    top["each"] = [one["targets"][0] for one in top["each"]]
    assert [one["target"] for one in top["each"]] == [" Paris", " King", " nieve"]
    right = [one["mass"] * one["first"] for one in top["each"]]
    assert top["first_score"]["value"] == pytest.approx(sum(right) / 3)
    counts = [len(one["words"]) for one in top["each"]]
    assert counts == [2, 2, 2]
    assert [
        len(one["targets"][0]["words"]) for one in record["results"]["random"]["each"]
    ] == counts
    data = sqlite3.connect(tmp_path / "cache" / "noiser" / "judge.sqlite")
    assert data.execute("SELECT count(*) FROM verdicts WHERE target = ' Paris'").fetchone()[0] >= 3
    data.close()


def test_a_budget_stops_it_and_the_rest_is_asked_later(run: Run, runs: list[str]) -> None:
    asking = ("answerability", runs[0], "--at-once", "1", "--judge", "m", "--top", "50")
    with serving(good()) as server:
        first = run(*asking, "--judge-url", server.url, "--max-calls", "1", "--json")
        assert (first.code, len(server.bodies)) == (1, 1)
        assert "The budget of 1 calls is spent." in first.err
        assert "3 questions were not asked" in first.err
        table = run(*asking, "--judge-url", server.url, "--max-calls", "0").out
        assert "its top words: of 1 asked, 0 failed\n" in table
        assert "no words: of 0 asked, 0 failed, 1 not asked\n" in table
        record = json.loads(first.out)
        assert record["results"]["top"]["first_rate"]["value"] == 1.0
        whole = record["results"]["whole"]
        assert (whole["samples"], whole["asked"], whole["failed"]) == (1, 0, 0)
        second = run(*asking, "--judge-url", server.url, "--json")
        assert (second.code, len(server.bodies)) == (0, 4)
    text = first.out + first.err + second.out + second.err
    assert "sk-not-to-be-seen" not in text


def test_what_breaks_the_format_is_counted_and_shown(run: Run, runs: list[str]) -> None:
    with serving(good("I would rather talk about\x1b[31m the weather.")) as server:
        ended = run("answerability", runs[0], "--judge", "m", "--judge-url", server.url)
    assert ended.code == 0
    assert "unparsed" in ended.out
    assert "the weather." in ended.out
    assert "\x1b" not in ended.out


def test_a_judge_that_fails_is_told_once(run: Run, runs: list[str]) -> None:
    with serving(says(500, "{}")) as server:
        ended = run("answerability", *runs, "--judge", "m", "--judge-url", server.url)
    assert ended.code == 1
    assert ended.err.count("answers with HTTP 500") == 1
    assert ended.out.count("no reply") == 3
    assert ended.out.count("of 3 asked, 3 failed") == 1  # no rate stands beside it
    assert "0.00" not in ended.out


def test_ctrl_c_leaves_a_server_that_is_silent(runs: list[str], tmp_path: Path) -> None:
    goes_on = threading.Event()
    with serving(good(), held(goes_on, good())) as server:
        url = ("--judge-url", server.url, "--cache", str(tmp_path / "c.sqlite"))
        asking = ("answerability", runs[0], "--judge", "m", *url, "--at-once", "2")
        process = subprocess.Popen(
            [sys.executable, "-m", "noiser_tui", *asking],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        end = time.monotonic() + 60
        while len(server.bodies) < 3 and time.monotonic() < end:
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
        assert server.at_once == 2, "two questions are still with it"
        goes_on.set()
    assert (process.returncode, out) == (130, "")
    assert err == (
        "noiser: interrupted; the replies that came by then are kept, and not asked for again.\n"
    )
    data = sqlite3.connect(tmp_path / "c.sqlite")
    assert data.execute("SELECT count(*) FROM replies").fetchone() == (1,)
    data.close()


def test_each_token_of_a_generation_is_asked_about(run: Run, tmp_path: Path) -> None:
    model = noiser.load()
    whole = noiser.explain(model, "The capital of France is", noiser.Request(generate=3))
    noiser.save(whole, tmp_path / "g.json")
    ended = run("answerability", str(tmp_path / "g.json"))
    assert ended.code == 0
    assert "of 1 asked, 0 failed" in ended.out
    record = json.loads(run("answerability", str(tmp_path / "g.json"), "--json").out)
    top = record["results"]["top"]
    (each,) = top["each"]
    targets = each["targets"]
    assert [one["target"] for one in targets] == [one.target.text for one in whole.steps_explained]
    assert len(targets) == 3
    assert top["first_rate"]["value"] == pytest.approx(sum(one["first"] for one in targets) / 3)


def test_what_is_refused(run: Run, runs: list[str], tmp_path: Path) -> None:
    for arguments, sentence in (
        (("--judge", "gpt"), "needs the address"),
        (("--top", "0"), "--top 0 is no share"),
        (("--max-calls", "-1"), "must be 0 or more"),
        (("--per-minute", "0", "--judge", "m", "--judge-url", "http://h/v1"), "more than 0"),
    ):
        ended = run("answerability", runs[0], *arguments)
        assert (ended.code, sentence in ended.err) == (2, True), arguments
    comparison = tmp_path / "comparison.json"
    run("compare", "Rivers run", "--methods", "random,occlusion", "-o", str(comparison), "--json")
    ended = run("answerability", str(comparison))
    assert (ended.code, "is a comparison" in ended.err) == (2, True)
    assert run("answerability", str(tmp_path / "none.json")).code == 1


def test_without_runs_it_is_a_study_by_the_released_options(run: Run, tmp_path: Path) -> None:
    options = {
        "--model_name": "built-in",
        "--dataset": "built-in",
        "--method": "occlusion,random",
        "--norm": "none",
        "--mode": "prob",
        "--n_samples": "2",
        "--max_new_tokens": "1",
        "--topk": "40",
        "--output_dir": str(tmp_path / "results"),
    }
    given = [part for pair in options.items() for part in pair]
    ended = run("answerability", *given, "--metrics", "answerability,minimal", "--seeds", "1,2")
    assert ended.code == 0, ended.err
    assert "8 of 8 rows" in ended.out
    assert "no words@1" in ended.out
    with Store(tmp_path / "results") as store:
        assert (store.study.topk, store.study.seeds, store.study.samples) == (40, (1, 2), 2)
        rows = [row.result["values"] for row in store.rows() if row.result is not None]
    assert all(one["whole1"] == 1.0 for one in rows)
    assert all(one["minimal"] > 0 for one in rows if one["never"] == 0)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("run.json", "--dataset", "Knowns"), "--dataset is of a study"),
        (("run.json", "--n-samples", "5"), "--n-samples is of a study"),
        (("run.json", "--seeds", "1,2"), "take one seed"),
        (("--json",), "--json is of saved runs"),
        (("--topk", "33.3"), "a whole percentage"),
        (("--topk", "0"), "0 is not from 1 to 100"),
        (("--seed", "x"), "no whole numbers"),
        (("--metrics", "answerabilty"), "Did you mean 'answerability'"),
    ],
)
def test_options_of_one_kind_are_not_lost_beside_the_other(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], told: str
) -> None:
    monkeypatch.chdir(tmp_path)
    ended = run("answerability", *arguments)
    assert (ended.code, told in ended.err) == (2, True), ended.err
    assert not list(tmp_path.iterdir())
