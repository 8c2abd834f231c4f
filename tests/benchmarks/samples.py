"""Prompts and models that the benchmarks share."""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any

import torch

import noiser
from noiser.builtin import model_folder
from noiser.model.info import ModelInfo

ROOT = Path(__file__).resolve().parent.parent.parent
DATA = ROOT.parent / "shared" / "data"
KNOWNS, LONGRA = 50, 25


def prompts(path: Path, count: int) -> list[str]:
    """`count` prompts spread evenly over a file of samples."""
    texts = [str(sample["prompt"]) for sample in json.loads(path.read_text(encoding="utf-8"))]
    return [texts[i * len(texts) // count] for i in range(min(count, len(texts)))]


def knowns(data: Path = DATA) -> list[str]:
    """Short prompts."""
    return prompts(data / "known_1000.json", KNOWNS)


def longra(data: Path = DATA) -> list[str]:
    """Prompts with a distractor, most of them of 40 tokens and more."""
    return prompts(data / "LongRA.json", LONGRA)


@functools.cache
def built_in(dtype: str = "float32", device: str = "cpu") -> noiser.LanguageModel:
    """The model that comes along."""
    return noiser.load(device=device, dtype=dtype)


def random_model(
    device: str = "cpu", dtype: str = "float32", **changes: Any
) -> noiser.LanguageModel:
    """A random model of Qwen2-0.5B's shape (494 million parameters) with the built-in tokenizer.

    Shape: huggingface.co/Qwen/Qwen2-0.5B, config.json. Weights as transformers makes them, seed 0.
    """
    from transformers import AutoTokenizer, Qwen2Config, Qwen2ForCausalLM

    shape = {
        "vocab_size": 151936,
        "hidden_size": 896,
        "intermediate_size": 4864,
        "num_hidden_layers": 24,
        "num_attention_heads": 14,
        "num_key_value_heads": 2,
        "max_position_embeddings": 131072,
        "tie_word_embeddings": True,
        "rope_parameters": {"rope_type": "default", "rope_theta": 1e6},
    }
    torch.manual_seed(0)
    network = Qwen2ForCausalLM(Qwen2Config(**(shape | changes)))
    network = network.to(device, getattr(torch, dtype))
    tensors = list(network.parameters())
    info = ModelInfo(
        name="random, of Qwen2-0.5B's shape",
        family="qwen2",
        parameters=sum(t.numel() for t in tensors),
        bytes=sum(t.numel() * t.element_size() for t in tensors),
        dtype=dtype,
        device=str(tensors[0].device),
        attention="sdpa",
        context=shape["max_position_embeddings"],
    )
    longest = shape["max_position_embeddings"]
    words = AutoTokenizer.from_pretrained(model_folder(), model_max_length=longest)
    return noiser.LanguageModel(network, words, info)


def text_of(model: noiser.LanguageModel, tokens: int) -> str:
    """A text of exactly so many tokens, of the sentences that the built-in model was made from."""
    from noiser.builtin import examples

    words = " ".join(examples() * (tokens // 10 + 1)).split(" ")
    low, high = 1, len(words)
    while low < high:
        middle = (low + high + 1) // 2
        fits = len(model.read(" ".join(words[:middle]))) <= tokens
        low, high = (middle, high) if fits else (low, middle - 1)
    text = " ".join(words[:low])
    while len(model.read(text)) < tokens:
        text += "."
    return text
