"""The clean prompt in the call of the first changed rows: the same numbers, one call less."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
import torch

from noiser import Request, explain
from noiser.methods.replace import Replace
from noiser.metrics.measure import measure
from noiser.model.language_model import LanguageModel
from noiser.model.packed.body import PackedBody
from noiser.model.packed.packing import Packing
from noiser.perturb import Perturber
from tests.engine.test_packed import SHAPES, shaped
from tests.tiny import make_tiny, tiny

PROMPT = "The capital of Italy is Rome and the capital of France is"
FORWARD = {"float64": 1e-12, "float32": 2e-4}


@dataclass
class Rows:
    """The number of rows of every packed call; one of more than `most` finds no memory."""

    made: list[int]
    most: int = 10**9


@pytest.fixture
def rows(monkeypatch: pytest.MonkeyPatch) -> Rows:
    noted, run = Rows([]), PackedBody.logits

    def note(self: PackedBody, x: torch.Tensor, packing: Packing) -> torch.Tensor:
        noted.made.append(packing.rows)
        if packing.rows > noted.most:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return run(self, x, packing)

    monkeypatch.setattr(PackedBody, "logits", note)
    return noted


def changes_of(model: LanguageModel, ids: tuple[int, ...]) -> list[Replace]:
    return [Replace((i,), torch.zeros_like(model.embed(ids)[0])) for i in reversed(range(len(ids)))]


def by_itself(
    model: LanguageModel, ids: tuple[int, ...]
) -> tuple[torch.Tensor, list[torch.Tensor]]:
    """The distributions after the clean prompt and under each change, by the model's own forward."""
    clean = model.embed(ids)
    found = []
    for change in changes_of(model, ids):
        row = clean.clone()
        row[change.positions[0]] = 0
        found.append(model.read_out(model.next_logits(row.unsqueeze(0)))[0])
    return model.read_out(model.next_logits(clean.unsqueeze(0)))[0], found


@pytest.mark.parametrize("dtype", FORWARD)
@pytest.mark.parametrize("expected", [True, False])
@pytest.mark.parametrize("name", SHAPES)
def test_all_are_as_the_model_runs_them_whole(name: str, expected: bool, dtype: str) -> None:
    model = shaped(name, dtype)
    ids = model.read(PROMPT).ids
    clean, changed = by_itself(model, ids)
    perturber, changes = Perturber(model, ids), changes_of(model, ids)
    if expected:
        perturber.begin(changes)
    ((batch, found),) = perturber.probabilities(changes, 1)
    assert perturber.work.calls == 1
    assert perturber.work.token_forwards == len(ids) + sum(range(1, len(ids) + 1))
    assert (perturber.clean - clean).abs().max() < FORWARD[dtype]
    for i, row in zip(batch, found[:, 0], strict=True):
        assert (row - changed[i]).abs().max() < FORWARD[dtype]
    # and later rows start from the keys that the clean row left
    ((batch, again),) = perturber.probabilities(changes[:3], 2)
    for i, of_one in zip(batch, again, strict=True):
        assert (of_one - changed[i]).abs().max() < FORWARD[dtype]


def test_what_is_expected_is_run_once(rows: Rows) -> None:
    model = tiny("llama")
    assert model.packed_fault is None
    ids = model.read(PROMPT).ids
    rows.made.clear()
    perturber, changes = Perturber(model, ids), changes_of(model, ids)
    assert rows.made == []
    perturber.begin(changes)
    assert rows.made == [1 + len(ids)]
    list(perturber.probabilities(changes, 1))
    assert rows.made == [1 + len(ids)]
    list(perturber.probabilities(changes, 2))
    list(perturber.probabilities(changes_of(model, ids), 1))
    assert rows.made[1:] == [2 * len(ids), len(ids)], "other variants and other changes run"


@pytest.mark.parametrize("positions", [1, 40])
def test_where_both_do_not_fit_the_clean_row_runs_first(positions: int, rows: Rows) -> None:
    model = tiny("llama")
    ids = model.read(PROMPT).ids
    clean, changed = by_itself(model, ids)
    perturber = Perturber(model, ids, positions_per_batch=positions)
    changes = changes_of(model, ids)
    perturber.begin(changes)
    assert rows.made == [1]
    for batch, found in perturber.probabilities(changes, 1):
        for i, row in zip(batch, found[:, 0], strict=True):
            assert (row - changed[i]).abs().max() < 1e-4
    assert (perturber.clean - clean).abs().max() < 1e-4


@pytest.mark.parametrize("expected", [True, False])
def test_where_memory_runs_out_the_clean_row_runs_alone(expected: bool, rows: Rows) -> None:
    model = make_tiny("llama")  # its own: it remembers that memory ran out
    assert model.packed_fault is None
    ids = model.read(PROMPT).ids
    clean, changed = by_itself(model, ids)
    rows.made.clear()
    rows.most = 3
    perturber, changes = Perturber(model, ids), changes_of(model, ids)
    if expected:
        perturber.begin(changes)
    for batch, found in perturber.probabilities(changes, 1):
        for i, row in zip(batch, found[:, 0], strict=True):
            assert (row - changed[i]).abs().max() < 1e-4
    assert (perturber.clean - clean).abs().max() < 1e-4
    assert rows.made[:2] == [1 + len(ids), 1]


@pytest.mark.parametrize(("family", "calls"), [("llama", 1), ("gpt2", 2)])
def test_occlusion_is_one_call_where_rows_are_packed(family: str, calls: int) -> None:
    found = explain(tiny(family), PROMPT, Request(method="occlusion"))
    assert found.work.calls == calls


def test_units_that_are_looked_into_run_by_their_tokens() -> None:
    request = Request(method="occlusion", granularity="sentence", zoom=2)
    model, text = tiny("llama"), f"Rivers run to the sea. {PROMPT}"
    found = explain(model, text, request)
    alone = explain(model, text, request, positions_per_batch=1)
    raw, other = ([token.raw for token in one.tokens] for one in (found, alone))
    assert found.zoom is not None
    assert raw == pytest.approx(other, abs=1e-5)


def test_metrics_run_the_clean_prompt_with_the_first_rows(rows: Rows) -> None:
    model = tiny("llama")
    found = explain(model, PROMPT, Request(method="random"))
    rows.made.clear()
    measure(model, found, metrics=("soft",))
    assert rows.made[0] == 2, "all zeros, and the clean prompt"
    assert 1 not in rows.made
