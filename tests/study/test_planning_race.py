"""A study's store while its plan is being written: nobody reads half of it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from noiser.study.store import FILE, NotPlanned, Store
from noiser_tui.workbench.engine.study import standing_of


def test_a_store_without_its_tables_or_its_plan_is_not_planned_yet(tmp_path: Path) -> None:
    with pytest.raises(NotPlanned):
        Store(tmp_path)
    with sqlite3.connect(tmp_path / FILE):  # as another process leaves it between two calls
        assert standing_of(tmp_path) is None
    with Store(tmp_path, create=True):
        assert standing_of(tmp_path) is None
        with pytest.raises(NotPlanned, match="study run"):
            Store(tmp_path)


def test_a_plan_that_is_being_written_is_not_seen(tmp_path: Path) -> None:
    with Store(tmp_path, create=True) as store, store.transaction():
        store.db.execute("INSERT INTO study VALUES (1, 'noiser-study/1', '{}', '{}', 0)")
        assert standing_of(tmp_path) is None
    assert standing_of(tmp_path) is not None
