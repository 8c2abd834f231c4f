"""`noiser runs`, and opening a run of it by its id."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from noiser.opening import open_record
from noiser_tui.history.runs import RunStore
from tests.cli.conftest import Run
from tests.export.example import example
from tests.history.runs import compared, explained


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunStore]:
    monkeypatch.setenv("NOISER_DATA", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "120")
    with RunStore() as made:
        yield made


def test_runs_are_listed_newest_first(run: Run, store: RunStore) -> None:
    first = store.add(explained("The capital of France is", complete=False))
    second = store.add(compared("The sea is\n\x1b[31mblue"), title="Both")
    store.pin(second.id)
    store.mark(second.id)
    ended = run("runs")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.splitlines() == [
        f'{second.id} *+  noiser, lime min  " Paris"  Both',
        f'{first.id}   … noiser min  " Paris"  The capital of France is',
    ]
    assert run("runs", "--search", "CAPITAL paris").out.startswith(first.id)
    assert run("runs", "--limit", "1").out.count("\n") == 1
    listed = json.loads(run("runs", "--json", "--limit", "0").out)
    assert [one["id"] for one in listed] == [second.id, first.id]
    assert listed[1]["complete"] is False
    assert listed[0]["created"] == second.created.isoformat()
    ended = run("runs", "--search", "nothing has this")
    assert (ended.code, ended.out) == (0, "")
    assert ended.err.endswith("has 'nothing has this'.\n")


def test_looking_makes_no_store(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOISER_DATA", str(tmp_path / "none"))
    ended = run("runs")
    assert (ended.code, ended.out) == (0, "")
    assert "no runs yet" in ended.err
    assert json.loads(run("runs", "--json").out) == []
    assert run("open", "20260101-000000-000000").code == 1
    assert not [*tmp_path.iterdir()]


def test_a_run_is_opened_by_its_id_unless_a_file_is_called_so(
    run: Run, store: RunStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = store.add(example())
    monkeypatch.chdir(tmp_path)
    assert run("open", entry.id, "-o", "copy.json").code == 0
    assert open_record("copy.json") == example()
    store.delete(entry.id)
    ended = run("open", entry.id)
    assert (ended.code, ended.out) == (1, "")
    assert (
        ended.err == f"noiser: There is no run {entry.id}: it was deleted or is kept elsewhere.\n"
    )
    Path(entry.id).write_bytes(Path("copy.json").read_bytes())
    assert run("open", entry.id).code == 0


def test_explaining_in_the_shell_writes_no_history(run: Run, store: RunStore, tiny: str) -> None:
    assert run("explain", "a b", "--model", tiny).code == 0
    assert store.count() == 0
