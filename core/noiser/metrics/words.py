"""The words of a prompt by importance, as a judge is shown them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from noiser.explanation import Explanation
from noiser.metrics.hard import check_percents, top_count
from noiser.metrics.keep import importance
from noiser.reopened import prompt_of
from noiser.units import unit_text, words


@dataclass(frozen=True)
class Word:
    """A word of the prompt and its share of the importance; `place` counts words from 0."""

    text: str
    score: float
    place: int


def words_of(explanation: Explanation) -> tuple[Word, ...]:
    """The words of the prompt in order, each with the sum of its tokens' shares.

    Words are what stands between white space, punctuation with them; the released code parts it off.
    Special tokens, those of a template and tokens without a score are none and in none.
    """
    prompt, shares = prompt_of(explanation), importance(explanation)
    found: list[Word] = []
    for unit in words(prompt):
        scored = [i for i in unit if shares[i] == shares[i] and not prompt.tokens[i].scaffold]
        text = unit_text(prompt.text, prompt.tokens, unit).strip() if scored else ""
        if text:
            found.append(Word(text, float(sum(shares[i] for i in scored)), len(found)))
    return tuple(found)


def ranked(words: Sequence[Word]) -> list[Word]:
    """The words, the most important first; ties in the order of the prompt."""
    return sorted(words, key=lambda word: (-word.score, word.place))


def top_words(words: Sequence[Word], percent: float) -> tuple[Word, ...]:
    """The top `percent` of the words, rounded down but one at least, in their order in the prompt."""
    check_percents([percent])
    kept = ranked(words)[: top_count(len(words), percent)]
    return tuple(sorted(kept, key=lambda word: word.place))
