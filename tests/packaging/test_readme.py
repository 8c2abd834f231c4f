"""The README names files that are there, has nothing left to fill in, and its example runs."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from noiser.opening import open_record
from noiser_tui.cli import main

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
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    told: list[str] = []
    for block in re.findall(r"```python\n(.*?)```", README, re.DOTALL):
        exec(compile(block, "README.md", "exec"), names)
        told.append(capsys.readouterr().out)
    assert " France" in told[0]
    assert open_record(tmp_path / "run.json").target.text == " Paris"
    targets = (" Paris, of course ", " Paris ", ", ", " of ", " course ")
    assert all(map(str.startswith, told[1].splitlines(), targets))
    assert (
        "The capital of Italy is  Rome\n"
        " The prompt is empty: give some text to explain.\n"
        "The capital of Japan is  Tokyo\n"
    ) in told
    assert "[1.0, 0.6, 0.6]" in "".join(told)
    assert (tmp_path / "comparison.html").is_file()
    assert "noiser torch.Size([6, 1])\n" in told
    assert list(names["frame"]["id"]) == [one.id for one in names["explanation"].tokens]  # type: ignore[index, attr-defined]


def test_the_comparison_it_shows_is_what_the_command_prints(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    found = re.search(
        r"```bash\n(noiser compare [^\n]*)\n```\n\n```text\n(.*?)```", README, re.DOTALL
    )
    assert found is not None
    monkeypatch.setenv("COLUMNS", "80")
    assert main(shlex.split(found[1])[1:]) == 0
    shown = [line.rstrip() for line in capsys.readouterr().out.splitlines()]
    assert shown[: len(found[2].splitlines())] == found[2].splitlines()
