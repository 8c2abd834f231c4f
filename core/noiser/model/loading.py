"""Loading a causal language model from the built-in folder, a folder or the Hugging Face hub."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Collection
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from noiser.beside import unless_cancelled
from noiser.builtin import MODEL_NAME, model_folder
from noiser.errors import NoiserError, WrongUse
from noiser.events import Emit, ModelLoaded, ModelLoading, ignore
from noiser.model.failures import explain_failure
from noiser.model.fetching import fetch_weights
from noiser.model.hub import Place, locate
from noiser.model.info import ModelInfo
from noiser.model.options import (
    LOAD_INS,
    DeviceMap,
    check_options,
    chosen_device,
    chosen_dtype,
    quantization,
)
from noiser.model.quantized import counted, quantized_as, try_out
from noiser.model.stopping import check, stoppable

if TYPE_CHECKING:
    from noiser.model.language_model import LanguageModel

_ONE_AT_A_TIME = threading.Lock()
"""transformers patches its own classes while it loads, and two threads would leave them patched."""


def load(
    model: str = MODEL_NAME,
    *,
    device: str = "auto",
    dtype: str = "auto",
    device_map: DeviceMap | None = None,
    load_in: str | None = None,
    revision: str | None = None,
    trust: Collection[str] = (),
    cancel: threading.Event | None = None,
    emit: Emit = ignore,
) -> LanguageModel:
    """Load a causal language model by hub id or folder; `built-in` is the one shipped here.

    A checkpoint with a sequence-classification head of one output is loaded as a reward model.

    `device`: auto, cpu, cuda, cuda:1, mps; `device_map` spreads one model over devices instead, and
    memory where they are full: auto, balanced, balanced_low_0 or sequential, or a place for each
    module by name. `dtype`: auto is the checkpoint's on a GPU and float32 on the CPU. `load_in`: 4bit
    or 8bit (needs bitsandbytes). `trust` names what is refused otherwise: `pickle` checkpoints,
    `remote-code`. Raises WrongUse or NoiserError with one clear sentence, NotTrusted where a `trust`
    would do; setting `cancel` raises Cancelled before the next part or weight is read, and at once while
    the hub is asked or sends.
    """
    check_options(device, dtype, load_in, trust, device_map)
    emit(ModelLoading(model))
    started = time.perf_counter()
    source = _source(model)
    # torch comes here and not above: 2 s that wrong options should not wait for
    from noiser.model.language_model import LanguageModel
    from noiser.model.reward_model import RewardModel, is_reward, reward_fault

    check(cancel)
    place = chosen_device(device) if device_map is None else None
    options: dict[str, Any] = {"trust_remote_code": "remote-code" in trust}
    _quiet_transformers()
    from transformers import (
        AutoConfig,
        AutoModelForCausalLM,
        AutoModelForSequenceClassification,
        AutoTokenizer,
    )

    try:
        at = Place(None, only_cached=True)
        if not Path(source).is_dir():
            at = unless_cancelled(partial(locate, source, revision), "hub", cancel)
        options |= {"revision": revision, "local_files_only": at.only_cached}
        read = partial(AutoConfig.from_pretrained, source, **options)
        config = unless_cancelled(read, "hub", cancel)
        _check_causal(config, model)
        read = partial(AutoTokenizer.from_pretrained, source, **options)
        tokenizer = unless_cancelled(read, "hub", cancel)
        _check_tokenizer(tokenizer, model)
        if not at.only_cached:
            fetch_weights(
                source, at.commit or revision, pickle="pickle" in trust, cancel=cancel, emit=emit
            )
        with _ONE_AT_A_TIME, stoppable(cancel):
            check(cancel)
            rewards = is_reward(config)
            stored = quantized_as(config)
            by_bits = load_in or (stored if stored in LOAD_INS else None)
            kind = AutoModelForSequenceClassification if rewards else AutoModelForCausalLM
            network, report = kind.from_pretrained(
                source,
                config=config,
                dtype=chosen_dtype(dtype, place),
                use_safetensors=None if "pickle" in trust else True,
                device_map=device_map or (place if by_bits else None),
                quantization_config=quantization(load_in),
                output_loading_info=True,
                **options,
            )
        _check_complete(report, model)
        if rewards and (fault := reward_fault(network)) is not None:
            raise NoiserError(f"{model} is no reward model: {fault}.")
        check(cancel)
        if place is not None and not by_bits:
            network = network.to(place)
        if by_bits:
            try_out(network)
    except NoiserError:
        raise
    except (
        Exception
    ) as error:  # every failure of three libraries and a network ends as one sentence
        raise explain_failure(error, model, source) from error
    info = replace(model_info(model, network, at.commit), rewards=rewards)
    loaded = (RewardModel if rewards else LanguageModel)(network, tokenizer, info)
    if loaded.dim < 2:
        raise NoiserError(
            f"{model} has embeddings of {loaded.dim} dimension: nothing to put noise on."
        )
    check(cancel)
    emit(ModelLoaded(loaded.info, time.perf_counter() - started))
    return loaded


def _source(model: str) -> str:
    """Where transformers finds `model`: the built-in folder, a local folder, or the hub id itself."""
    if model == MODEL_NAME:
        if not (model_folder() / "config.json").is_file():
            raise NoiserError("The built-in model is missing: install noiser again.")
        return str(model_folder())
    if not model.strip():
        raise WrongUse("The model's name is empty.")
    path = Path(model).expanduser()
    if path.is_dir():
        if not (path / "config.json").is_file():
            raise NoiserError(f"The folder {path} holds no model: it has no config.json.")
        return str(path)
    if path.is_file():
        raise NoiserError(f"{path} is a file; give the folder that holds the model.")
    if model.startswith((".", "/", "~")) or model.count("/") > 1:
        raise NoiserError(f"There is no folder {model!r}, and it is not a Hugging Face model id.")
    return model


def _check_causal(config: Any, model: str) -> None:
    """Refuse encoders: transformers would load them, and let every token see those after it."""
    from transformers.models.auto.modeling_auto import MODEL_FOR_MASKED_LM_MAPPING_NAMES

    masked = config.model_type in MODEL_FOR_MASKED_LM_MAPPING_NAMES
    if masked and not getattr(config, "is_decoder", False) and not config.is_encoder_decoder:
        raise NoiserError(
            f"{model} is no causal language model: {config.model_type} fills gaps, it does not "
            "predict what comes next."
        )


def _check_tokenizer(tokenizer: Any, model: str) -> None:
    """Refuse an empty tokenizer, which transformers makes up where a model has no tokenizer files."""
    if not tokenizer("a b", add_special_tokens=False)["input_ids"]:
        raise NoiserError(f"{model} has no tokenizer.")


def _check_complete(report: dict[str, Any], model: str) -> None:
    """Refuse a checkpoint with weights missing: transformers would make them up at random."""
    missing = sorted(report["missing_keys"])
    if missing:
        raise NoiserError(
            f"The checkpoint of {model} lacks {len(missing)} of its weights, {missing[0]} first."
        )


def _quiet_transformers() -> None:
    """Keep its progress bars and advice off the screen; what matters reaches the user as ours.

    Nor may it ask a service at the hub to convert a pickle checkpoint, which it does unasked.
    """
    os.environ.setdefault("DISABLE_SAFETENSORS_CONVERSION", "1")
    from transformers.utils import logging as theirs

    theirs.set_verbosity_error()
    theirs.disable_progress_bar()
    # accelerate tells what it offloads, as ModelInfo does; bitsandbytes each layer that rounds
    for name in ("huggingface_hub", "accelerate", "bitsandbytes"):
        logging.getLogger(name).setLevel(logging.ERROR)


def model_info(name: str, network: Any, commit: str | None = None) -> ModelInfo:
    """What a loaded network is, under the `name` it was loaded by."""
    config = network.config.get_text_config()
    tensors = list(network.parameters())
    devices = sorted({"offloaded" if t.is_meta else str(t.device) for t in tensors})
    parameters, size = counted(network)
    return ModelInfo(
        name=name,
        family=str(config.model_type),
        parameters=parameters,
        bytes=size,
        dtype=str(network.dtype).removeprefix("torch."),
        device="+".join(devices),
        attention=str(getattr(config, "_attn_implementation", "unknown")),
        context=getattr(config, "max_position_embeddings", None),
        revision=commit,
        quantization=quantized_as(network.config),
    )
