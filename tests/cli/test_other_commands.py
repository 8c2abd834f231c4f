"""`noiser open`, `noiser models`, completion, and the options that stand alone."""

from __future__ import annotations

import inspect
import json
import os
import subprocess
import sys
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest

import noiser
from noiser.builtin import MODEL_NAME
from noiser.export import save
from noiser.request import Request
from noiser_tui.cli import app, complete
from noiser_tui.cli.model_choice import DEFAULT_MODEL
from noiser_tui.look.size import size_text
from noiser_tui.look.themes import theme_files
from tests.cli.conftest import Run
from tests.export.example import example, generation


def test_open_shows_a_run_again_and_converts_it(run: Run, saved: str, tmp_path: Path) -> None:
    for suffix in (".html", ".svg", ".csv", ".json"):
        path = tmp_path / f"again{suffix}"
        ended = run("open", saved, "--output", str(path))
        assert ended.code == 0
        assert "α* 0.0859" in ended.out
        assert path.stat().st_size > 500
    assert json.loads(run("open", saved, "--json").out) == json.loads(Path(saved).read_bytes())
    assert (tmp_path / "again.json").read_bytes() == Path(saved).read_bytes()


@pytest.mark.parametrize(
    ("scored", "changes", "says"),
    [
        (13, {}, "cancelled, 13 of 14 tokens scored: α* 0.0859, decided by"),
        (13, {"specials": "exclude"}, "cancelled, 13 of 13 tokens scored: α* 0.0859"),
        (0, {"alpha": None, "leaders": ()}, "cancelled, 0 of 14 tokens scored: α not found"),
        (5, {"method": "occlusion", "alpha": None}, "cancelled, 5 of 14 tokens scored: method"),
    ],
)
def test_open_marks_a_run_that_was_cancelled(
    run: Run, tmp_path: Path, scored: int, changes: dict[str, Any], says: str
) -> None:
    whole = example()
    left = len(whole.tokens) - scored
    nothing = [replace(token, score=None, raw=None) for token in whole.tokens[:left]]
    made = replace(whole, complete=False, tokens=(*nothing, *whole.tokens[left:]), **changes)
    path, page = tmp_path / "run.json", tmp_path / "run.html"
    save(made, path)
    ended = run("open", str(path), "-o", str(page))
    assert (ended.code, says in ended.out) == (0, True), ended.out
    assert says.partition(":")[0] in page.read_text(encoding="utf-8")
    assert json.loads(run("open", str(path), "--json").out)["complete"] is False


def test_open_marks_a_generation_that_was_cancelled(run: Run, tmp_path: Path) -> None:
    whole = generation()
    last = replace(whole.continuation[0], complete=False)
    path = tmp_path / "run.json"
    save(replace(whole, complete=False, continuation=(last,)), path)
    first, second, total = (
        line
        for line in run("open", str(path)).out.splitlines()
        if "α*" in line or "generated" in line
    )
    assert "cancelled" not in first
    assert "cancelled, 4 of 4 tokens scored" in second
    assert total.startswith("2 generated, cancelled, ")


def test_open_reads_standard_input(run: Run, saved: str) -> None:
    assert run("open", "-", stdin=Path(saved).read_bytes()).code == 0
    ended = run("open", "-", stdin=b"\xff")
    assert (ended.code, ended.out) == (1, "")


def test_open_shows_one_step(run: Run, saved_generation: str) -> None:
    record = json.loads(run("open", saved_generation, "--step", "2", "--json").out)
    assert record["prompt"] == "Hello there Paris"
    assert record["continuation"] == []


@pytest.mark.parametrize(
    "damage",
    [
        "not json",
        "[]",
        '{"format": "noiser/2"}',
        '{"format": "noiser/1"}',
        "[" * 100_000,
    ],
)
def test_a_damaged_run_is_one_sentence(run: Run, tmp_path: Path, damage: str) -> None:
    path = tmp_path / "run.json"
    path.write_text(damage)
    ended = run("open", str(path))
    assert ended.code == 1
    assert ended.err.startswith("noiser: ")
    assert ended.err.count("\n") == 1
    assert "bug" not in ended.err


@pytest.mark.parametrize(
    "change",
    [
        {"leaders": [99]},
        {"warnings": [{"message": "m", "position": 99}]},
        {"tokens": []},
        {"model": []},
        {"alpha": "x"},
    ],
)
def test_a_run_with_wrong_fields_is_no_bug(
    run: Run, saved: str, tmp_path: Path, change: dict[str, object]
) -> None:
    path = tmp_path / "run.json"
    path.write_text(json.dumps(json.loads(Path(saved).read_bytes()) | change))
    ended = run("open", str(path))
    assert ended.code in (0, 1)
    assert "bug" not in ended.err


def test_models_lists_the_built_in_first(run: Run) -> None:
    assert run("models").out.startswith(f"{MODEL_NAME}  ")
    listed = json.loads(run("models", "--json").out)
    assert listed[0]["name"] == MODEL_NAME
    assert set(listed[0]) == {"name", "bytes", "where", "what"}


def test_sizes_are_readable() -> None:
    assert [size_text(n) for n in (0, 999, 5_400_000, 3 * 10**12)] == [
        "0 B",
        "999 B",
        "5.4 MB",
        "3.0 TB",
    ]


def test_the_version(run: Run) -> None:
    assert run("--version").out == f"noiser {noiser.__version__}\n"


def test_help_names_every_choice(run: Run) -> None:
    text = run("explain", "--help").out
    for name in (*complete.norms(), *complete.normalisations(), *complete.specials()):
        assert name in text
    for name in complete.searches():
        assert name in text
    for name, _ in (*complete.methods(), *complete.bounds()):
        assert name in text
    shipped = [file.name for file in theme_files().values() if file.shipped]
    for name in (*complete.dtypes(), *complete.trusts(), *shipped):
        assert name in text


def test_the_options_default_to_what_the_engine_does() -> None:
    given = inspect.signature(app.explain).parameters
    for field in fields(Request):
        none = None if field.default == () else field.default  # an option that may be repeated
        assert given[field.name].default == none
    assert DEFAULT_MODEL == MODEL_NAME


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("noiser explain --bound ", "per-token"),
        ("noiser explain --method ", "occlusion"),
        ("noiser explain --norm ", "inf"),
        ("noiser explain --search ", "fast"),
        ("noiser explain --memory ", "40%"),
        ("noiser explain --model ", "built-in"),
        ("noiser ", "explain"),
    ],
)
def test_the_shell_completes(typed: str, offered: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "noiser_tui"],
        env={
            **os.environ,
            "_NOISER_COMPLETE": "complete_bash",
            "COMP_WORDS": typed,
            "COMP_CWORD": str(len(typed.split())),
        },
        capture_output=True,
        text=True,
        check=True,
    )
    assert offered in done.stdout.splitlines()


def test_completion_can_be_installed(run: Run) -> None:
    assert "_NOISER_COMPLETE=complete_" in run("--show-completion").out


def test_without_a_command_the_workbench_opens(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    import types

    seen: dict[str, object] = {}

    def run_workbench(**options: object) -> int:
        seen.update(options)
        return 3

    workbench = types.ModuleType("noiser_tui.workbench")
    workbench.run_workbench = run_workbench  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "noiser_tui.workbench", workbench)
    monkeypatch.setattr("noiser_tui.cli.window._has_terminal", lambda: True)
    assert run("--model", "m", "--device", "cpu", "--theme", "light", "--prompt", "p").code == 3
    assert (seen["model"], seen["theme"], seen["prompt"]) == ("m", "light", "p")
    seen_options = {
        "device": "cpu",
        "dtype": "auto",
        "device_map": None,
        "load_in": None,
        "revision": None,
        "trust": (),
    }
    assert seen["options"] == seen_options
    assert run().code == 3  # past the parser
    assert (seen["model"], seen["theme"], seen["prompt"]) == (DEFAULT_MODEL, None, None)
    assert seen["options"] == {**seen_options, "device": "auto"}


def test_a_prompt_without_a_command_is_told_the_way(run: Run) -> None:
    ended = run("The capital of France is")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.strip().endswith("to explain a text: noiser explain TEXT.")
    assert ended.err.count("\n") == 1
