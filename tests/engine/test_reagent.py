"""ReAGent: the published procedure, run plainly beside ours, and what it is drawn from."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from noiser.draws import FloatArray
from noiser.errors import WrongUse
from noiser.events import Event, SamplesRun
from noiser.explainer import explain
from noiser.methods.reagent import logit
from noiser.methods.stand_ins import StandIns, kind_of
from noiser.model.language_model import LanguageModel
from noiser.request import Request
from noiser.target import Objective
from tests.engine.cases import model_of
from tests.engine.stub import attributed, stub_task
from tests.tiny import make_reward, tiny

PROMPT = "Tabs, emoji and code live in text too; numbers like 1234"


def plainly(model: LanguageModel, ids: list[int], most: int, seed: int) -> tuple[FloatArray, int]:
    """Shares and probes that ended, by whole rows of ids and one probe's arithmetic at a time."""
    generator, stand_ins = np.random.RandomState(seed), StandIns(model)
    n = len(ids)

    def after(rows: list[list[int]]) -> torch.Tensor:
        with torch.inference_mode():
            return model.network(input_ids=torch.tensor(rows)).logits[:, -1].softmax(-1)

    def replaced(masks: list[list[bool]]) -> torch.Tensor:
        drawn = iter(stand_ins.draw(generator, [i for m in masks for i, x in zip(ids, m) if x]))  # noqa: B905
        return after([[int(next(drawn)) if x else i for i, x in zip(ids, m)] for m in masks])  # noqa: B905

    clean = after([ids])[0]
    target = int(clean.argmax())
    importance = [list(row) for row in generator.random_sample((16, n))]
    going, ended = list(range(16)), []
    for _ in range(most):
        masks = [[bool(x < 0.3) for x in row] for row in generator.random_sample((len(going), n))]
        for probe, mask, p in zip(going, masks, replaced(masks), strict=True):
            lost = float(clean[target] - p[target])
            step = float(torch.logit(torch.tensor(lost * 0.5 + 0.5, dtype=torch.float64)))
            for i in range(n):
                importance[probe][i] += step if mask[i] else -step
        kept = [sorted(range(n), key=lambda i: -importance[probe][i])[:5] for probe in going]
        ends = replaced([[i not in k for i in range(n)] for k in kept]).topk(3).indices == target
        ended += [probe for probe, end in zip(going, ends.any(dim=1), strict=True) if end]
        going = [probe for probe in going if probe not in ended]
        if not going:
            break
    scored = torch.tensor([importance[probe] for probe in ended or going], dtype=torch.float64)
    return np.asarray(scored.softmax(dim=1).mean(dim=0)), len(ended)


@pytest.mark.parametrize("model", ["qwen2", "llama+bos", "gpt2", "gemma2+bos"])
@pytest.mark.parametrize("most", [1, 6])
def test_the_procedure_run_plainly(model: str, most: int) -> None:
    loaded = model_of(model)
    prompt = loaded.read(PROMPT)
    assert len(prompt) >= 10, "five tokens can be kept"
    shares, ended = plainly(loaded, list(prompt.ids), most, seed=3)
    found = explain(loaded, PROMPT, Request(method="reagent", samples=most, seed=3))
    assert [token.raw for token in found.tokens] == pytest.approx(shares.tolist(), abs=1e-9)
    left = [w.message for w in found.warnings if "had not ended" in w.message]
    assert [message.split(" of ")[0] for message in left] == (
        [str(16 - ended)] if 0 < ended < 16 else []
    )


@pytest.mark.parametrize("at", [0, 4, 11])
def test_a_model_that_reads_one_token_ranks_it_first(at: int) -> None:
    for method in ("reagent", "lime", "occlusion"):
        found = attributed(stub_task(12, lambda same: 0.9 if at in same else 0.01, method=method))
        assert int(np.argmax(found.raw)) == at
        if method == "reagent":
            assert found.raw.sum() == pytest.approx(1.0)
            assert found.raw[at] > 2 / 12, "probes end before they know more"


def test_one_update_by_hand() -> None:
    """A loss of 0.8 moves an importance by ln((1 + 0.8) / (1 − 0.8)) = ln 9."""
    assert logit(np.array([0.8, 0.0, -0.8])) == pytest.approx([np.log(9), 0.0, -np.log(9)])
    assert np.isfinite(logit(np.array([1.0, -1.0]))).all()


def test_the_tokens_of_a_unit_are_replaced_together() -> None:
    members = {0: (0, 1, 2), 3: (3,), 4: (4, 5)}
    halves: list[frozenset[int]] = []

    def formula(same: frozenset[int]) -> float:
        halves.append(same)
        return 0.9 if 4 in same else 0.05

    found = attributed(stub_task(6, formula, members, method="reagent", samples=20))
    assert int(np.nanargmax(found.raw)) == 4
    assert all(
        len(same.intersection(unit)) in (0, len(unit))
        for same in halves
        for unit in members.values()
    )


def test_the_target_stays_probable() -> None:
    """Among three, or among as many as it was in the clean prompt; against a contrast, ahead of it."""
    clean = torch.tensor([0.1, 0.4, 0.3, 0.15, 0.05])
    rows = torch.tensor(
        [[0.2, 0.3, 0.25, 0.05, 0.2], [0.2, 0.3, 0.25, 0.21, 0.04], [0.1, 0.2, 0.3, 0.15, 0.25]]
    )
    assert Objective(1, None, 1, clean).among(rows, 3).tolist() == [True, True, True]
    assert Objective(1, None, 1, clean).among(rows, 2).tolist() == [True, True, False]
    assert Objective(0, None, 1, clean).among(rows, 3).tolist() == [True, True, False], (
        "fourth, as clean"
    )
    assert Objective(1, 2, 1, clean).among(rows, 3).tolist() == [True, True, False]


def test_it_says_when_it_is_not_to_be_believed() -> None:
    def told(formula: object, samples: int) -> list[str]:
        task = stub_task(12, formula, method="reagent", samples=samples)  # type: ignore[arg-type]
        return [warning.message for warning in attributed(task).warnings]

    nothing = told(lambda same: 0.9, 5)
    assert nothing == [
        "No token's share is surely above an even one, over 16 probes: the scores are noise."
    ]
    never = told(lambda same: 0.9 if len(same) == 12 else 0.001, 3)
    assert "In no probe did the 5 strongest tokens" in never[0]
    assert "within 3 updates" in never[0]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        *[("ĠRome", (True, "upper")), ("▁rome", (True, "lower")), ("ome", (False, "lower"))],
        *[("Ġ42", (True, "digits")), (",", (False, "other")), ("Ġ", (True, "other"))],
    ],
)
def test_kinds_of_tokens(name: str, kind: tuple[bool, str]) -> None:
    assert kind_of(name) == kind


def test_stand_ins_are_ordinary_tokens_of_the_same_kind() -> None:
    model = model_of("built-in")
    words = model.tokenizer
    ids = words("Rivers run to the sea, 12 times.")["input_ids"] * 200
    drawn = StandIns(model).draw(np.random.RandomState(1), ids).tolist()
    names, theirs = words.convert_ids_to_tokens(ids), words.convert_ids_to_tokens(drawn)
    assert [kind_of(a) for a in names] == [kind_of(a) for a in theirs]
    assert len(set(drawn)) > 300
    special = StandIns(model).draw(np.random.RandomState(1), [words.eos_token_id] * 2000)
    assert not set(special.tolist()) & {*words.all_special_ids, *words.added_tokens_decoder}


def test_progress_and_every_target() -> None:
    told: list[Event] = []
    request = Request(method="reagent", samples=4)
    found = explain(tiny("llama"), PROMPT, request, emit=told.append)
    runs = [event for event in told if isinstance(event, SamplesRun)]
    assert [event.done for event in runs] == list(range(1, len(runs) + 1))
    assert {event.total for event in runs} == {4}
    assert runs[-1].raw == {i: token.raw for i, token in enumerate(found.tokens)}
    for options in ({"target": "id:77"}, {"contrast": "id:77"}, {"target": " Paris mountains"}):
        one = explain(tiny("llama"), PROMPT, Request(method="reagent", samples=2, **options))
        assert sum(token.raw or 0.0 for token in one.tokens) == pytest.approx(1.0)


def test_a_reward_is_refused() -> None:
    with pytest.raises(WrongUse, match="explains predictions"):
        explain(make_reward("llama"), PROMPT, Request(method="reagent"))
