"""What the tiny judge learns from: some words of a built-in fact's prompt, and the best five answers.

The best answers are counted, not invented: of all the trained prompts that hold the words shown, the
answers that most of them have.
"""

from __future__ import annotations

import random
import string
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np
import torch
from transformers.models.qwen2.tokenization_qwen2 import Qwen2Tokenizer

from noiser.builtin import corpus
from noiser.builtin.rows import padded, rounds
from noiser.judge.question import ASKED, words_line

ROWS = {"short": 96, "long": 40}  # rows a batch
ORDER = ("short", "long", "short")
_EDGES = string.punctuation


@dataclass(frozen=True)
class Shown:
    """Words of a pair's prompt; `evidence` are those that are not of its distractor."""

    words: tuple[str, ...]
    evidence: frozenset[str]


def bare(word: str) -> str:
    """The word as prompts are compared by: without case, possessive or punctuation around it."""
    return word.casefold().strip(_EDGES).removesuffix("'s")


def prompt_words(pair: corpus.Pair, distractor: str) -> list[tuple[str, str]]:
    """The words of the pair's prompt, each with whose it is: `subject`, `phrasing` or `distractor`."""
    prompt = pair.prompt(distractor)
    start, end = pair.subject_span(prompt)
    aside = (prompt.find(distractor), len(distractor)) if pair.long else (0, 0)
    result: list[tuple[str, str]] = []
    at = 0
    for word in prompt.split():
        at = prompt.index(word, at)
        if at < end and start < at + len(word):
            whose = "subject"
        elif aside[0] <= at + 1 < sum(aside):  # its first word has a parenthesis before it
            whose = "distractor"
        else:
            whose = "phrasing"
        result.append((word, whose))
        at += len(word)
    return result


def show(pair: corpus.Pair, rng: random.Random) -> Shown:
    """Some words of a prompt: all, none, any, or the subject's and a few more."""
    words = prompt_words(pair, rng.choice(corpus.distractors()))
    kind = rng.random()
    if kind < 0.03:
        chosen = []
    elif kind < 0.2:
        chosen = words
    elif kind < 0.4:
        share = rng.random()
        chosen = [word for word in words if rng.random() < share]
    else:
        share = rng.random()
        chosen = [word for word in words if word[1] == "subject" or rng.random() < share]
    strip = rng.random() < 0.5  # whoever cuts a text into words may or may not leave commas on them
    shown = tuple(stripped(word) if strip else word for word, _ in chosen)
    return Shown(shown, frozenset(bare(word) for word, whose in chosen if whose != "distractor"))


def stripped(word: str) -> str:
    """The word without punctuation around it, or as it is where it is nothing else."""
    return word.strip(_EDGES) or word


class Answers:
    """Finds the best five answers to some words, by counting among the pairs that are trained on."""

    def __init__(self, pairs: list[corpus.Pair]) -> None:
        self._pairs = pairs
        self._of_relation = {
            relation.name: list(dict.fromkeys(fact.answer for fact in relation.facts))
            for relation in corpus.relations()
        }
        holds: dict[str, list[int]] = {}
        for number, pair in enumerate(pairs):
            own = {bare(word) for word, whose in prompt_words(pair, "") if whose != "distractor"}
            for word in own:
                holds.setdefault(word, []).append(number)
        self._holds = {word: np.asarray(numbers) for word, numbers in holds.items()}
        self._everywhere = np.arange(len(pairs))
        facts = {pair.fact: None for pair in pairs}
        self._facts = list(facts)
        number_of = {fact: number for number, fact in enumerate(self._facts)}
        self._fact = np.asarray([number_of[pair.fact] for pair in pairs])

    def best(self, evidence: frozenset[str]) -> list[str]:
        """Five answers, the most frequent first; equally frequent ones in the order of the facts.

        Where fewer are found, those that follow the last of them in the likeliest relation fill up: one
        is as probable as another there, and a fixed order is one that a small model can learn.
        """
        found = self._everywhere
        for numbers in sorted((self._holds[word] for word in evidence), key=len):
            found = np.intersect1d(found, numbers, assume_unique=True)
        counts = np.bincount(self._fact[found], minlength=len(self._facts))
        by_answer: Counter[str] = Counter()
        by_relation: Counter[str] = Counter()
        for number in np.flatnonzero(counts):
            fact = self._facts[number]
            by_answer[fact.answer] += int(counts[number])
            by_relation[fact.relation] += int(counts[number])
        best = [answer for answer, _ in by_answer.most_common(ASKED)]
        known = self._of_relation[by_relation.most_common(1)[0][0]]
        after = known.index(best[-1]) + 1 if best[-1] in known else 0
        filler = (answer for answer in known[after:] + known[:after] if answer not in best)
        return best + list(islice(filler, ASKED - len(best)))


def batches(
    pairs: list[corpus.Pair], tokens: Qwen2Tokenizer, seed: int
) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    """Yield ids and which of them are learned, both (rows, length), in shuffled rounds for ever."""
    rng = random.Random(f"judge {seed}")
    answers = Answers(pairs)
    walks = {
        "short": rounds([pair for pair in pairs if not pair.long], rng),
        "long": rounds([pair for pair in pairs if pair.long], rng),
    }
    while True:
        for kind in ORDER:
            rows: list[tuple[list[int], list[bool]]] = []
            for _ in range(ROWS[kind]):
                shown = show(next(walks[kind]), rng)
                rows.append(_row(shown, answers.best(shown.evidence), tokens))
            yield padded(rows)


def asked_ids(words: tuple[str, ...], tokens: Qwen2Tokenizer) -> list[int]:
    """The ids that ask about `words`, as the judge's own chat template makes them."""
    text = tokens.apply_chat_template(
        [{"role": "user", "content": words_line(words)}], tokenize=False, add_generation_prompt=True
    )
    return list(tokens(text).input_ids)


def _row(shown: Shown, answers: list[str], tokens: Qwen2Tokenizer) -> tuple[list[int], list[bool]]:
    """The question, of which nothing is learned, and the reply, all of which is."""
    asked = asked_ids(shown.words, tokens)
    reply: list[int] = []
    for number, answer in enumerate(answers, start=1):
        end = "\n" if number < len(answers) else "<|im_end|>"
        for part in tokens([f"{number}.", f" {answer}", end]).input_ids:
            reply += part
    return [*asked, *reply], [False] * len(asked) + [True] * len(reply)
