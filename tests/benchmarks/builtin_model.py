"""Measure the built-in model: held-out accuracy, and how often its explanations point at the subject.

`python tests/benchmarks/builtin_model.py [--model DIR] [--facts 200] [--record]`
"""

from __future__ import annotations

import argparse
import json
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy

import noiser
from noiser import builtin
from noiser.builtin import corpus
from noiser.builtin.train import accuracy


@dataclass(frozen=True)
class Explained:
    """One prompt explained by the default method: what came out, and the words with their scores."""

    pair: corpus.Pair
    prompt: str
    right: bool  # the prediction is the first token of the answer
    words: tuple[tuple[str, float, bool], ...]  # word, score, of the subject
    alpha: float
    saturated: bool

    def subject_rank(self) -> int:
        """Return the rank of the subject's best word, the highest score being 1; ties rank low."""
        best = max(score for _, score, subject in self.words if subject)
        return 1 + sum(score >= best for _, score, subject in self.words if not subject)


def explain(model: noiser.LanguageModel, pair: corpus.Pair, prompt: str) -> Explained:
    """Explain the model's own prediction after `prompt`."""
    explanation = noiser.explain(model, prompt)
    answer = model.tokenizer(f" {pair.fact.answer}").input_ids
    assert explanation.alpha is not None
    return Explained(
        pair,
        prompt,
        explanation.target.id == answer[0],
        _words(explanation, pair.subject_span(prompt)),
        explanation.alpha,
        explanation.saturated,
    )


def sample(facts: int, seed: int) -> list[tuple[corpus.Pair, str]]:
    """Return `facts` facts at random, each with one of its phrasings, short and long alike."""
    rng = random.Random(seed)
    by_fact: dict[corpus.Fact, list[corpus.Pair]] = {}
    for pair in corpus.pairs():
        by_fact.setdefault(pair.fact, []).append(pair)
    chosen = [rng.choice(by_fact[fact]) for fact in rng.sample(list(by_fact), facts)]
    return [(pair, corpus.prompt_of(pair, seed)) for pair in chosen]


def main() -> None:
    """Measure and print, and on request add the numbers to the model's MEASURED.json."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, default=None)
    parser.add_argument("--facts", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--record", action="store_true")
    parser.add_argument(
        "--list", action="store_true", help="print every prompt where the subject is not on top"
    )
    arguments = parser.parse_args()
    folder = arguments.model or builtin.model_folder()
    model = noiser.load(str(folder), device="cpu")
    explained = [
        explain(model, pair, prompt) for pair, prompt in sample(arguments.facts, arguments.seed)
    ]
    if arguments.list:
        for one in explained:
            if one.subject_rank() > 2:
                best = sorted(one.words, key=lambda word: -word[1])[:4]
                print(
                    one.pair.fact.relation,
                    "|",
                    one.prompt,
                    "|",
                    [(w, round(s, 2)) for w, s, _ in best],
                    round(one.alpha, 4),
                )
    numbers: dict[str, float] = dict(summary(explained))
    if not arguments.list:
        _, held_out = corpus.split(arguments.seed)
        first, whole = accuracy(model.network, held_out, model.tokenizer, arguments.seed)
        numbers |= {
            "heldout_pairs": len(held_out),
            "heldout_accuracy": round(first, 4),
            "heldout_full_answer": round(whole, 4),
        }
    print(json.dumps(numbers, indent=2))
    if arguments.record:
        path = folder / "MEASURED.json"
        path.write_text(json.dumps(json.loads(path.read_text()) | numbers, indent=2) + "\n")


def summary(explained: Sequence[Explained]) -> dict[str, float]:
    """Return the shares and the distribution of the scales."""
    alphas = numpy.array([one.alpha for one in explained])
    kinds = {
        "subject_top2": explained,
        "subject_top2_short": [one for one in explained if not one.pair.long],
        "subject_top2_long": [one for one in explained if one.pair.long],
    }
    shares = {
        name: round(sum(one.subject_rank() <= 2 for one in kind) / max(1, len(kind)), 4)
        for name, kind in kinds.items()
    }
    quantiles = {
        f"alpha_{share}%": round(float(numpy.percentile(alphas, share)), 5)
        for share in (0, 5, 50, 95, 100)
    }
    return (
        shares
        | {
            "subject_top1": round(
                sum(one.subject_rank() == 1 for one in explained) / len(explained), 4
            ),
            "explained": len(explained),
            "explained_right": sum(one.right for one in explained),
            "saturated": sum(one.saturated for one in explained),
        }
        | quantiles
    )


def _words(
    explanation: noiser.Explanation, subject: tuple[int, int]
) -> tuple[tuple[str, float, bool], ...]:
    """Sum the tokens' scores over the words between spaces."""
    words = []
    for match in re.finditer(r"\S+", explanation.prompt):
        start, end = match.span()
        # A token starts with the space before its word, so its last character says where it belongs.
        total = sum(token.score or 0.0 for token in explanation.tokens if start < token.end <= end)
        words.append((match.group(), total, start < subject[1] and subject[0] < end))
    return tuple(words)


if __name__ == "__main__":
    main()
