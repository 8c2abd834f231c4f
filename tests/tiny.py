"""Tiny random models of several families, built from configs, with a tokenizer trained on the spot."""

from __future__ import annotations

import functools
from pathlib import Path

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import (
    Gemma2Config,
    Gemma2ForCausalLM,
    GPT2Config,
    GPT2LMHeadModel,
    LlamaConfig,
    LlamaForCausalLM,
    PreTrainedTokenizerFast,
    Qwen2Config,
    Qwen2ForCausalLM,
)
from tokenizers.processors import TemplateProcessing

from noiser.model.info import ModelInfo
from noiser.model.language_model import LanguageModel

FAMILIES = ("qwen2", "llama", "gemma2", "gpt2")
TEXT = [
    "The capital of France is Paris and the capital of Italy is Rome.",
    "Tabs, emoji and code live in text too; numbers like 1234567890 as well.",
    "Rivers run to the sea while mountains stay where they are, mostly.",
]
_SHAPE = {
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "max_position_embeddings": 128,
}


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


def make_network(family: str, vocab: int, seed: int = 0) -> torch.nn.Module:
    """A random model of the family, float32, with weights large enough that noise flips argmaxes."""
    torch.manual_seed(seed)
    if family == "qwen2":
        network = Qwen2ForCausalLM(Qwen2Config(vocab_size=vocab, **_SHAPE))
    elif family == "llama":
        network = LlamaForCausalLM(LlamaConfig(vocab_size=vocab, **_SHAPE))
    elif family == "gemma2":
        network = Gemma2ForCausalLM(
            Gemma2Config(vocab_size=vocab, head_dim=8, sliding_window=6, **_SHAPE)
        )
    elif family == "gpt2":
        network = GPT2LMHeadModel(
            GPT2Config(vocab_size=vocab, n_embd=32, n_layer=2, n_head=4, n_positions=128)
        )
    else:
        raise ValueError(family)
    with torch.no_grad():
        for name, parameter in network.named_parameters():
            if "norm" not in name and "ln_" not in name and parameter.dim() > 1:
                parameter.normal_(0, 0.25)
    return network


@functools.cache
def tiny(family: str, bos: bool = True, dtype: str = "float64", seed: int = 0) -> LanguageModel:
    """A tiny random model of the family as the engine sees it."""
    words = tokenizer(bos)
    network = make_network(family, len(words), seed).to(getattr(torch, dtype))
    info = ModelInfo(
        name=f"tiny-{family}",
        family=family,
        parameters=sum(p.numel() for p in network.parameters()),
        bytes=0,
        dtype=dtype,
        device="cpu",
        attention="sdpa",
        context=128,
    )
    return LanguageModel(network, words, info)


def save_tiny(folder: Path, family: str = "qwen2", **options: object) -> Path:
    """Write a tiny model and its tokenizer as a checkpoint folder."""
    words = tokenizer(True)
    make_network(family, len(words)).save_pretrained(folder, **options)
    words.save_pretrained(folder)
    return folder
