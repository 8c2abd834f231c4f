"""Loading by the real engine: stopped half-way, refused for want of trust, and then allowed."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import torch
from transformers.utils import logging as theirs

from noiser.request import Request
from noiser_tui.workbench.app import Workbench
from noiser_tui.workbench.engine import (
    CompareRows,
    Context,
    EngineThread,
    JobEnded,
    LoadModel,
    RowCompared,
)
from noiser_tui.workbench.screens.pick import Pick
from tests.tiny import make_network, save_tiny, tokenizer
from tests.workbench.fake import screen_lines
from tests.workbench.hands import until


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(save_tiny(tmp_path_factory.mktemp("models") / "good"))


@pytest.fixture(scope="module")
def pickled(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = save_tiny(tmp_path_factory.mktemp("models") / "pickled")
    (folder / "model.safetensors").unlink()
    weights = make_network("qwen2", len(tokenizer(True))).state_dict()
    torch.save(weights, folder / "pytorch_model.bin")
    return str(folder)


class Ends:
    """The ends of jobs, as the engine posts them."""

    def __init__(self) -> None:
        self.posted: queue.Queue[Any] = queue.Queue()

    def of(self, number: int) -> JobEnded:
        while True:
            message = self.posted.get(timeout=60)
            if isinstance(message, JobEnded) and message.number == number:
                return message


def test_a_load_that_is_cancelled_half_way_leaves_the_model_that_was_there(
    model: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ends = Ends()
    engine = EngineThread(ends.posted.put)
    engine.start()
    first = engine.submit(LoadModel(model, {"device": "cpu"}))
    loaded = ends.of(first).model
    assert loaded is not None
    reading, go_on = threading.Event(), threading.Event()

    class Slow(theirs.EmptyTqdm):  # type: ignore[misc]
        """Reads weights until it is told to wait, and says so."""

        def __iter__(self) -> Iterator[Any]:
            for one in super().__iter__():
                reading.set()
                assert go_on.wait(60)
                yield one

    monkeypatch.setattr(theirs, "EmptyTqdm", Slow)
    second = engine.submit(LoadModel(model, {"device": "cpu", "dtype": "bfloat16"}))
    assert reading.wait(60)
    engine.cancel(second)
    go_on.set()
    ended = ends.of(second)
    assert (ended.cancelled, ended.error, ended.model) == (True, None, loaded)


async def test_pickle_files_are_refused_and_then_read_by_name(model: str, pickled: str) -> None:
    app = Workbench(model=model, options={"device": "cpu"}, depth="256")
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.desk.model is not None)
        app.load_model(pickled)
        await until(pilot, lambda: isinstance(app.screen, Pick))
        assert "pickled has only pickle files" in "\n".join(screen_lines(app))
        assert app.desk.model is not None
        assert app.desk.model.name == model, "the one before stays"
        await pilot.press("down", "enter")
        await until(pilot, lambda: app.desk.model is not None and app.desk.model.name == pickled)
        assert app.state.error == ""
        assert app.desk.own_options[pickled] == {"trust": ("pickle",)}


def test_a_comparison_trusts_the_model_that_was_allowed_and_no_other(
    model: str, pickled: str
) -> None:
    rows: list[RowCompared] = []
    request = Request(method="occlusion")
    job = CompareRows(
        "The capital",
        request,
        models=(model, pickled),
        options={"device": "cpu"},
        apart={pickled: {"trust": ("pickle",)}},
    )

    def post(message: object) -> None:
        if isinstance(message, RowCompared):
            rows.append(message)

    context = Context(1, threading.Event(), post)
    job.run(context)
    assert [row.error for row in rows] == [None, None]
    rows.clear()
    replace(job, apart={model: {"trust": ("pickle",)}}).run(context)
    assert "has only a pickle checkpoint" in str(rows[1].error)
