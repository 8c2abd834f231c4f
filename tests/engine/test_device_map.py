"""One model spread over places, as far as a machine without a GPU has places: memory and disk."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from noiser.explainer import explain
from noiser.model import options
from noiser.model.loading import load
from noiser.model.options import DEVICE_MAPS, DeviceMap
from noiser.request import Request
from tests.tiny import make_network, save_tiny, tokenizer

pytest.importorskip("accelerate", reason="in the extras gpu and test")
PROMPT = "Rivers run to the sea and"
HERE = dict.fromkeys(
    ("model.embed_tokens", "model.layers", "model.norm", "model.rotary_emb", "lm_head"), "cpu"
)
LAYERS = {"model.layers.0": "cpu", "model.layers.1": "disk"}
SPREAD = {
    "a layer": {**{k: v for k, v in HERE.items() if k != "model.layers"}, **LAYERS},
    "embeddings and head": {**HERE, "model.embed_tokens": "disk", "lm_head": "disk"},
    "everything": {"": "disk"},
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(save_tiny(tmp_path_factory.mktemp("mapped")))


@pytest.mark.parametrize(
    "device_map", [*DEVICE_MAPS, *SPREAD.values()], ids=[*DEVICE_MAPS, *SPREAD]
)
def test_a_spread_model_gives_what_the_whole_one_gives(
    folder: str, device_map: DeviceMap, capfd: pytest.CaptureFixture[str]
) -> None:
    model = load(folder, device_map=device_map)
    assert model.device == torch.device("cpu"), "where inputs go, also where weights are not"
    offloaded = "offloaded" in model.info.device
    assert offloaded is not isinstance(device_map, str)
    assert model.info.dtype == "float32"
    assert model.info.parameters == load(folder, device="cpu").info.parameters
    assert model.prefix_fault is None, "a prefix is as good with weights that come and go"
    ours, whole = explain(model, PROMPT), explain(load(folder, device="cpu"), PROMPT)
    assert ours.alpha == whole.alpha
    # weights that come and go run through the model's own forward, which rounds in another order
    expected = [
        token.raw if not offloaded else pytest.approx(token.raw, abs=1e-6) for token in whole.tokens
    ]
    assert [token.raw for token in ours.tokens] == expected
    assert [token.scale for token in ours.tokens] == [token.scale for token in whole.tokens]
    fast = explain(model, PROMPT, Request(search="fast"))
    assert fast.alpha == whole.alpha
    assert "offloaded to" not in capfd.readouterr().err, "no library speaks on stderr"


@pytest.mark.parametrize("gpu", [False, True])
def test_half_a_checkpoint_stays_so_only_where_there_is_a_gpu(
    tmp_path: Path, gpu: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_network("qwen2", len(tokenizer(True))).to(torch.bfloat16).save_pretrained(tmp_path)
    tokenizer(True).save_pretrained(tmp_path)
    monkeypatch.setattr(torch.accelerator, "is_available", lambda: gpu)
    dtype = options.chosen_dtype("auto", None)
    assert dtype == ("auto" if gpu else torch.float32)
    monkeypatch.undo()
    if not torch.accelerator.is_available():
        assert load(str(tmp_path), device_map="auto").info.dtype == "float32"
