"""The corpus of the built-in model: facts, the sentences that state them, and the pairs held out."""

from __future__ import annotations

import random
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

HELD_OUT = 0.1  # share of the (fact, phrasing) pairs that training never sees


@dataclass(frozen=True)
class Fact:
    """One true statement: `subject` stands in `relation` to `answer`."""

    relation: str
    subject: str
    answer: str


@dataclass(frozen=True)
class Relation:
    """A kind of fact with the prompts that ask for its answer."""

    name: str
    what: str
    phrasings: tuple[str, ...]
    long_phrasings: tuple[str, ...]
    facts: tuple[Fact, ...]


@dataclass(frozen=True)
class Pair:
    """A fact in one phrasing: a template with slots for the subject and, if long, the distractor."""

    fact: Fact
    template: str
    long: bool

    def prompt(self, distractor: str) -> str:
        """Return the prompt, without its answer and without a space at the end."""
        text = self.template.format(subject=self.fact.subject, distractor=distractor)
        return text[0].upper() + text[1:]

    def sentence(self, distractor: str) -> str:
        """Return the prompt, the answer and a full stop."""
        return f"{self.prompt(distractor)} {self.fact.answer}."

    def subject_span(self, prompt: str) -> tuple[int, int]:
        """Return where the subject stands in `prompt`, in characters."""
        before, after = self.template.split("{subject}")
        start = len(before)
        if "{distractor}" in before:  # as long as it likes: count from the other end
            start = len(prompt) - len(after) - len(self.fact.subject)
        return start, start + len(self.fact.subject)


@cache
def relations() -> tuple[Relation, ...]:
    """Read every relation from `facts/`, in the order of their names."""
    folder = files(__package__).joinpath("facts")
    return tuple(
        _relation(entry.name.removesuffix(".toml"), tomllib.loads(entry.read_text("utf-8")))
        for entry in sorted(folder.iterdir(), key=lambda entry: entry.name)
        if entry.name.endswith(".toml")
    )


@cache
def distractors() -> tuple[str, ...]:
    """Read the asides that go into the parentheses of the long phrasings."""
    text = files(__package__).joinpath("distractors.toml").read_text("utf-8")
    return tuple(tomllib.loads(text)["distractors"])


def pairs() -> Iterator[Pair]:
    """Yield every fact in every phrasing of its relation."""
    for relation in relations():
        for fact in relation.facts:
            for template in relation.phrasings:
                yield Pair(fact, template, long=False)
            for template in relation.long_phrasings:
                yield Pair(fact, template, long=True)


def split(seed: int) -> tuple[list[Pair], list[Pair]]:
    """Split the pairs into trained and held out; each fact and each phrasing is trained elsewhere."""
    rng = random.Random(f"split {seed}")
    by_fact: dict[Fact, list[Pair]] = {}
    for pair in pairs():
        by_fact.setdefault(pair.fact, []).append(pair)
    trained: list[Pair] = []
    held_out: list[Pair] = []
    for group in by_fact.values():
        share = HELD_OUT * len(group)
        count = int(share) + (rng.random() < share % 1)
        out = set(rng.sample(range(len(group)), count))
        for index, pair in enumerate(group):
            (held_out if index in out else trained).append(pair)
    return trained, held_out


def prompt_of(pair: Pair, seed: int) -> str:
    """Return the pair's prompt with a distractor that depends on the seed and the pair alone."""
    rng = random.Random(f"{seed} {pair.fact.relation} {pair.fact.subject} {pair.template}")
    return pair.prompt(rng.choice(distractors()))


def _relation(name: str, table: dict[str, Any]) -> Relation:
    """Build a relation from its parsed file, refusing a phrasing without its slots."""
    phrasings, long_phrasings = tuple(table["phrasings"]), tuple(table["long_phrasings"])
    for slot, templates in (
        ("{subject}", phrasings + long_phrasings),
        ("{distractor}", long_phrasings),
    ):
        if any(template.count(slot) != 1 for template in templates):
            raise ValueError(f"{name}.toml: every such phrasing needs {slot} once")
    facts = tuple(Fact(name, subject, answer) for subject, answer in table["facts"].items())
    return Relation(name, table["what"], phrasings, long_phrasings, facts)
