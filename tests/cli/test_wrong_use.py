"""Wrong input: one clear sentence on stderr, nothing on stdout, and the exit code that says whose fault."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.cli.conftest import Run


def assert_one_sentence(err: str) -> None:
    assert err.startswith("noiser: ")
    assert err.endswith(".\n")
    assert err.count("\n") == 1
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["explain"], "no prompt"),
        (["explain", ""], "prompt is empty"),
        (["explain", " \n\t"], "prompt is empty"),
        (["explain", "hi", "--method", "nosier"], "Did you mean 'noiser'?"),
        (["explain", "hi", "--bound", "mn"], "Did you mean 'min'?"),
        (["explain", "hi", "--norm", "5"], "Unknown norm '5'"),
        (["explain", "hi", "--normalisation", "positve"], "Did you mean 'positive'?"),
        (["explain", "hi", "--specials", "drop"], "Unknown specials 'drop'"),
        (["explain", "hi", "--span", "1-2"], "The span '1-2' is not START:END"),
        (["explain", "hi", "--span", "2:2"], "The span 2:2 has no character"),
        (["explain", "hi", "--span", "0:3"], "ends after the prompt's 2 characters"),
        (["explain", "hi", "--mark", "ho"], "'ho' does not occur in the prompt"),
        (["explain", "hi", "--granularity", "span"], "needs spans"),
        (["explain", "hi", "--granularity", "word", "--mark", "hi"], "for the granularity span"),
        (["explain", "hi", "--aggregate", "median"], "Unknown aggregate 'median'"),
        (["explain", "hi", "--aggregate", "sum"], "choose a granularity"),
        (["explain", "hi", "--search", "fsat"], "Did you mean 'fast'?"),
        (["explain", "hi", "--search", "fast", "--bound", "max"], "bound min only"),
        (["explain", "hi", "--granularity", "sentance"], "Did you mean 'sentence'?"),
        (["explain", "hi", "--zoom", "2"], "choose one of them as the granularity"),
        (["explain", "hi", "--theme", "drak"], "Did you mean 'dark'?"),
        (["explain", "hi", "--dtype", "float23"], "Did you mean 'float32'?"),
        (["explain", "hi", "--load-in", "3bit"], "Known: 4bit, 8bit"),
        (["explain", "hi", "--trust", "all"], "Known: pickle, remote-code"),
        (["explain", "hi", "--draws", "0"], "draws is 0"),
        (["explain", "hi", "--steps", "99"], "steps is 99"),
        (["explain", "hi", "--seed", "one"], "'--seed'"),
        (["explain", "hi", "--generate", "2", "--target", "x"], "no target"),
        (["explain", "hi", "--file", "x"], "give one of them"),
        (["explain", "hi", "--jsonl", "x"], "no PROMPT"),
        (["explain", "--jsonl", "x", "--output", "run.json"], "redirect"),
        (["explain", "hi", "--output", "run.pdf"], "'.pdf' is none of them"),
        (["explain", "hi", "--output", "run"], "no suffix"),
        (["explain", "hi", "--colour"], "No such option: --colour"),
        (["explian", "hi"], "Did you mean 'explain'?"),
        (["--model", "x", "explain", "hi"], "put it after"),
        ([], "needs a terminal"),
    ],
)
def test_wrong_use_is_2(run: Run, arguments: list[str], says: str) -> None:
    ended = run(*arguments)
    assert ended.code == 2
    assert says in ended.err
    assert ended.out == ""
    assert_one_sentence(ended.err)


def test_wrong_use_found_with_the_model_is_2_too(run: Run, tiny: str) -> None:
    ended = run("explain", "hi", "-m", tiny, "--contrast", "Antarctica zone", "-q")
    assert ended.code == 2
    assert "not one token" in ended.err
    assert_one_sentence(ended.err)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--file", "{tmp}/none.txt"], "No such file"),
        (["--file", "{tmp}"], "Is a directory"),
        (["hi", "--output", "{tmp}/none/run.json"], "there is no folder"),
        (["hi", "-m", "{tmp}"], "holds no model"),
        (["hi", "-m", "./none"], "no folder './none'"),
        (["hi", "-m", "some-body/some-model"], "hub cannot be reached"),
        (["hi", "-m", "{tiny}", "--device", "cuda:7"], "no device 'cuda:7'"),
        (["x" * 3000, "-m", "{tiny}"], "tokens long"),
    ],
)
def test_what_failed_is_1(
    run: Run, tmp_path: Path, tiny: str, arguments: list[str], says: str
) -> None:
    ended = run("explain", *(a.format(tmp=tmp_path, tiny=tiny) for a in arguments))
    assert ended.code == 1
    assert says in ended.err
    assert ended.out == ""
    assert_one_sentence(ended.err)


def test_an_unknown_device_name_is_wrong_use(run: Run, tiny: str) -> None:
    ended = run("explain", "hi", "-m", tiny, "--device", "gpu")
    assert ended.code == 2
    assert_one_sentence(ended.err)


def test_bytes_that_are_not_text_are_one_sentence(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "latin.txt"
    path.write_bytes(b"caf\xe9")
    for ended in (run("explain", "--file", str(path)), run("explain", "-", stdin=b"caf\xe9")):
        assert ended.code == 1
        assert "not UTF-8 text: byte 3 is 0xe9" in ended.err
        assert_one_sentence(ended.err)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_no_permission_is_found_before_the_work(run: Run, tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    ended = run("explain", "hi", "--output", str(tmp_path / "run.json"))
    assert ended.code == 1
    assert "no permission" in ended.err


def test_a_corrupt_checkpoint_is_one_sentence(run: Run, broken: Path) -> None:
    weights = broken / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:100])
    ended = run("explain", "hi", "-m", str(broken))
    assert ended.code == 1
    assert "corrupt" in ended.err
    assert_one_sentence(ended.err)


def test_a_pickle_is_not_opened(run: Run, broken: Path) -> None:
    (broken / "model.safetensors").rename(broken / "pytorch_model.bin")
    ended = run("explain", "hi", "-m", str(broken))
    assert ended.code == 1
    assert "--trust pickle" in ended.err
    assert_one_sentence(ended.err)


def test_control_sequences_in_an_error_are_shown(run: Run) -> None:
    ended = run("explain", "hi", "--bound", "\x1b[2J[bold]")
    assert "[2J[bold]" in ended.err
    assert "\x1b" not in ended.err


@pytest.mark.parametrize("debug", ["", "1"])
def test_a_bug_says_that_it_is_one(
    run: Run, saved: str, monkeypatch: pytest.MonkeyPatch, debug: str
) -> None:
    def bug(*arguments: object, **options: object) -> None:
        raise RuntimeError("boom")

    monkeypatch.setenv("NOISER_DEBUG", debug)
    monkeypatch.setattr("noiser_tui.cli.screen.draw", bug)
    ended = run("open", saved, "--rows", "1")
    assert ended.code == 1
    assert ended.err.endswith("RuntimeError: boom (NOISER_DEBUG=1 shows where).\n")
    assert ("Traceback" in ended.err) is bool(debug)
