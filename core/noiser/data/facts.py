"""The facts of the built-in model as data sets."""

from __future__ import annotations

from noiser.builtin import corpus
from noiser.data.sample import Sample


def built_in(*, long: bool) -> list[Sample]:
    """Every fact in the first short or long phrasing of its relation; `relative` is its subject.

    A long phrasing has a distractor in parentheses, as LongRA's prompts do.
    """
    samples: list[Sample] = []
    for relation in corpus.relations():
        phrasings = relation.long_phrasings if long else relation.phrasings
        for fact in relation.facts if phrasings else ():
            pair = corpus.Pair(fact, phrasings[0], long)
            samples.append(
                Sample(
                    f"{relation.name}: {fact.subject}",
                    corpus.prompt_of(pair, seed=0),
                    fact.answer,
                    fact.subject,
                )
            )
    return samples
