"""Memory that runs out is worked around or told, and a cancel stops within one batch."""

from __future__ import annotations

import threading
import weakref
from typing import Any

import pytest
import torch

from noiser.errors import Cancelled, NoiserError
from noiser.events import BatchHalved, Event, Explained, SearchNarrowed
from noiser.explainer import explain
from noiser.model.language_model import LanguageModel
from noiser.model.packed.body import PackedBody
from noiser.model.packed.packing import Packing
from noiser.request import Request
from tests.engine.cases import before_each_call, one_sentence
from tests.tiny import make_tiny, tiny

PROMPT = "Rivers run to the sea and"

MEMORY_ERRORS = [
    torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB."),
    RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried"),
    RuntimeError("MPS backend out of memory (MPS allocated: 9 GB)"),
    MemoryError(),
]


def small(model: LanguageModel, most: int, error: BaseException) -> LanguageModel:
    """The model on a machine where more than `most` rows do not fit."""

    def guarded(rows: torch.Tensor) -> None:
        if len(rows) > most:
            raise error

    return before_each_call(model, guarded)


@pytest.mark.parametrize("error", MEMORY_ERRORS, ids=lambda e: str(e)[:12] or "MemoryError")
@pytest.mark.parametrize("most", [1, 3, 15])
def test_out_of_memory_halves_the_batch_and_changes_nothing(
    most: int, error: BaseException
) -> None:
    told: list[Event] = []
    whole = explain(tiny("llama"), PROMPT)
    halved = explain(small(make_tiny("llama"), most, error), PROMPT, emit=told.append)
    assert halved.alpha == whole.alpha
    assert [t.alpha for t in halved.tokens] == [t.alpha for t in whole.tokens]
    assert [t.raw for t in halved.tokens] == pytest.approx([t.raw for t in whole.tokens], abs=1e-12)
    rows = [event.rows for event in told if isinstance(event, BatchHalved)]
    assert 1 <= min(rows) <= most, "rows of late tokens are short, more of them are tried again"
    assert halved.work.token_forwards <= whole.work.token_forwards, "later rows start later"


@pytest.mark.parametrize("most", [1, 3, 15])
def test_out_of_memory_in_packed_rows_halves_them_and_changes_nothing(
    most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[Event] = []
    model = make_tiny("llama")
    whole = explain(model, PROMPT)
    run, tried = PackedBody.logits, list[int]()

    def guarded(self: PackedBody, x: torch.Tensor, packing: Packing) -> torch.Tensor:
        tried.append(packing.rows)
        if packing.rows > most:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return run(self, x, packing)

    monkeypatch.setattr(PackedBody, "logits", guarded)
    halved = explain(model, PROMPT, emit=told.append)
    assert max(tried) > most
    assert halved.alpha == whole.alpha
    assert [t.raw for t in halved.tokens] == pytest.approx([t.raw for t in whole.tokens], abs=1e-12)
    assert halved.work.token_forwards == whole.work.token_forwards, "packed rows waste nothing"
    rows = [event.rows for event in told if isinstance(event, BatchHalved)]
    assert 1 <= rows[-1] <= most


def test_the_batch_that_failed_is_gone_before_memory_is_tidied(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Or tidying would free nothing: the error holds on to the frames, and those to the rows."""
    failed: list[weakref.ref[torch.Tensor]] = []
    model = make_tiny("llama")
    assert model.prefix_fault is None
    model.__dict__["packed_fault"] = "of this test"
    run = LanguageModel.next_logits

    def guarded(rows: torch.Tensor, before: Any = None, reads: int = 1) -> torch.Tensor:
        if len(rows) > 3:
            failed.append(weakref.ref(rows))
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return run(model, rows, before, reads)

    monkeypatch.setattr(model, "next_logits", guarded)
    alive: list[bool] = []

    def listen(event: Event) -> None:
        if isinstance(event, BatchHalved):
            alive.append(failed[-1]() is not None)

    explain(model, PROMPT, Request(bound="none"), emit=listen)
    assert alive
    assert not any(alive)


def test_later_prompts_remember_how_much_fits() -> None:
    def halvings(model: LanguageModel) -> int:
        told: list[Event] = []
        explain(model, PROMPT, Request(bound="none"), emit=told.append)
        return sum(isinstance(event, BatchHalved) for event in told)

    def guarded(rows: torch.Tensor) -> None:
        if rows.shape[0] * rows.shape[1] > 40:
            raise torch.OutOfMemoryError("CUDA out of memory.")

    model = before_each_call(make_tiny("llama"), guarded)
    counts = [halvings(model) for _ in range(8)]
    assert counts[0] > 0
    assert counts[-1] == 0
    assert sum(counts) < 10


@pytest.mark.parametrize("error", MEMORY_ERRORS, ids=lambda e: str(e)[:12] or "MemoryError")
def test_memory_that_runs_out_in_the_trial_of_the_prefix_is_no_fault_of_the_model(
    error: BaseException,
) -> None:
    model = make_tiny("llama")
    full = True

    def guarded(_module: Any, _args: Any, _options: Any) -> None:
        if full:
            raise error

    model.network.register_forward_pre_hook(guarded, with_kwargs=True)
    with pytest.raises(NoiserError, match="Out of memory on cpu with a prompt of"):
        explain(model, PROMPT)
    full = False
    assert model.prefix_fault is None


@pytest.mark.parametrize("error", MEMORY_ERRORS, ids=lambda e: str(e)[:12] or "MemoryError")
def test_a_prompt_whose_single_row_does_not_fit(error: BaseException) -> None:
    with pytest.raises(NoiserError, match="Out of memory on cpu") as caught:
        explain(small(make_tiny("llama"), 0, error), PROMPT)
    one_sentence(caught.value)


def test_memory_that_runs_out_after_the_clean_row() -> None:
    calls: list[int] = []

    def guarded(rows: torch.Tensor) -> None:
        calls.append(len(rows))
        if len(calls) > 1:
            raise torch.OutOfMemoryError("CUDA out of memory.")

    model = before_each_call(make_tiny("llama"), guarded)
    with pytest.raises(NoiserError, match="Out of memory on cpu with a single row") as caught:
        explain(model, PROMPT)
    one_sentence(caught.value)
    assert calls[-1] == 1


# Cancelling


def test_cancelling_from_another_thread_stops_within_one_batch() -> None:
    cancel, inside, go_on = threading.Event(), threading.Event(), threading.Event()
    calls: list[int] = []

    def slow(rows: torch.Tensor) -> None:
        calls.append(len(rows))
        if len(calls) == 3:
            inside.set()
            assert go_on.wait(20)

    model = before_each_call(make_tiny("llama"), slow)
    outcome: list[BaseException] = []

    def work() -> None:
        try:
            explain(model, PROMPT, cancel=cancel, positions_per_batch=20)
        except BaseException as error:  # noqa: BLE001 - the test looks at it
            outcome.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    assert inside.wait(20)
    cancel.set()
    go_on.set()
    thread.join(20)
    assert not thread.is_alive()
    assert [type(error) for error in outcome] == [Cancelled]
    assert len(calls) == 3


def test_cancelling_before_the_start_does_no_work() -> None:
    cancel = threading.Event()
    cancel.set()
    with pytest.raises(Cancelled):
        explain(tiny("llama"), PROMPT, cancel=cancel)


def test_cancelling_while_generating_keeps_what_was_told() -> None:
    cancel, told = threading.Event(), list[Explained]()

    def listen(event: Event) -> None:
        if isinstance(event, Explained):
            told.append(event)
        if len(told) == 2 and isinstance(event, SearchNarrowed):
            cancel.set()

    with pytest.raises(Cancelled):
        explain(tiny("llama"), PROMPT, Request(generate=5), cancel=cancel, emit=listen)
    assert [event.step for event in told] == [0, 1]
