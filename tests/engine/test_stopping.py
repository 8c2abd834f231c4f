"""A model that is not wanted any more while it is loaded."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from transformers.utils import logging as theirs

from noiser.errors import Cancelled
from noiser.events import Event, ModelLoaded, ModelLoading
from noiser.model.loading import load
from noiser.model.stopping import stoppable
from tests.tiny import save_tiny


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny(tmp_path_factory.mktemp("stopping") / "tiny")


def test_loading_stops_before_anything_is_read(folder: Path) -> None:
    cancel = threading.Event()
    cancel.set()
    told: list[Event] = []
    with pytest.raises(Cancelled):
        load(str(folder), device="cpu", cancel=cancel, emit=told.append)
    assert [type(event) for event in told] == [ModelLoading]


def test_loading_stops_between_two_weights_and_works_the_next_time(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cancel = threading.Event()
    read: list[object] = []

    class Counting(theirs.EmptyTqdm):
        """Asks for an end once the second weight is there."""

        def __iter__(self):
            for one in super().__iter__():
                read.append(one)
                if len(read) == 2:
                    cancel.set()
                yield one

    monkeypatch.setattr(theirs, "EmptyTqdm", Counting)
    with pytest.raises(Cancelled):
        load(str(folder), device="cpu", cancel=cancel)
    assert len(read) == 2, "the second is not even handed on"
    cancel.clear()
    told: list[Event] = []
    load(str(folder), device="cpu", cancel=cancel, emit=told.append)
    assert isinstance(told[-1], ModelLoaded)
    assert len(read) > 2 + 2


def test_transformers_own_bars_are_put_back() -> None:
    with stoppable(threading.Event()):
        bar = theirs.tqdm([1, 2], desc="Loading weights")
        with bar as opened:
            opened.update(1)
            assert list(opened) == [1, 2]
    assert theirs.set_tqdm_hook(None) is None
