"""The README names files that are there, has nothing left to fill in, and its example runs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from noiser.opening import open_record

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_nothing_is_left_to_fill_in() -> None:
    assert "@@" not in README


def test_every_file_it_names_is_there() -> None:
    linked = re.findall(r"\]\((?!https?:|#)([^)#]+)", README)
    named = re.findall(r"(?<![\w./-])(?:core|tests|themes|noiser_tui|\.\w+)/[\w./-]*\w", README)
    assert linked
    assert named
    assert [name for name in (*linked, *named) if not (ROOT / name).exists()] == []


def test_its_python_examples_run_one_after_the_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    exec(compile(first, "README.md", "exec"), names)
    assert " France" in capsys.readouterr().out
    assert open_record(tmp_path / "run.json").target.text == " Paris"
    exec(compile(second, "README.md", "exec"), names)
    assert capsys.readouterr().out.splitlines() == [
        "The capital of Italy is  Rome",
        " The prompt is empty: give some text to explain.",
        "The capital of Japan is  Tokyo",
    ]
