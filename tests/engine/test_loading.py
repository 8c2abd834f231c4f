"""Checkpoints on disk: those that load, and the one sentence for those that do not."""

from __future__ import annotations

import importlib.util
import json
import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from transformers import (
    AutoModelForCausalLM,
    BertConfig,
    BertLMHeadModel,
    T5Config,
    T5ForConditionalGeneration,
)

from noiser.errors import NoiserError, WrongUse
from noiser.events import Event, ModelLoaded, ModelLoading
from noiser.explainer import explain
from noiser.model import loading
from noiser.model import options as options_
from noiser.model.available import available_models
from noiser.model.failures import explain_failure
from noiser.model.loading import load
from noiser.request import Request
from tests.tiny import CONTEXT, FAMILIES, make_network, make_tiny, save_tiny, tiny, tokenizer

WEIGHTS = "model.safetensors"


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny(tmp_path_factory.mktemp("checkpoints") / "good")


@pytest.fixture
def copied(good: Path, tmp_path: Path) -> Path:
    """A checkpoint of one's own to damage."""
    return Path(shutil.copytree(good, tmp_path / "copied"))


def configure(folder: Path, **changes: Any) -> None:
    path = folder / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def make_pickle(folder: Path, content: object = None) -> None:
    (folder / WEIGHTS).unlink()
    weights = content or make_network("qwen2", len(tokenizer(True))).state_dict()
    torch.save(weights, folder / "pytorch_model.bin")


def refusal(model: str | Path, **options: Any) -> str:
    with pytest.raises(NoiserError) as caught:
        load(str(model), **options)
    text = str(caught.value)
    assert "\n" not in text
    assert text.endswith(".")
    return text


@pytest.mark.parametrize("family", FAMILIES)
def test_a_checkpoint_of_each_family_loads_and_explains_as_the_model_it_came_from(
    family: str, tmp_path: Path
) -> None:
    told: list[Event] = []
    folder = str(save_tiny(tmp_path / family, family))
    model = load(folder, device="cpu", dtype="float64", emit=told.append)
    ours, theirs = explain(model, "Rivers run to"), explain(tiny(family), "Rivers run to")
    assert ours.alpha == theirs.alpha
    assert [t.score for t in ours.tokens] == pytest.approx([t.score for t in theirs.tokens])
    assert (model.info.family, model.info.context) == (family, CONTEXT)
    assert (model.info.dtype, model.info.device) == ("float64", "cpu")
    assert model.info.parameters == sum(p.numel() for p in model.network.parameters())
    assert model.info.bytes == 8 * model.info.parameters
    loading_, loaded = told
    assert loading_ == ModelLoading(folder)
    assert isinstance(loaded, ModelLoaded)
    assert loaded.info == model.info


def test_shards_load(tmp_path: Path) -> None:
    folder = save_tiny(tmp_path, max_shard_size="100KB")
    assert len(list(folder.glob("*.safetensors"))) > 1
    explain(load(str(folder)), "The capital", Request(draws=2))


@pytest.mark.parametrize("dtype", ["float32", "bfloat16", "float16", "float64"])
def test_every_dtype(good: Path, dtype: str) -> None:
    model = load(str(good), device="cpu", dtype=dtype)
    assert model.info.dtype == dtype
    explain(model, "The capital", Request(draws=2, steps=2))


def test_half_a_checkpoint_is_read_as_float32_on_the_cpu(tmp_path: Path) -> None:
    folder = tmp_path / "half"
    make_network("qwen2", len(tokenizer(True))).to(torch.bfloat16).save_pretrained(folder)
    tokenizer(True).save_pretrained(folder)
    assert load(str(folder), device="cpu").info.dtype == "float32"


Damage = Callable[[Path], object]


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (lambda f: (f / "config.json").unlink(), "holds no model: it has no config.json."),
        (lambda f: (f / "config.json").write_text("{"), "A JSON file of "),
        (lambda f: (f / "config.json").write_text("{}"), "is not a causal language model"),
        (lambda f: (f / "config.json").write_text("[]"), "is not a causal language model"),
        (lambda f: configure(f, model_type="strange"), "does not know."),
        (lambda f: configure(f, vocab_size=100), "other shapes than its config.json says."),
        (lambda f: configure(f, num_hidden_layers=3, layer_types=None), "lacks 12 of its weights"),
        (lambda f: (f / "tokenizer.json").write_text("{"), "A JSON file of "),
        (lambda f: [p.unlink() for p in f.glob("tok*")], "has no tokenizer."),
        (lambda f: (f / WEIGHTS).unlink(), "holds no weights, only the rest of a model."),
        (lambda f: (f / WEIGHTS).write_bytes(b""), "is corrupt or cut off"),
        (lambda f: (f / WEIGHTS).write_bytes(b"\xff" * 999), "is corrupt or cut off"),
        (lambda f: cut(f / WEIGHTS, 999), "is corrupt or cut off"),
        (lambda f: cut(f / WEIGHTS, -1), "is corrupt or cut off"),
    ],
)
def test_damaged_folders(copied: Path, damage: Damage, says: str) -> None:
    damage(copied)
    text = refusal(copied)
    assert says in text
    assert str(copied) in text


def cut(path: Path, size: int) -> None:
    path.write_bytes(path.read_bytes()[:size])


def test_a_pickle_checkpoint_is_refused_until_trusted(copied: Path) -> None:
    make_pickle(copied)
    text = refusal(copied)
    assert "has only a pickle checkpoint, which can run code" in text
    assert "allow it by the name pickle" in text
    model = load(str(copied), trust=("pickle",))
    explain(model, "The capital", Request(draws=2))


class Bomb:
    """Unpickling it writes a file."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.mark,)


@pytest.mark.parametrize("trust", [(), ("pickle",)])
def test_code_in_a_pickle_never_runs(copied: Path, tmp_path: Path, trust: tuple[str, ...]) -> None:
    make_pickle(copied, {"x": Bomb(tmp_path / "ran")})
    text = refusal(copied, trust=trust)
    assert "pickle" in text
    assert ("allow it" in text) == (not trust)
    assert not (tmp_path / "ran").exists()


def test_a_model_that_needs_code_of_its_own_is_refused_and_the_code_not_run(copied: Path) -> None:
    mark = copied / "ran"
    (copied / "code.py").write_text(f"open({str(mark)!r}, 'w')\n")
    auto = {"AutoConfig": "code.C", "AutoModelForCausalLM": "code.M"}
    configure(copied, model_type="strange", auto_map=auto)
    assert "needs code of its own" in refusal(copied)
    assert not mark.exists()


def test_a_known_family_with_code_beside_it_runs_without_that_code(copied: Path) -> None:
    mark = copied / "ran"
    (copied / "code.py").write_text(f"open({str(mark)!r}, 'w')\n")
    configure(copied, auto_map={"AutoConfig": "code.C", "AutoModelForCausalLM": "code.M"})
    load(str(copied))
    assert not mark.exists()


def test_models_that_do_not_predict_what_comes_next(tmp_path: Path) -> None:
    shape = {"vocab_size": 368, "hidden_size": 32, "num_hidden_layers": 1}
    bert = BertConfig(num_attention_heads=2, intermediate_size=32, is_decoder=True, **shape)
    model = BertLMHeadModel(bert)
    model.config.is_decoder = False
    model.save_pretrained(tmp_path / "bert")
    t5 = T5Config(vocab_size=368, d_model=32, d_kv=8, d_ff=32, num_layers=1, num_heads=2)
    T5ForConditionalGeneration(t5).save_pretrained(tmp_path / "t5")
    for name in ("bert", "t5"):
        tokenizer(True).save_pretrained(tmp_path / name)
        assert "causal language model" in refusal(tmp_path / name)


def test_a_token_without_an_embedding(copied: Path) -> None:
    """Some tokenizers bring tokens that the model has no row for."""
    path = copied / "tokenizer.json"
    data = json.loads(path.read_text())
    extra = {**data["added_tokens"][0], "id": 368, "content": "<extra>"}
    path.write_text(json.dumps(data | {"added_tokens": [*data["added_tokens"], extra]}))
    model = load(str(copied))
    explain(model, "The capital", Request(draws=1, bound="none"))
    with pytest.raises(NoiserError, match="no embedding for the token '<extra>'"):
        explain(model, "The <extra> capital")


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("{folder}/config.json", "is a file; give the folder that holds the model."),
        ("{folder}/absent", "There is no folder '"),
        ("./absent", "There is no folder './absent', and it is not a Hugging Face model id."),
        ("~/absent/model", "There is no folder '~/absent/model'"),
        ("{folder}/..", "holds no model: it has no config.json."),
        ("a b", "There is no folder 'a b', and it is not a Hugging Face model id."),
        ("-x-", "There is no folder '-x-', and it is not a Hugging Face model id."),
        ("", "The model's name is empty."),
        ("  ", "The model's name is empty."),
        ("never/seen", "never/seen is not on this machine and the hub cannot be reached"),
    ],
)
def test_names_that_are_no_model(good: Path, name: str, says: str) -> None:
    assert says in refusal(name.format(folder=good))


@pytest.mark.parametrize(
    ("device", "says"),
    [
        ("potato", "'potato' is no device: cpu, cuda, cuda:1 or mps are."),
        ("cuda:x", "'cuda:x' is no device"),
        ("cuda:99", "There is no device 'cuda:99': this machine has "),
        ("meta", "Models do not run on the device 'meta' here."),
    ],
)
def test_devices_that_are_not_there(good: Path, device: str, says: str) -> None:
    assert says in refusal(good, device=device)


@pytest.mark.parametrize("device", ["cuda", "mps", "xpu"])
def test_accelerators_that_this_machine_lacks(good: Path, device: str) -> None:
    if (
        getattr(torch, device).is_available()
        if device != "mps"
        else torch.backends.mps.is_available()
    ):
        pytest.skip(f"this machine has {device}")
    assert f"There is no device '{device}'" in refusal(good, device=device)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"dtype": "float23"}, "Unknown dtype 'float23'. Did you mean 'float32'?"),
        ({"load_in": "3bit"}, "Unknown way to load in '3bit'."),
        ({"trust": ("pickles",)}, "Unknown trust 'pickles'. Did you mean 'pickle'?"),
        ({"device": "cpu", "device_map": "auto"}, "The device cpu and the map auto both say"),
        ({"device_map": "autoo"}, "Unknown device map 'autoo'. Did you mean 'auto'?"),
        ({"device_map": "cuda:1"}, "Unknown device map 'cuda:1'. Known: auto, balanced, "),
    ],
)
def test_unknown_options_come_with_a_suggestion(options: dict[str, Any], says: str) -> None:
    with pytest.raises(WrongUse) as caught:
        load("never/looked-at", **options)
    assert says in str(caught.value)
    assert caught.value.change == tuple(options)


@pytest.mark.parametrize(
    ("options", "package"),
    [
        ({"load_in": "4bit"}, "bitsandbytes"),
        ({"load_in": "8bit"}, "bitsandbytes"),
        ({"device_map": "auto"}, "accelerate"),
    ],
)
def test_options_whose_package_is_absent(
    good: Path, options: dict[str, Any], package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = importlib.util.find_spec
    monkeypatch.setattr(
        options_.importlib.util,
        "find_spec",
        lambda name: None if name in ("bitsandbytes", "accelerate") else found(name),
    )
    assert f"needs {package}: pip install 'noiser[gpu]'." in refusal(good, **options)


def test_offloaded_weights_take_inputs_where_they_are_computed() -> None:
    """As accelerate leaves them: no numbers of their own, and a hook that knows the place."""
    model = make_tiny("qwen2")
    embedding = model.network.get_input_embeddings()
    embedding.to("meta")
    with pytest.raises(NoiserError, match="offloaded"):
        _ = model.device
    embedding._hf_hook = SimpleNamespace(execution_device="cpu")
    assert model.device == torch.device("cpu")
    assert loading.model_info("tiny", model.network).device == "cpu+offloaded"


def test_a_missing_built_in_model_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "model_folder", lambda: tmp_path)
    assert "The built-in model is missing" in refusal("built-in")


def test_memory_that_runs_out_while_loading() -> None:
    error = torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 GiB.")
    assert "does not fit in memory" in str(explain_failure(error, "big/model", "big/model"))


def test_a_failure_that_nobody_foresaw_is_still_one_sentence() -> None:
    error = ValueError("something odd!\nwith\nmany lines")
    text = str(explain_failure(error, "a/b", "a/b"))
    assert text == "a/b could not be loaded: ValueError: something odd."


def test_a_name_with_braces_is_only_a_name() -> None:
    error = MemoryError("out of memory")
    assert str(explain_failure(error, "{model.x}", "x")).startswith("{model.x} does not fit")


def test_the_built_in_model_is_listed_first() -> None:
    names = [model.name for model in available_models()]
    assert names[0] == "built-in"


def test_two_threads_do_not_load_at_once(good: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Transformers would be left patched, and no model's weights tied from then on."""
    real = AutoModelForCausalLM.from_pretrained
    inside: list[int] = []
    most = 0

    def watched(*arguments: Any, **options: Any) -> Any:
        nonlocal most
        inside.append(1)
        most = max(most, len(inside))
        time.sleep(0.05)
        try:
            return real(*arguments, **options)
        finally:
            inside.pop()

    monkeypatch.setattr(AutoModelForCausalLM, "from_pretrained", watched)
    threads = [threading.Thread(target=load, args=(str(good),)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (most, inside) == (1, [])
