"""A full disk, and a study in a folder that cannot be written."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from noiser.errors import NoiserError
from noiser.study import store as stores
from noiser.study.claims import Worker, release_dead
from noiser.study.planning import plan
from noiser.study.standing import stand
from noiser.study.store import Store
from noiser.study.table import make_table
from noiser.study.worker import Loop
from tests.study.cases import finished, load, run_all, small_study, table


def test_a_full_disk_is_a_sentence_and_what_was_stored_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = small_study(tmp_path, 12)
    wanted = finished(tmp_path / "whole", study)
    plan(tmp_path / "study", study, {})

    def no_more(store: Store) -> None:
        ((pages,),) = store.db.execute("PRAGMA page_count")
        store.db.execute(f"PRAGMA max_page_count = {pages + 1}")

    def until_full() -> None:
        with Store(tmp_path / "study") as store:
            no_more(store)
            with Worker(store) as worker:
                Loop(worker, load).run()

    with pytest.raises(NoiserError, match="disk is full; what was stored stays"):
        until_full()
    with Store(tmp_path / "study") as store:
        release_dead(store)
        standing = stand(store)
        assert 0 < standing.finished < standing.total
        assert (standing.taken, standing.workers) == (0, 0)
    run_all(tmp_path / "study")
    assert table(tmp_path / "study") == wanted


def test_a_transaction_that_cannot_end_leaves_none_open(tmp_path: Path) -> None:
    plan(tmp_path, small_study(tmp_path), {})
    with Store(tmp_path) as store:
        store.db.execute("PRAGMA defer_foreign_keys = ON")
        store.db.executescript(
            "CREATE TABLE a (x INTEGER PRIMARY KEY); PRAGMA foreign_keys = ON; "
            "CREATE TABLE b (y REFERENCES a (x) DEFERRABLE INITIALLY DEFERRED);"
        )
        with pytest.raises(sqlite3.IntegrityError), store.transaction():  # at COMMIT
            store.db.execute("INSERT INTO b VALUES (7)")
        with store.transaction():
            assert store.db.execute("SELECT count(*) FROM b").fetchone() == (0,)


@pytest.mark.parametrize("at_work", [False, True])
def test_a_study_that_cannot_be_written_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at_work: bool
) -> None:
    """`at_work`: another process has it open, so that what is newest is in the log."""
    finished(tmp_path, small_study(tmp_path, 2))
    with Store(tmp_path) as other:
        wanted = make_table(other)
        if not at_work:
            other.db.close()
        real = os.access

        def access(path: Any, mode: int) -> bool:
            return real(path, mode) and mode != os.W_OK

        monkeypatch.setattr(stores.os, "access", access)
        with Store(tmp_path) as store:
            assert make_table(store) == wanted
            assert stand(store).complete
            with pytest.raises(sqlite3.OperationalError, match="readonly"):
                store.db.execute("DELETE FROM task")
        with pytest.raises(NoiserError, match="cannot be written"):
            Store(tmp_path, create=True)
