"""The models at hand: what each takes in each precision, where it fits, and which came last."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import save_file

import noiser
from noiser.model.available import AvailableModel
from noiser.model.info import ModelInfo
from noiser.model.memory import call_bytes
from noiser.model.shape import Shape, read_shape
from noiser.model.weights import BYTES, Weights, read_weights
from noiser_tui.workbench.engine import ModelsSurveyed, Place, SurveyModels
from noiser_tui.workbench.engine.context import Context, Held
from noiser_tui.workbench.engine.models import LIBRARIES, Needed, model_rows, needed_bytes
from noiser_tui.workbench.engine.recent import recent_models, remember_model
from tests.tiny import FAMILIES, save_tiny

ONE = AvailableModel("one", 20, Path("one"), "here")
TWO = AvailableModel("two", 30, Path("two"), "cache")
INFO = ModelInfo("two", "qwen2", 1_000_000_000, 4_000_000_000, "float32", "cuda:0", "sdpa", 1024)


def test_a_model_of_a_billion_parameters_by_hand() -> None:
    rows = model_rows([ONE, TWO], {"one": Weights(1_000_000_000, "bfloat16")}, recent=("two",))
    assert [row.name for row in rows] == ["one", "two"]
    one, two = rows
    assert one.needed["float32"] == Needed(4_000_000_000, 1_000_000_000, LIBRARIES)
    assert one.needed["float32"].total == 5_000_000_000 + LIBRARIES
    assert one.needed["bfloat16"] == one.needed["float16"] == Needed(2_000_000_000, 500_000_000)
    assert one.needed["8bit"].weights == 1_000_000_000
    assert one.needed["4bit"].weights == 562_500_000
    assert (one.recent, two.recent) == (None, 0)
    gpu, cpu = Place("cuda:0", 3e9), Place("cpu", 3e9)
    assert one.fits(gpu), "in the checkpoint's own precision"
    assert not one.fits(cpu), "which is float32 on a CPU"
    assert one.fits(cpu, "bfloat16")
    assert two.fits(gpu) is None
    assert two.needed == {}


def test_what_is_loaded_fits_as_it_is_and_gives_its_room_to_the_next() -> None:
    weights = {"two": Weights(INFO.parameters, "float32")}
    one, two = model_rows([ONE, TWO], weights, INFO)
    assert (one.loaded, two.loaded) == (None, INFO)
    full = Place("cuda:0", 1e9)
    assert two.fits(full, "float32"), "it is there"
    assert not two.fits(full, "float64")
    assert not two.fits(replace(full, device="cuda:1"), "float32")
    assert two.fits(replace(full, given_back=9.2e9), "float64")
    elsewhere = replace(INFO, name="./folder")
    assert [row.name for row in model_rows([ONE], {}, elsewhere)] == ["./folder", "one"]


def test_what_a_known_shape_takes_by_hand() -> None:
    shape = Shape(dim=8, inner=20, heads=4, kv_heads=2, width=2, vocabulary=100)
    (row,) = model_rows([ONE], {"one": Weights(5000, "bfloat16")}, shapes={"one": shape})
    position = 2 * 4 * (6 * 8 + 3 * 20 + 4 * 4 * 2 + 6 * 2 * 2)
    keys = 4 * 512 * (4 * 2 * 2 + 2 * 4 * 2)
    call = 10 * (512 * position + keys + 16 * 100)
    assert row.needed["float32"] == Needed(20_000, call)
    assert row.needed["8bit"].weights == (5000 - 1600) + 1600 * 2, "embeddings and head stay whole"
    tied = replace(shape, tied=True)
    (row,) = model_rows([ONE], {"one": Weights(5000, "float32")}, shapes={"one": tied})
    assert row.needed["8bit"].weights == (5000 - 800) + 800 * 4


@given(st.integers(1, 10**12), st.integers(1, 10**12))
def test_more_parameters_or_more_bytes_never_need_less(some: int, more: int) -> None:
    fewer, others = sorted((some, more))
    small, large = (needed_bytes(Weights(count, "float16")) for count in (fewer, others))
    for dtype, size in BYTES.items():
        assert small[dtype].total <= large[dtype].total
        assert small[dtype].total > fewer * size
    forms = ("4bit", "8bit", "float16", "float32", "float64")
    totals = [small[form].total for form in forms]
    assert totals == sorted(totals)


@pytest.mark.parametrize("family", FAMILIES)
def test_a_shape_is_read_from_config_json_as_the_loaded_model_has_it(
    family: str, tmp_path: Path
) -> None:
    model = noiser.load(str(save_tiny(tmp_path / family, family)), device="cpu")
    shape = read_shape(tmp_path / family)
    assert shape is not None
    assert shape.call_bytes(30, 4) == call_bytes(model, 30)
    assert shape.ends == 2 * model.dim * model.vocabulary


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"hidden_size": "x"}', '{"hidden_size": 8}'])
def test_a_config_of_no_use_has_no_shape(tmp_path: Path, text: str) -> None:
    (tmp_path / "config.json").write_text(text)
    assert read_shape(tmp_path) is None


def test_weights_are_counted_by_the_headers_of_the_files(tmp_path: Path) -> None:
    folder = save_tiny(tmp_path / "tiny")
    counted = read_weights(folder)
    loaded = noiser.load(str(folder), device="cpu")
    assert counted is not None
    assert counted.parameters == loaded.info.parameters
    parts = tmp_path / "parts"
    parts.mkdir()
    save_file({"a": torch.zeros(3, 5, dtype=torch.bfloat16)}, parts / "1.safetensors")
    save_file({"b": torch.zeros(7), "a": torch.zeros(3, 5)}, parts / "2.safetensors")
    assert read_weights(parts) == Weights(22, "bfloat16")


def test_a_hub_model_is_read_at_its_main_branch(tmp_path: Path) -> None:
    for commit, size in (("old", 3), ("new", 4)):
        (tmp_path / "snapshots" / commit).mkdir(parents=True)
        save_file({"a": torch.zeros(size)}, tmp_path / "snapshots" / commit / "m.safetensors")
    (tmp_path / "refs").mkdir()
    (tmp_path / "refs" / "main").write_text("old")
    assert read_weights(tmp_path) == Weights(3, "float32")


@pytest.mark.parametrize("content", [None, b"", b"garbage that is no header"])
def test_what_cannot_be_read_has_no_weights(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "model.safetensors").write_bytes(content)
    assert read_weights(tmp_path) is None


def test_a_survey_finds_the_built_in_one_and_recent_folders(tmp_path: Path) -> None:
    folder = str(save_tiny(tmp_path / "tiny"))
    posted: list[Any] = []
    job = SurveyModels((folder, str(tmp_path / "gone")))
    job.run(Context(3, threading.Event(), posted.append, Held()))
    (found,) = posted
    assert isinstance(found, ModelsSurveyed)
    assert [row.name for row in found.rows] == ["built-in", folder]
    built_in = found.rows[0]
    assert built_in.parameters == noiser.load("built-in", device="cpu").info.parameters
    assert built_in.stored == "bfloat16"
    assert found.rows[1].recent == 0
    assert found.places[-1].device == "cpu"
    assert found.places[-1].free > 0


def test_recent_models_are_kept_the_last_one_first(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    assert recent_models(folder) == ()
    for name in ("a", "b", "a", "ü/c"):
        kept = remember_model(name, folder)
    assert kept == recent_models(folder) == ("ü/c", "a", "b")
    for i in range(30):
        remember_model(str(i), folder)
    assert len(recent_models(folder)) == 20
    for text in ("{", json.dumps({"a": 1}), "[1, 2]"):
        (folder / "recent-models.json").write_text(text)
        assert recent_models(folder) == ()


def test_workbenches_that_remember_at_once_lose_nothing_of_each_other(tmp_path: Path) -> None:
    names = {f"model-{i}" for i in range(16)}
    with ThreadPoolExecutor(len(names)) as workbenches:
        list(workbenches.map(partial(remember_model, folder=tmp_path), names))
    assert set(recent_models(tmp_path)) == names
