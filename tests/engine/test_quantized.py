"""Quantized models: what is known of them, and that they are computed where bitsandbytes is there."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import noiser
from noiser.errors import NoiserError
from noiser.export import wording
from noiser.model.failures import explain_failure
from noiser.model.loading import load
from noiser.model.quantized import counted, quantized_as
from tests.tiny import make_network, tiny, tokenizer


@pytest.mark.parametrize(
    ("stored", "known"),
    [
        (None, None),
        ({"quant_method": "bitsandbytes", "load_in_4bit": True}, "4bit"),
        ({"quant_method": "bitsandbytes", "_load_in_8bit": True, "load_in_4bit": False}, "8bit"),
        ({"quant_method": "gptq", "bits": 4}, "gptq"),
        ({"quant_method": SimpleNamespace(value="fp8")}, "fp8"),
        ({}, None),
    ],
)
def test_how_a_checkpoint_is_quantized_stands_in_its_config(stored: Any, known: str | None) -> None:
    assert quantized_as(SimpleNamespace(quantization_config=stored)) == known
    as_object = stored and SimpleNamespace(to_dict=lambda: stored)
    assert quantized_as(SimpleNamespace(quantization_config=as_object)) == known


def test_a_model_that_is_not_quantized_is_counted_as_it_lies_there() -> None:
    network = tiny("qwen2", dtype="float32").network
    numbers = sum(one.numel() for one in network.parameters())
    assert counted(network) == (numbers, 4 * numbers)


def test_widths_that_cannot_be_computed_in_four_bits_are_said() -> None:
    error = AssertionError("N must be divisible by block_n")
    assert str(explain_failure(error, "mine", "/nowhere")).startswith(
        "mine cannot be computed in 4bit on the CPU: "
    )


def saved(folder: Path, width: int) -> str:
    words = tokenizer(True)
    network = make_network("llama", len(words), hidden_size=256, intermediate_size=width)
    network.save_pretrained(folder)
    words.save_pretrained(folder)
    return str(folder)


@pytest.mark.parametrize("load_in", ["4bit", "8bit"])
def test_it_is_explained_as_loaded_and_as_stored(tmp_path: Path, load_in: str) -> None:
    pytest.importorskip("bitsandbytes")
    plain = load(saved(tmp_path / "plain", 512), device="cpu")
    model = load(str(tmp_path / "plain"), device="cpu", load_in=load_in)
    model.network.save_pretrained(tmp_path / "stored")
    model.tokenizer.save_pretrained(tmp_path / "stored")
    stored = load(str(tmp_path / "stored"), device="cpu")
    for one in (model, stored):
        assert one.info.quantization == load_in
        assert one.info.parameters == plain.info.parameters
        assert one.info.bytes < plain.info.bytes / 2
        found = noiser.explain(one, "The capital of France is")
        assert found.alpha is not None
        assert f"cpu {one.info.dtype}, weights in {load_in} ·" in wording.settings(found)
        assert noiser.explain(one, "The capital", noiser.Request(method="occlusion")).tokens
        with pytest.raises(NoiserError, match=f"is quantized \\({load_in}\\)"):
            noiser.explain(one, "The capital", noiser.Request(method="saliency"))


def test_shapes_are_tried_when_it_is_loaded(tmp_path: Path) -> None:
    pytest.importorskip("bitsandbytes")
    folder = saved(tmp_path, 520)
    loaded = refused = ""
    try:
        loaded = load(folder, device="cpu", load_in="4bit").info.quantization or ""
    except NoiserError as error:  # where the CPU has the instructions that take only some widths
        refused = str(error)
    assert loaded == "4bit" or "cannot be computed in 4bit on the CPU" in refused
