"""Gradients at the prompt: Inseq's numbers, any target, any slices, and what makes them doubtful."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

import noiser
from noiser.differentiate import Differentiator
from noiser.errors import Cancelled, NoiserError
from noiser.events import BatchHalved, Event
from noiser.methods import METHODS, get_method
from noiser.methods.task import Task
from noiser.perturb import Perturber
from noiser.request import Request
from tests.engine.cases import PROMPT, model_of
from tests.engine.inseqs import FAMILIES, inseq_scores, reduced, task_of, twin
from tests.tiny import make_reward, make_tiny, tiny

GRADIENT = [name for name, method in METHODS.items() if method.kind == "gradient"]
FEW = {name: {"samples": 4} if "samples" in METHODS[name].options else {} for name in GRADIENT}


def raw(task: Task) -> np.ndarray:
    return get_method(task.request.method).run(task).raw


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("method", ["saliency", "input_x_gradient"])
def test_numbers_are_inseqs(family: str, method: str) -> None:
    theirs = inseq_scores(twin(family), method, PROMPT)
    for how in ("sum", "l2"):
        ours = raw(task_of(twin(family), PROMPT, method=method, reduction=how))
        assert ours == pytest.approx(reduced(theirs, how), rel=1e-5, abs=1e-7)


def test_a_saliency_is_a_length_by_itself() -> None:
    lengths = raw(task_of(twin("llama"), PROMPT, method="saliency", reduction="l2"))
    assert (raw(task_of(twin("llama"), PROMPT, method="saliency")) == lengths).all()


@pytest.mark.parametrize("family", ["llama", "gemma2", "gpt2"])
@pytest.mark.parametrize("against", [{}, {"contrast": "id:7"}, {"target": " Paris and Rome"}])
def test_the_gradient_is_the_rate_of_any_target(family: str, against: dict[str, str]) -> None:
    """By differences: scaling one embedding by 1 + h changes the value by h times the score.

    Not by the smallest h: the norms of Llama and Gemma compute in float32, whatever the dtype.
    """
    model = tiny(family)
    found: list[Task] = []
    request = Request(method="input_x_gradient", **against)
    run = METHODS["input_x_gradient"].run

    def spied(method: object, task: Task) -> object:
        found.append(task)
        return run(task)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(METHODS["input_x_gradient"]), "run", spied)
        explained = noiser.explain(model, PROMPT, request)
    task, step = found[0], 3e-3
    rates = []
    for position in range(len(task.prompt)):
        rows = task.perturber.embeddings.repeat(2, 1, 1)
        rows[:, position] *= torch.tensor([[1 + step], [1 - step]])
        above, below = task.objective.value(model.readings(rows, task.perturber.reads)).tolist()
        rates.append((above - below) / (2 * step))
    assert [token.raw for token in explained.tokens] == pytest.approx(
        rates, abs=0.01 * max(map(abs, rates))
    )


@pytest.mark.parametrize("method", GRADIENT)
def test_slices_and_checkpoints_change_nothing(method: str) -> None:
    model = tiny("llama")
    request = Request(method=method, contrast="id:7", **FEW[method])
    whole = noiser.explain(model, PROMPT, request)
    sliced = noiser.explain(model, PROMPT, request, positions_per_batch=1)
    again = noiser.explain(model, PROMPT, request, memory="1KB")
    for other in (sliced, again):
        assert [t.raw for t in other.tokens] == pytest.approx([t.raw for t in whole.tokens])
    assert again.work.token_forwards > whole.work.token_forwards, "layers ran twice"
    assert again.work.token_forwards <= METHODS[method].cost(len(whole.tokens), request)


@pytest.mark.parametrize("method", GRADIENT)
def test_the_work_is_known_before(method: str) -> None:
    request = Request(method=method, **FEW[method])
    told = noiser.estimate(tiny("llama"), PROMPT, request)
    came = noiser.explain(tiny("llama"), PROMPT, request)
    assert told.token_forwards == came.work.token_forwards


@pytest.mark.parametrize("method", GRADIENT)
def test_a_unit_has_the_sum_of_its_tokens(method: str) -> None:
    request = Request(method=method, **FEW[method])
    tokens = noiser.explain(tiny("llama"), PROMPT, request)
    words = noiser.explain(tiny("llama"), PROMPT, dataclasses.replace(request, granularity="word"))
    for unit in words.units:
        parts = [tokens.tokens[i].raw or 0.0 for i in range(unit.first, unit.last + 1)]
        assert unit.raw == pytest.approx(sum(parts), abs=1e-12)


@pytest.mark.parametrize("method", GRADIENT)
def test_special_tokens_left_out_have_no_score(method: str) -> None:
    request = Request(method=method, specials="exclude", **FEW[method])
    found = noiser.explain(tiny("gemma2"), PROMPT, request)
    assert [token.raw is None for token in found.tokens] == [t.special for t in found.tokens]


def test_memory_that_runs_out_halves_the_slice() -> None:
    events: list[Event] = []
    perturber = Perturber(tiny("llama"), [0, 5, 6], emit=events.append)
    sizes: list[int] = []

    def run(rows: torch.Tensor) -> torch.Tensor:
        sizes.append(len(rows))
        if len(rows) > 2:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return tiny("llama").readings(rows)

    differentiator = Differentiator(perturber, lambda p: p[:, 7], run)
    rows = torch.stack([perturber.embeddings * k for k in range(1, 9)])
    found = torch.cat([g for _, _, g in differentiator.gradients(8, lambda some: rows[some])])
    assert sizes == [8, 4, 2, 2, 2, 2]
    assert [event.rows for event in events if isinstance(event, BatchHalved)] == [4, 2]
    plain = Differentiator(perturber, lambda p: p[:, 7])
    ((_, _, expected),) = plain.gradients(8, lambda some: rows[some])
    assert torch.equal(found, expected) or torch.allclose(found, expected, rtol=1e-12)


def test_one_row_too_large_runs_layers_again_and_then_says_so() -> None:
    perturber = Perturber(tiny("llama"), [0, 5, 6])

    def run(rows: torch.Tensor) -> torch.Tensor:
        raise torch.OutOfMemoryError("CUDA out of memory")

    differentiator = Differentiator(perturber, lambda p: p[:, 7], run)
    with pytest.raises(NoiserError, match="gradients of a single row of 3 tokens"):
        list(differentiator.gradients(1, lambda some: perturber.embeddings.unsqueeze(0)))
    layers = tiny("llama").network.base_model.layers
    assert not any("forward" in vars(layer) for layer in layers), "nothing stays behind"


def test_cancelled_between_slices() -> None:
    cancel = threading.Event()
    perturber = Perturber(tiny("llama"), [0, 5, 6], cancel=cancel, positions_per_batch=3)
    differentiator = Differentiator(perturber, lambda p: p[:, 7])
    slices = differentiator.gradients(9, lambda some: perturber.embeddings.unsqueeze(0))
    next(slices)
    cancel.set()
    with pytest.raises(Cancelled):
        next(slices)


@pytest.mark.parametrize("back", [False, True])
def test_cancelled_between_the_layers_of_one_slice(back: bool) -> None:
    """Forward after the first layer, or on the way back after the last; nothing stays hooked."""
    model, cancel, ran = make_tiny("llama"), threading.Event(), list[str]()
    perturber = Perturber(model, [0, 5, 6], cancel=cancel)
    layers = list(model.network.base_model.layers)

    def spied(number: int) -> Callable[..., None]:
        def went_back(_: torch.Tensor) -> None:
            ran.append(f"back {number}")
            cancel.set()

        def went(_: Any, __: Any, output: torch.Tensor) -> None:
            ran.append(f"forward {number}")
            output.register_hook(went_back)
            if not back:
                cancel.set()

        return went

    handles = [layer.register_forward_hook(spied(i)) for i, layer in enumerate(layers)]
    differentiator = Differentiator(perturber, lambda p: p[:, 7])
    with pytest.raises(Cancelled):
        list(differentiator.gradients(2, lambda some: perturber.embeddings.repeat(2, 1, 1)))
    forward = [f"forward {i}" for i in range(len(layers))]
    assert len(layers) > 1
    assert ran == ([*forward, f"back {len(layers) - 1}"] if back else forward[:1])
    for handle in handles:
        handle.remove()
    assert not any(layer._forward_hooks for layer in layers)


@pytest.mark.parametrize("fault", [{"quantization": "4-bit"}, {"device": "cuda:0+cuda:1"}])
def test_where_gradients_cannot_be_counted_on_it_says_so(fault: dict[str, str]) -> None:
    model = make_tiny("llama")
    model.info = dataclasses.replace(model.info, **fault)
    with pytest.raises(NoiserError, match="No gradients can be counted on"):
        noiser.explain(model, PROMPT, Request(method="saliency"))


@pytest.mark.parametrize("method", GRADIENT)
@pytest.mark.parametrize("family", ["llama", "gemma2"])
def test_a_reward_is_explained_too(family: str, method: str) -> None:
    request = Request(method=method, **FEW[method])
    found = noiser.explain_reward(make_reward(family), PROMPT, " the sea", request)
    assert all(token.raw is not None for token in found.tokens)
    assert not any("certain" in warning.message for warning in found.warnings)


@pytest.mark.parametrize("method", GRADIENT)
@pytest.mark.parametrize("dtype", ["bfloat16", "float16"])
def test_short_formats_run_and_come_close(method: str, dtype: str) -> None:
    request = Request(method=method, target="id:7", reduction="l2", **FEW[method])
    exact = noiser.explain(tiny("llama"), PROMPT, request)
    short = noiser.explain(tiny("llama", dtype=dtype), PROMPT, request)
    ours = np.array([t.raw for t in short.tokens])
    expected = np.array([t.raw for t in exact.tokens])
    assert np.abs(ours - expected).max() < 0.25 * np.abs(expected).max()


def test_a_certain_prediction_is_told() -> None:
    model = make_tiny("llama")
    model.network.lm_head.weight.mul_(1000)
    told = [w.message for w in noiser.explain(model, PROMPT, Request(method="saliency")).warnings]
    assert any("all but certain" in message for message in told)


def test_no_gradient_at_all_is_told() -> None:
    model = make_tiny("llama")
    model.network.lm_head.weight.zero_()
    told = [w.message for w in noiser.explain(model, PROMPT, Request(method="saliency")).warnings]
    assert any("Every gradient is 0" in message for message in told)


def test_the_built_in_model_runs_them_all() -> None:
    for method in GRADIENT:
        request = Request(method, **FEW[method])
        found = noiser.explain(model_of("built-in"), "The capital of Italy is", request)
        assert all(token.raw is not None for token in found.tokens), method
        assert found.options["reduction"] in ("sum", "l2")
