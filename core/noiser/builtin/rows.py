"""The rows that the built-in model is trained on: ids, and which of them are learned."""

from __future__ import annotations

import random
from collections.abc import Iterator

import torch
from transformers.models.qwen2.tokenization_qwen2 import Qwen2Tokenizer

from noiser.builtin import corpus

PROMPT_SHARE = 0.1  # of a prompt's tokens are learned, drawn anew each time; of the answers, all
ROWS = {"short": 128, "long": 40, "packed": 8}  # rows a batch: about the same number of tokens each
ORDER = ("short", "long", "short", "long", "short", "long", "short", "packed")
PACKED = 14  # sentences in a packed row, so that a prompt of a few hundred tokens is not foreign


def batches(
    pairs: list[corpus.Pair], tokens: Qwen2Tokenizer, seed: int
) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    """Yield ids and which of them are learned, both (rows, length), in shuffled rounds for ever."""
    rng = random.Random(seed)
    walks = {
        "short": rounds([pair for pair in pairs if not pair.long], rng),
        "long": rounds([pair for pair in pairs if pair.long], rng),
        "packed": rounds(pairs, rng),
    }
    while True:
        for kind in ORDER:
            size = PACKED if kind == "packed" else 1
            rows = [[next(walks[kind]) for _ in range(size)] for _ in range(ROWS[kind])]
            yield padded([_row(row, tokens, rng) for row in rows])


def rounds(pairs: list[corpus.Pair], rng: random.Random) -> Iterator[corpus.Pair]:
    """Yield every pair once in random order, then again in another, for ever."""
    order = list(pairs)
    while True:
        rng.shuffle(order)
        yield from order


def _row(
    row: list[corpus.Pair], tokens: Qwen2Tokenizer, rng: random.Random
) -> tuple[list[int], list[bool]]:
    """Return the ids of one or more sentences and the end of text, and which of them are learned."""
    ids: list[int] = []
    learned: list[bool] = []
    for pair in row:
        prompt = (" " if ids else "") + pair.prompt(rng.choice(corpus.distractors()))
        asked, answer = tokens([prompt, f" {pair.fact.answer}."]).input_ids
        ids += asked + answer
        learned += [rng.random() < PROMPT_SHARE for _ in asked] + [True] * len(answer)
    return [*ids, 0], [*learned, True]


def padded(rows: list[tuple[list[int], list[bool]]]) -> tuple[torch.Tensor, torch.Tensor]:
    """Pad at the right: attention is causal, so pads need no mask, they are only never learned."""
    length = max(len(ids) for ids, _ in rows)
    ids = torch.tensor([ids + [0] * (length - len(ids)) for ids, _ in rows])
    learned = torch.tensor([flags + [False] * (length - len(flags)) for _, flags in rows])
    return ids, learned
