"""`noiser explain`, from its options to the record, the screen and the files."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from noiser.builtin import model_folder
from noiser.opening import open_record
from noiser.record import from_record
from tests.cli.conftest import Run

PROMPT = "The capital of France is"


@pytest.fixture
def record(run: Run, tiny: str) -> Any:
    def _record(*arguments: str, stdin: bytes = b"") -> Any:
        ended = run("explain", "-m", tiny, "--json", *arguments, stdin=stdin)
        assert ended.code == 0, ended.err
        assert ended.out.count("\n") == 1
        return json.loads(ended.out)

    return _record


def test_json_is_the_record_that_the_engine_makes(record: Any, tiny: str) -> None:
    import noiser

    found = from_record(record(PROMPT))
    made = noiser.explain(noiser.load(tiny), PROMPT)
    assert [t.score for t in found.tokens] == [t.score for t in made.tokens]
    assert (found.alpha, found.target, found.prompt) == (made.alpha, made.target, PROMPT)


def test_every_option_reaches_the_request(record: Any) -> None:
    found = record(
        *(PROMPT, "--bound", "max", "--norm", "inf", "--normalisation", "raw", "--seed", "3"),
        *("--draws", "4", "--steps", "5", "--specials", "exclude", "--target", "id:5"),
        *("--contrast", "id:6", "--dtype", "float64", "--device", "cpu"),
    )
    asked = ("bound", "norm", "normalisation", "seed", "draws", "steps", "specials")
    assert [found[name] for name in asked] == ["max", "inf", "raw", 3, 4, 5, "exclude"]
    assert (found["target"]["id"], found["contrast"]["id"]) == (5, 6)
    assert found["model"]["dtype"] == "float64"
    assert record(PROMPT, "--reference")["reference"] is True
    assert record(PROMPT, "--method", "random")["method"] == "random"
    assert record(PROMPT, "--search", "fast")["search"] == "fast"
    units = record(PROMPT, "--granularity", "line", "--zoom", "1", "--method", "random")
    assert (units["granularity"], len(units["zoom"]["units"])) == ("line", 1)


def test_the_screen_says_that_the_search_was_fast(run: Run, tiny: str) -> None:
    assert "steps, fast search · " in run("explain", PROMPT, "-m", tiny, "--search", "fast").out
    assert "fast search" not in run("explain", PROMPT, "-m", tiny).out


def test_a_prompt_comes_from_an_argument_a_file_or_standard_input(
    record: Any, tmp_path: Path
) -> None:
    file = tmp_path / "prompt.txt"
    file.write_bytes("two\nlines é\r\n".encode())
    assert record("--file", str(file))["prompt"] == "two\nlines é"
    assert record("-", stdin=b"\xef\xbb\xbffrom\r\na pipe\n")["prompt"] == "from\na pipe"
    assert record("--", "-5 degrees is")["prompt"] == "-5 degrees is"


def test_the_screen_names_everything(run: Run, tiny: str) -> None:
    ended = run("explain", PROMPT, "-m", tiny)
    assert ended.code == 0
    assert "\x1b" not in ended.out
    for part in (PROMPT, "Why ", "next ", "score", "95%", "raw", "α*", "decided by", "× less"):
        assert part in ended.out
    assert '" France"' in ended.out


@pytest.mark.parametrize("suffix", [".json", ".html", ".svg", ".csv"])
def test_a_file_is_written_beside_the_screen(
    run: Run, tiny: str, tmp_path: Path, suffix: str
) -> None:
    path = tmp_path / f"run{suffix}"
    ended = run("explain", PROMPT, "-m", tiny, "--output", str(path), "--bound", "norm-l2")
    assert ended.code == 0
    assert PROMPT in ended.out
    assert "France" in path.read_text(encoding="utf-8")


def test_warnings_are_told_on_stderr_unless_quiet(run: Run, tiny: str) -> None:
    arguments = ("explain", PROMPT, "-m", tiny, "--specials", "exclude", "--json")
    warning = "1 special token was left out of the noise and the scores."
    assert f"noiser: warning: {warning}\n" in run(*arguments).err
    ended = run(*arguments, "--quiet")
    assert ended.err == ""
    assert warning in [one["message"] for one in json.loads(ended.out)["warnings"]]
    assert f"⚠ {warning}" in run(*arguments[:-1]).out


def test_generated_tokens_are_explained_and_shown_one_by_one(
    run: Run, tiny: str, tmp_path: Path
) -> None:
    path = tmp_path / "run.json"
    ended = run("explain", PROMPT, "-m", tiny, "-g", "2", "-o", str(path))
    assert ended.code == 0
    steps = open_record(path).steps_explained
    assert len(steps) == 2
    assert "2 generated, " in ended.out
    again = run("open", str(path), "--step", "2")
    assert "Why " in again.out
    assert run("open", str(path), "--step", "3").code == 2


def test_ctrl_c_keeps_the_generated_tokens_that_are_done(
    run: Run, tiny: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from noiser.one import Explainer
    from noiser_tui.cli.interrupt import interrupted

    explain = Explainer.explain

    def interrupted_at_the_third(
        self: Any, prompt: Any, step: int = 0, *more: Any, **named: Any
    ) -> Any:
        if step == 2:
            interrupted.set()
        return explain(self, prompt, step, *more, **named)

    monkeypatch.setattr(Explainer, "explain", interrupted_at_the_third)
    path = tmp_path / "run.json"
    ended = run("explain", PROMPT, "-m", tiny, "-g", "5", "-o", str(path))
    assert ended.code == 130
    assert ended.err == "noiser: interrupted; what was known by then is above.\n"
    saved = open_record(path)
    assert [one.complete for one in saved.steps_explained] == [False, True]
    assert "⚠ Cancelled after 2 of 5 generated tokens." in ended.out


def test_the_built_in_model_answers_and_its_explanation_points_at_the_subject(run: Run) -> None:
    if not (model_folder() / "config.json").is_file():
        pytest.skip("the built-in model is not trained yet")
    record = json.loads(run("explain", PROMPT, "--json", "-q").out)
    assert record["target"]["text"] == " Paris"
    best = sorted(record["tokens"], key=lambda token: -token["score"])[:2]
    assert " France" in [token["text"] for token in best]


def test_torch_is_told_not_to_spin() -> None:
    import noiser_tui

    assert noiser_tui
    assert os.environ["OMP_WAIT_POLICY"] == "PASSIVE"


AWKWARD = "tab\there\n[bold]x[/bold] \x1b[31mred\x1b[0m é e\u0301 👩‍🚀 שלום \x07"


def test_awkward_prompts_come_out_as_themselves(run: Run, tiny: str) -> None:
    ended = run("explain", AWKWARD, "-m", tiny, "--bound", "norm-l2", "--rows", "0")
    assert ended.code == 0
    assert "\x1b" not in ended.out
    assert "\x07" not in ended.out
    lines = ended.out.splitlines()
    assert lines[0] == "<s>tab→ here⏎"
    heat = "".join(line for line in lines[2:4])
    assert "[bold]x[/bold] ␛[31mred␛[0m é e\u0301 👩‍🚀 שלום ␇" in heat
    back = json.loads(run("explain", AWKWARD, "-m", tiny, "--bound", "none", "--json").out)
    assert back["prompt"] == AWKWARD


def test_marked_spans_and_a_rule_over_their_tokens(run: Run, tiny: str) -> None:
    shared = ("explain", "Tabs, emoji and code live in", "-m", tiny, "--json", "--draws", "2", "-q")
    ended = run(*shared, "--mark", "emoji and", "--span", "0:4")
    assert ended.code == 0, ended.err
    record = json.loads(ended.out)
    assert (record["granularity"], record["aggregate"]) == ("span", "joint")
    assert record["spans"] == [[0, 4], [6, 15]]
    summed = json.loads(run(*shared, "--mark", "emoji and", "--aggregate", "max").out)
    assert summed["aggregate"] == "max"
    assert [unit["text"] for unit in summed["units"] if unit["first"] < unit["last"]] == [
        " emoji and"
    ]


def test_spans_on_a_line_of_many(run: Run, tiny: str) -> None:
    lines = [{"prompt": "Rivers run", "granularity": "span", "spans": [[0, 10]]}, "no such words"]
    data = "\n".join(map(json.dumps, lines)).encode()
    options = ("--mark", "run", "--draws", "2", "-m", tiny, "-q")
    ended = run("explain", "--jsonl", "-", *options, stdin=data)
    first, second = map(json.loads, ended.out.splitlines())
    assert "share the token" in first["error"]
    assert second["error"] == "'run' does not occur in the prompt."
