"""Methods along a path: complete, as Inseq has them, and doubted where they are not."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import noiser
from noiser.errors import Cancelled, WrongUse
from noiser.events import Event, TokensScored
from noiser.methods import get_method
from noiser.methods.discretized import make_path
from noiser.methods.ends import make_ends
from noiser.methods.neighbours import monotonic
from noiser.request import Request
from tests.engine.cases import PROMPT
from tests.engine.inseqs import FAMILIES, inseq_scores, reduced, task_of, twin
from tests.tiny import make_tiny, tiny

STRAIGHT = ("integrated_gradients", "sequential_integrated_gradients", "gradient_shap")


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("method", STRAIGHT)
def test_numbers_are_inseqs(family: str, method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    seeded = np.random.RandomState(3)  # Captum draws from the global generator
    monkeypatch.setattr(np.random, "uniform", seeded.uniform)
    theirs = inseq_scores(twin(family), method, PROMPT)
    for how in ("sum", "l2"):
        task = task_of(twin(family), PROMPT, method=method, reduction=how, seed=3)
        ours = get_method(method).run(task).raw
        assert ours == pytest.approx(reduced(theirs, how), rel=1e-5, abs=1e-7)


@pytest.mark.parametrize("family", ["llama", "gemma", "gpt2"])
@pytest.mark.parametrize("target", [{}, {"contrast": "id:7"}, {"target": " Paris and Rome"}])
@pytest.mark.parametrize("baseline", ["auto", "mean"])
def test_integrated_gradients_sum_to_what_the_baseline_changes(
    family: str, target: dict[str, str], baseline: str
) -> None:
    request = Request("integrated_gradients", samples=400, baseline=baseline, **target)
    found = noiser.explain(tiny(family), PROMPT, request)
    assert found.options["completeness_gap"] < 1e-3
    assert found.options["baseline"] == {"auto": "eos", "mean": "mean"}[baseline]
    assert not any("should sum" in warning.message for warning in found.warnings)


def test_by_hand_the_sum_is_the_difference_to_the_baseline() -> None:
    task = task_of(tiny("gpt2"), PROMPT, method="integrated_gradients")
    row = tiny("gpt2").embed([1]).expand(len(task.prompt), -1)
    there = task.objective.value(tiny("gpt2").readings(row.unsqueeze(0)))
    here = task.objective.value(task.perturber.clean)
    assert get_method("integrated_gradients").run(task).raw.sum() == pytest.approx(
        float(here - there[0]), rel=1e-6
    )


@pytest.mark.parametrize("family", ["gpt2", "gemma"])
def test_a_tokens_own_path_takes_what_occlusion_takes(family: str) -> None:
    request = Request("sequential_integrated_gradients", samples=100)
    paths = noiser.explain(tiny(family), PROMPT, request)
    occluded = noiser.explain(tiny(family), PROMPT, Request("occlusion", baseline="eos"))
    assert [t.raw for t in paths.tokens] == pytest.approx(
        [t.raw for t in occluded.tokens], rel=1e-3, abs=1e-5
    )


def test_too_few_points_are_told() -> None:
    request = Request("integrated_gradients", samples=1, baseline="zero")
    found = noiser.explain(tiny("llama"), PROMPT, request)
    (warning,) = [w.message for w in found.warnings if "should sum" in w.message]
    assert "More samples come closer (now 1" in warning
    assert found.options["completeness_gap"] > 0.05


def test_a_baseline_that_changes_nothing_is_told() -> None:
    model = make_tiny("gpt2")
    model.network.transformer.wte.weight[:] = model.network.transformer.wte.weight[1].clone()
    found = noiser.explain(model, PROMPT, Request("integrated_gradients"))
    assert any("nothing to attribute" in warning.message for warning in found.warnings)


def test_tokens_left_out_and_the_end_of_a_text_stay_as_they_are() -> None:
    task = task_of(tiny("llama"), "Tabs</s> live", method="integrated_gradients")
    ends = make_ends(task)
    kept = [i for i in range(len(task.prompt)) if torch.equal(ends.start[i], ends.end[i])]
    assert kept == [i for i, token in enumerate(task.prompt.tokens) if token.id == 1] != []
    found = noiser.explain(
        tiny("llama"), PROMPT, Request("integrated_gradients", specials="exclude")
    )
    assert found.tokens[0].raw is None
    assert found.options["completeness_gap"] < 0.01


def test_the_draws_of_gradient_shap_hang_on_the_seed_alone() -> None:
    raw = [
        [
            t.raw
            for t in noiser.explain(tiny("llama"), PROMPT, Request("gradient_shap", seed=s)).tokens
        ]
        for s in (1, 1, 2)
    ]
    assert raw[0] == raw[1] != raw[2]


def test_more_points_than_a_quadrature_has_are_refused() -> None:
    with pytest.raises(WrongUse, match="1,000 points at most"):
        noiser.explain(tiny("llama"), PROMPT, Request("integrated_gradients", samples=1001))
    request = Request("discretized_integrated_gradients", samples=1)
    with pytest.raises(WrongUse, match="2 points at least"):
        noiser.explain(tiny("llama"), PROMPT, request)


def test_a_cancelled_run_keeps_the_tokens_whose_paths_are_done() -> None:
    cancel = threading.Event()

    def listen(event: Event) -> None:
        if isinstance(event, TokensScored) and event.done == 3:
            cancel.set()

    request = Request("sequential_integrated_gradients", samples=2)
    with pytest.raises(Cancelled) as caught:
        noiser.explain(tiny("llama"), PROMPT, request, cancel=cancel, emit=listen)
    assert caught.value.partial is not None
    scored = [token.raw is not None for token in caught.value.partial.tokens]
    assert scored == [True] * 3 + [False] * (len(scored) - 3)


@pytest.mark.parametrize("family", ["llama", "gpt2"])
def test_the_path_over_words_is_inseqs(family: str) -> None:
    """Its own builder over a graph of neighbours found by sorting all distances."""
    from inseq.attr.feat.ops import DiscretetizedIntegratedGradients, MonotonicPathBuilder

    model, points = tiny(family), 12
    task = task_of(model, PROMPT, method="discretized_integrated_gradients", samples=points)
    vectors = model.embed(range(len(model.tokenizer))).clone()
    builder = MonotonicPathBuilder(vectors, _Graph(vectors), [0, 1])
    paths = [
        builder.build_monotonic_path_embedding(builder.find_path(id_, 1, points), 1, points)
        for id_ in task.prompt.ids
    ]
    theirs = torch.stack(paths, dim=1)
    ours = make_path(task, make_ends(task), points)
    assert torch.allclose(ours, theirs, rtol=0, atol=1e-12)

    def value(rows: torch.Tensor) -> torch.Tensor:
        return task.objective.value(model.readings(rows))

    method = DiscretetizedIntegratedGradients(value)
    (expected,) = method._attribute((theirs.clone().requires_grad_(),), n_steps=points)
    found = get_method("discretized_integrated_gradients").run(task)
    assert found.raw == pytest.approx(expected[0].sum(-1).detach().numpy(), rel=1e-5, abs=1e-9)


class _Graph:
    """What Inseq asks of a scikit-learn graph: the columns of a row."""

    def __init__(self, vectors: torch.Tensor) -> None:
        distances = (vectors[:, None] - vectors[None]).norm(dim=-1).fill_diagonal_(torch.inf)
        self._near = distances.argsort(dim=1)[:, :50].tolist()

    def __getitem__(self, word: int) -> Any:
        return SimpleNamespace(tocoo=lambda: SimpleNamespace(col=self._near[word]))


def test_a_path_over_words_begins_at_any_baseline_and_ends_at_the_prompt() -> None:
    for baseline in ("zero", "mean", "eos"):
        task = task_of(
            tiny("gemma"), PROMPT, method="discretized_integrated_gradients", baseline=baseline
        )
        ends = make_ends(task)
        path = make_path(task, ends, 8)
        assert torch.equal(path[0], ends.start)
        assert torch.equal(path[-1], ends.end)
        steps, way = path.diff(dim=0), (ends.end - ends.start).sign()
        assert (steps * way >= -1e-15).all(), "never away from the prompt"


def test_the_mean_embedding_is_that_of_every_id_and_is_made_once() -> None:
    model, asked = make_tiny("gemma"), list[int]()
    ids, embed = range(model.network.get_input_embeddings().weight.shape[0]), model.embed

    def counted(some: Sequence[int]) -> torch.Tensor:
        asked.append(len(some))
        return embed(some)

    model.embed = counted  # type: ignore[method-assign]
    for _ in range(2):
        noiser.explain(model, PROMPT, Request(method="occlusion", baseline="mean"))
    assert sum(count == len(ids) for count in asked) == 1
    assert torch.allclose(model.mean_embedding, embed(ids).mean(dim=0))


NUMBERS = st.lists(st.floats(-5, 5), min_size=3, max_size=3)


@given(NUMBERS, NUMBERS, NUMBERS, st.integers(2, 60))
def test_a_point_lies_between_its_neighbour_and_the_baseline(
    anchor: list[float], baseline: list[float], here: list[float], points: int
) -> None:
    a, b, h = (torch.tensor(one, dtype=torch.float64) for one in (anchor, baseline, here))
    made = monotonic(a, b, h, points)
    assert (made >= torch.minimum(b, h) - 1e-12).all()
    assert (made <= torch.maximum(b, h) + 1e-12).all()
    inside = (torch.minimum(b, h) <= a) & (a <= torch.maximum(b, h))
    assert torch.equal(made[inside], a[inside]), "a word that lies there is not moved"


def test_a_path_over_words_that_is_cancelled_takes_no_further_step(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cancel, steps = threading.Event(), []

    def stop_at_third(*given: Any) -> torch.Tensor:
        steps.append(1)
        if len(steps) == 3:
            cancel.set()
        return monotonic(*given)

    monkeypatch.setattr("noiser.methods.neighbours.monotonic", stop_at_third)
    request = Request("discretized_integrated_gradients", samples=20)
    with pytest.raises(Cancelled):
        noiser.explain(tiny("qwen2"), PROMPT, request, cancel=cancel)
    assert len(steps) == 3
