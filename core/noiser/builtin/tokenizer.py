"""The built-in model's own byte-level BPE, in the layout of the Qwen2 family."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

from noiser.builtin.corpus import distractors, pairs, relations

if TYPE_CHECKING:
    from transformers.models.qwen2.tokenization_qwen2 import Qwen2Tokenizer

SPECIAL = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")  # the family's own, in the family's order
SIZE = 5632  # enough for most words of the corpus to be one token, few enough to stay below 8 MB
CONTEXT = 1024  # positions


def train() -> Qwen2Tokenizer:
    """Return a tokenizer trained on the sentences of the corpus."""
    from tokenizers import pre_tokenizers, trainers
    from transformers.models.qwen2.tokenization_qwen2 import Qwen2Tokenizer

    backend = (
        Qwen2Tokenizer().backend_tokenizer
    )  # brings the family's normalizer, regex and decoder
    trainer = trainers.BpeTrainer(
        vocab_size=SIZE,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),  # all 256 bytes: any text has tokens
        special_tokens=list(SPECIAL),
        show_progress=False,
    )
    backend.train_from_iterator(_texts(), trainer)
    model = json.loads(backend.to_str())["model"]
    return Qwen2Tokenizer(
        vocab=model["vocab"],
        merges=[(left, right) for left, right in model["merges"]],
        additional_special_tokens=list(SPECIAL[1:]),
        model_max_length=CONTEXT,
    )


def _texts() -> Iterator[str]:
    """Yield every sentence and, because BPE follows frequency, the words of the facts again."""
    for index, pair in enumerate(pairs()):
        yield pair.sentence(distractors()[index % len(distractors())])
    for relation in relations():
        for fact in relation.facts:
            for _ in range(40):
                yield f" {fact.subject} {fact.answer}"
