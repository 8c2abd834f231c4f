"""The memory a call may take: what the user names, what the device has, what was measured."""

from __future__ import annotations

import math
import os
from pathlib import Path
from typing import Any

import pytest
import torch

from noiser import perturb
from noiser.call_budget import call_budget
from noiser.errors import WrongUse
from noiser.explainer import explain
from noiser.model import heap
from noiser.model.language_model import LanguageModel
from noiser.model.memory import free_bytes, memory_budget
from noiser.model.packed.body import PackedBody
from noiser.model.packed.packing import Packing
from noiser.model.speed import FEWEST, MOST, Speed, measure, worthwhile_positions
from noiser.request import Request
from tests.tiny import make_tiny, tiny

CPU = torch.device("cpu")
PROMPT = "Rivers run to the sea and mountains stay where they are"


def test_a_share_is_a_power_of_two_within_what_is_free() -> None:
    budget = memory_budget(CPU, "50%")
    assert 0 < budget <= 0.5 * free_bytes(CPU) * 1.5  # what is free moves meanwhile
    assert budget == 2 ** (int(budget).bit_length() - 1)


def test_a_size_is_taken_as_it_is() -> None:
    assert memory_budget(CPU, "300MB") == 3e8


def test_how_much_is_free_is_asked_once_for_a_prompt(monkeypatch: pytest.MonkeyPatch) -> None:
    model, asked = tiny("llama"), list[str | None]()
    real = perturb.memory_budget
    monkeypatch.setattr(
        perturb,
        "memory_budget",
        lambda device, memory: (asked.append(memory), real(device, memory))[1],
    )
    explain(model, PROMPT, Request(bound="none"), memory="7%")
    assert asked == ["7%"]


def test_a_small_budget_makes_small_calls_and_the_same_numbers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    model = make_tiny("llama")
    sizes: list[int] = []
    run = PackedBody.logits

    def noted(self: PackedBody, x: torch.Tensor, packing: Packing) -> torch.Tensor:
        sizes.append(len(packing))
        return run(self, x, packing)

    monkeypatch.setattr(PackedBody, "logits", noted)
    request = Request(bound="none")
    whole = explain(model, PROMPT, request)
    largest = max(sizes)
    sizes.clear()
    small = explain(model, PROMPT, request, memory="300KB")
    budget = call_budget(model, len(whole.tokens), None, 300e3)
    assert max(sizes) < largest
    assert max(sizes) * budget.position_bytes <= 300e3
    assert [t.raw for t in small.tokens] == pytest.approx([t.raw for t in whole.tokens], abs=1e-12)


def test_what_was_measured_scales_the_budget_of_prompts_to_come(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As on a GPU that counts three times what the shapes say."""
    model = make_tiny("llama")
    expected = call_budget(model, 10, None, 1e9)

    class Counted:
        def __init__(self, device: torch.device) -> None:
            self.bytes: float | None = None

        def __enter__(self) -> Counted:
            return self

        def __exit__(self, *of: object) -> None:
            self.bytes = 3 * 1e6

    monkeypatch.setattr(perturb, "PeakMemory", Counted)
    explain(model, PROMPT, Request(bound="none"))
    size, factor = model.measured_bytes
    assert factor == pytest.approx(3e6 / size)
    after = call_budget(model, 10, None, 1e9)
    assert after.position_bytes == pytest.approx(factor * expected.position_bytes)
    assert after.row_bytes == pytest.approx(factor * expected.row_bytes)
    explain(model, PROMPT, Request(bound="none"))
    assert model.measured_bytes == (size, factor), "the same calls again are no larger"
    explain(model, PROMPT + " " + PROMPT, Request(bound="none"))
    larger, anew = model.measured_bytes
    assert larger > size
    assert anew == pytest.approx(3e6 / larger), "against the shapes, not against what was scaled"


@pytest.mark.parametrize(
    ("speed", "expected"),
    [
        (Speed(0.0, 1e-5), FEWEST),
        (Speed(1.0, 1e-9), MOST),
        (Speed(8e-3, 1e-5), 32768),  # 40,000 positions make the call 2%
    ],
)
def test_positions_of_a_call_that_is_worth_itself(speed: Speed, expected: int) -> None:
    assert worthwhile_positions(speed) == expected


@pytest.mark.parametrize("family", ["llama", "gpt2"])
def test_the_speed_is_that_of_calls_that_were_made(family: str) -> None:
    model = tiny(family)
    speed = measure(model, model.embed(model.read(PROMPT).ids))
    assert speed.call >= 0
    assert speed.position >= 0
    assert speed.seconds(1, 1000) > 0


@pytest.mark.parametrize("text", ["", "0", "0%", "101%", "2XB", "much", "-1GB"])
def test_what_is_no_budget_is_told(text: str) -> None:
    with pytest.raises(WrongUse, match="memory"):
        explain(tiny("llama"), PROMPT, memory=text)


def test_every_distribution_of_a_row_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer of several tokens has one after each of them, and those are what is large."""
    model = make_tiny("llama")
    made: list[torch.Size] = []
    run = LanguageModel.next_logits

    def noted(rows: torch.Tensor, before: Any = None, reads: int = 1) -> torch.Tensor:
        logits = run(model, rows, before, reads)
        made.append(logits.shape)
        return logits

    monkeypatch.setattr(model, "next_logits", noted)
    request = Request(bound="none", target=" the capital of Italy is Rome.")
    explain(model, PROMPT, request, memory="2MB")
    several = [shape for shape in made if len(shape) == 3]
    assert max(shape[0] for shape in several) > 1
    assert max(16 * math.prod(shape) for shape in several) <= 2e6


def test_what_the_c_library_holds_is_given_back() -> None:
    """Blocks below its threshold stay in its heap when they are freed, under one that is not."""
    library = heap._glibc()
    if library is None:
        pytest.skip("no glibc")
    heap.give_freed(0)
    blocks = [bytes([i % 256]) * 100_000 for i in range(1000)]
    del blocks[:-1]
    before = resident()
    heap.give_freed(1e12)
    assert before - resident() < 20e6, "less is held than may be"
    heap.give_freed(50e6)
    assert before - resident() > 50e6


def resident() -> int:
    """The bytes of this process that are in memory."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")
