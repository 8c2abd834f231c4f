"""`--jsonl`: a record out for every line in, whatever the lines are."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from noiser.prompt_lines import read_line
from noiser.record import from_record
from noiser.request import Request
from tests.cli.conftest import Run

LINES = [
    '"The capital of"',
    '{"prompt": "Rivers run", "bound": "norm-l2", "subject": "not ours"}',
    "not json",
    "",
    '{"prompt": "x", "tagret": "y"}',
    '{"prompt": "x", "seed": "one"}',
    '{"prompt": ""}',
    '{"prompt": "x", "contrast": "Antarctica zone"}',
    '"half \\ud83d"',
    '{"no": "prompt"}',
    "[" * 100_000,
    '"Mountains stay"',
]
BAD = [3, 5, 6, 7, 8, 9, 10, 11]


def test_every_line_has_its_answer_in_its_place(run: Run, tiny: str, tmp_path: Path) -> None:
    path = tmp_path / "prompts.jsonl"
    path.write_text("\n".join(LINES), encoding="utf-8")
    ended = run("explain", "--jsonl", str(path), "-m", tiny, "--draws", "3")
    assert ended.code == 1
    out = [json.loads(line) for line in ended.out.splitlines()]
    assert [one.get("prompt", one.get("line")) for one in out] == [
        *("The capital of", "Rivers run", *BAD, "Mountains stay")
    ]
    assert all(one["format"] == "noiser/1" for one in out)
    assert from_record(out[1]).bound == "norm-l2"
    told = [line for line in ended.err.splitlines() if "warning" not in line]
    assert [line.split(": ")[1] for line in told[:-1]] == [f"line {n}" for n in BAD]
    assert "bug" not in ended.err
    assert told[-1] == "noiser: 8 of 11 lines failed."


def test_all_good_lines_are_0_and_standard_input_is_read(run: Run, tiny: str) -> None:
    ended = run("explain", "--jsonl", "-", "-m", tiny, "-q", stdin='\ufeff"é one"\n'.encode())
    assert (ended.code, ended.err) == (0, "")
    assert json.loads(ended.out)["prompt"] == "é one"


def test_bytes_that_are_not_text_fail_their_line_only(run: Run, tiny: str) -> None:
    ended = run("explain", "--jsonl", "-", "-m", tiny, "-q", stdin=b'"caf\xe9"\n"good"\n')
    assert ended.code == 1
    first, second = (json.loads(line) for line in ended.out.splitlines())
    assert first["error"] == "this is not UTF-8 text."
    assert second["prompt"] == "good"


def test_a_bug_in_one_line_does_not_stop_the_others(
    run: Run, tiny: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from noiser.model.language_model import LanguageModel

    read = LanguageModel.read

    def sometimes(self: LanguageModel, text: str) -> object:
        if text == "bad":
            raise ZeroDivisionError("oops")
        return read(self, text)

    monkeypatch.setattr(LanguageModel, "read", sometimes)
    ended = run("explain", "--jsonl", "-", "-m", tiny, stdin=b'"bad"\n"good"\n')
    assert ended.code == 1
    assert "line 1: this is a bug in Noiser" in ended.err
    assert json.loads(ended.out.splitlines()[1])["prompt"] == "good"


def test_a_traceback_that_is_asked_for_comes_once(
    run: Run, tiny: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NOISER_DEBUG", "1")
    ended = run("explain", "--jsonl", "-", "-m", tiny, stdin=b"not json\n")
    assert ended.err.count("noiser.errors.NoiserError: ") == 1


def test_ctrl_c_keeps_the_lines_that_are_done(
    run: Run, tiny: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from noiser.model.language_model import LanguageModel

    read = LanguageModel.read

    def interrupt(self: LanguageModel, text: str) -> object:
        if text == "stop":
            raise KeyboardInterrupt
        return read(self, text)

    monkeypatch.setattr(LanguageModel, "read", interrupt)
    ended = run("explain", "--jsonl", "-", "-m", tiny, "-q", stdin=b'"one"\n"stop"\n"three"\n')
    assert ended.code == 130
    assert ended.err == "noiser: interrupted; 1 prompt was explained.\n"
    assert [json.loads(line)["prompt"] for line in ended.out.splitlines()] == ["one"]


def test_a_line_changes_what_it_names_and_nothing_else() -> None:
    options = Request(seed=7, draws=3)
    prompt, own = read_line(b'{"prompt": "x", "bound": "max", "id": 4}', options)
    assert (prompt, own) == ("x", Request(seed=7, draws=3, bound="max"))
    assert read_line(b'"x"', options) == ("x", options)
    assert read_line(b'{"prompt": "x", "search": "fast"}', options)[1].search == "fast"
    _, own = read_line(b'{"prompt": "x", "granularity": "word", "zoom": 2}', options)
    assert (own.granularity, own.zoom) == ("word", 2)
