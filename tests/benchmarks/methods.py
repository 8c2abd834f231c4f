"""How often a method finds the subject of a fact: the benchmark that one can check by eye.

    python tests/benchmarks/methods.py [--facts 40] [--methods noiser,occlusion,lime,reagent,random]

Facts in phrasings that the built-in model was not trained on, of those that it answers. `first`: the
token of the highest score is one of the subject's; `two`: one of the two highest is; `mass`: the
subject's share of the scores, in the mean. Work is per fact.
"""

from __future__ import annotations

import argparse
import random
from dataclasses import dataclass

from samples import built_in

import noiser
from noiser.builtin.corpus import Pair, prompt_of, split

METHODS = "noiser,occlusion,lime,reagent,random"


@dataclass(frozen=True)
class Fact:
    """A prompt that the model answers, and where its subject stands, in characters."""

    prompt: str
    start: int
    end: int


def facts(model: noiser.LanguageModel, count: int) -> list[Fact]:
    """`count` facts held out of the training, in an order drawn once, that the model answers."""
    _, pairs = split(0)
    random.Random(1).shuffle(pairs)
    found: list[Fact] = []
    for pair in pairs:
        prompt = prompt_of(pair, 0)
        if len(found) == count:
            break
        if answers(model, pair, prompt):
            found.append(Fact(prompt, *pair.subject_span(prompt)))
    return found


def answers(model: noiser.LanguageModel, pair: Pair, prompt: str) -> bool:
    """Whether the model's next token begins the answer."""
    clean = noiser.explain(model, prompt, noiser.Request(method="random")).target.text
    return bool(clean.strip()) and pair.fact.answer.startswith(clean.strip())


def measure(model: noiser.LanguageModel, some: list[Fact], method: str) -> str:
    """A line of what the method finds."""
    first, two, mass, work, warned = 0, 0, 0.0, 0, 0
    for fact in some:
        explanation = noiser.explain(model, fact.prompt, noiser.Request(method=method))
        scores = [token.score or 0.0 for token in explanation.tokens]
        subject = {
            i
            for i, token in enumerate(explanation.tokens)
            if token.start < fact.end and token.end > fact.start
        }
        order = sorted(range(len(scores)), key=lambda i: -scores[i])
        first += order[0] in subject
        two += bool(subject & set(order[:2]))
        mass += sum(scores[i] for i in subject)
        work += explanation.work.token_forwards
        warned += bool(explanation.warnings)
    n = len(some)
    return (
        f"{method}: first {first} of {n}, two {two} of {n}, mass {mass / n:.2f}, "
        f"{work / n:,.0f} token-forwards, warned of on {warned}"
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--facts", type=int, default=40)
    parser.add_argument("--methods", default=METHODS)
    asked = parser.parse_args()
    model = built_in()
    some = facts(model, asked.facts)
    for method in asked.methods.split(","):
        print(measure(model, some, method), flush=True)


if __name__ == "__main__":
    main()
