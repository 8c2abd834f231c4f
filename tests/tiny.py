"""Tiny random models of several families, built from configs, with a tokenizer trained on the spot."""

from __future__ import annotations

import copy
import functools
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from tokenizers.processors import TemplateProcessing
from transformers import (
    AutoModelForSequenceClassification,
    Gemma2Config,
    Gemma2ForCausalLM,
    GemmaConfig,
    GemmaForCausalLM,
    GPT2Config,
    GPT2LMHeadModel,
    LlamaConfig,
    LlamaForCausalLM,
    MistralConfig,
    MistralForCausalLM,
    PreTrainedModel,
    PreTrainedTokenizerFast,
    Qwen2Config,
    Qwen2ForCausalLM,
    Qwen3Config,
    Qwen3ForCausalLM,
)

from noiser.model.info import ModelInfo
from noiser.model.language_model import LanguageModel
from noiser.model.reward_model import RewardModel

FAMILIES = ("qwen2", "llama", "gemma2", "gpt2")
TEXT = [
    "The capital of France is Paris and the capital of Italy is Rome.",
    "Tabs, emoji and code live in text too; numbers like 1234567890 as well.",
    "Rivers run to the sea while mountains stay where they are, mostly.",
]
CONTEXT = 128
DIM = 64
"""A square, so that Gemma's factor √d is a number that every precision holds exactly."""
_IDS: dict[str, Any] = {"bos_token_id": 0, "eos_token_id": 1, "pad_token_id": None}
_SHAPE: dict[str, Any] = {
    "hidden_size": DIM,
    "intermediate_size": 48,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "max_position_embeddings": CONTEXT,
    "tie_word_embeddings": False,
    **_IDS,
}
_EMBEDDING_STD = 0.05
"""Small beside the noise, so that most tokens flip well inside [0, 1] with every norm but `1`."""
_WEIGHT_STD = {"gemma2": 0.5}
"""0.25 elsewhere; Gemma normalises after each block too, which calms it."""


@functools.cache
def tokenizer(bos: bool) -> PreTrainedTokenizerFast:
    """A byte-level BPE of a few hundred tokens; with `bos` it puts <s> before every text."""
    bare = Tokenizer(models.BPE())
    bare.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bare.decoder = decoders.ByteLevel()
    bare.train_from_iterator(
        TEXT,
        trainers.BpeTrainer(
            vocab_size=400,
            special_tokens=["<s>", "</s>"],
            initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
            show_progress=False,
        ),
    )
    if bos:
        bare.post_processor = TemplateProcessing(single="<s> $A", special_tokens=[("<s>", 0)])
    return PreTrainedTokenizerFast(tokenizer_object=bare, bos_token="<s>", eos_token="</s>")


def make_network(family: str, vocab: int, seed: int = 0, **options: Any) -> PreTrainedModel:
    """A random model of the family, float32, with embeddings so small that noise flips argmaxes."""
    shape = {"vocab_size": vocab, **_SHAPE, **options}
    network: PreTrainedModel
    if family == "qwen2":
        network = Qwen2ForCausalLM(Qwen2Config(**shape))
    elif family == "llama":
        network = LlamaForCausalLM(LlamaConfig(**shape))
    elif family == "mistral":
        network = MistralForCausalLM(MistralConfig(**{"sliding_window": 6, **shape}))
    elif family == "qwen3":
        network = Qwen3ForCausalLM(Qwen3Config(**{"head_dim": 24, **shape}))
    elif family == "gemma":
        network = GemmaForCausalLM(GemmaConfig(**{"head_dim": 16, **shape}))
    elif family == "gemma2":
        shape |= {"head_dim": 16, "query_pre_attn_scalar": 16, "sliding_window": 6}
        network = Gemma2ForCausalLM(Gemma2Config(**shape))
    elif family == "gpt2":
        names = {
            "hidden_size": "n_embd",
            "num_hidden_layers": "n_layer",
            "num_attention_heads": "n_head",
            "max_position_embeddings": "n_positions",
            "intermediate_size": "n_inner",
            "num_key_value_heads": None,
        }
        renamed = {names.get(key, key): value for key, value in shape.items()}
        renamed.pop(None)
        network = GPT2LMHeadModel(GPT2Config(**renamed))
    else:
        raise ValueError(family)
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, parameter in network.named_parameters():
            if "norm" in name or "ln_" in name or parameter.dim() < 2:
                continue
            embeds = any(part in name for part in ("embed_tokens", "wte", "wpe"))
            std = _EMBEDDING_STD if embeds else _WEIGHT_STD.get(family, 0.25)
            parameter.normal_(0, std, generator=generator)
    return network.eval()


def make_tiny(
    family: str, bos: bool = True, dtype: str = "float64", seed: int = 0, **options: Any
) -> LanguageModel:
    """A tiny random model of the family as the engine sees it, nobody else's: it may be changed."""
    words = tokenizer(bos)
    network = make_network(family, len(words), seed, **options).to(getattr(torch, dtype))
    info = ModelInfo(
        name=f"tiny-{family}",
        family=family,
        parameters=sum(p.numel() for p in network.parameters()),
        bytes=sum(p.numel() * p.element_size() for p in network.parameters()),
        dtype=dtype,
        device="cpu",
        attention="sdpa",
        context=CONTEXT,
    )
    return LanguageModel(network, words, info)


def make_reward(family: str, dtype: str = "float64", labels: int = 1) -> RewardModel:
    """A tiny random reward model of the family: the same body under a head of its own."""
    plain = make_tiny(family, dtype=dtype)
    network = make_classifier(plain.network, labels)
    info = replace(plain.info, name=f"tiny-{family}-reward", rewards=True)
    return RewardModel(network.to(plain.network.dtype), plain.tokenizer, info)


def make_classifier(network: PreTrainedModel, labels: int) -> PreTrainedModel:
    """The body of a causal network under a random sequence-classification head."""
    config = copy.deepcopy(network.config)
    config.num_labels = labels
    made: PreTrainedModel = AutoModelForSequenceClassification.from_config(config)
    made.base_model.load_state_dict(network.base_model.state_dict())
    generator = torch.Generator().manual_seed(7)
    with torch.no_grad():
        made.score.weight.normal_(0, 0.5, generator=generator)
    return made.eval()


@functools.cache
def tiny(family: str, bos: bool = True, dtype: str = "float64", seed: int = 0) -> LanguageModel:
    """The same, made once and shared: it must not be changed."""
    return make_tiny(family, bos, dtype, seed)


def save_tiny(folder: Path, family: str = "qwen2", **options: Any) -> Path:
    """Write a tiny model and its tokenizer as a checkpoint folder."""
    words = tokenizer(True)
    make_network(family, len(words)).save_pretrained(folder, **options)
    words.save_pretrained(folder)
    return folder
